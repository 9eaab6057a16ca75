"""Which lip a part of the skin belongs to, told along the surface: lips that touch are far apart that way."""

from __future__ import annotations

import numpy as np

from .landmarks import Face
from .surface import Doubles, Ints, Surface

_BESIDE = 0.0065
"""Metres from the line between the lips within which skin that shows begins a lip."""
_REACH = 0.03


def lip_labels(face: Face) -> Ints:
    """Return (n,) +1 for the upper lip, -1 for the lower lip, 0 for skin that is neither; all 0 without a slit."""
    skin, line = face.skin, face.lips
    labels = np.zeros(len(skin.points), np.int64)
    if line is None:
        return labels
    points = skin.points
    x = np.clip(points[:, 0], line[0, 0], line[-1, 0])
    height = points[:, 1] - np.interp(x, line[:, 0], line[:, 1])
    depth = points[:, 2] - np.interp(x, line[:, 0], line[:, 2])
    inside = (points[:, 0] > line[0, 0] + 0.001) & (points[:, 0] < line[-1, 0] - 0.001)
    edge = 0.5 * face.gap + 0.0004
    for size in (_BESIDE, 2.0 * _BESIDE, 4.0 * _BESIDE):
        near = inside & (np.abs(height) < size) & (np.abs(height) > edge) & (depth > -0.004)
        near &= skin.normals[:, 2] > 0.1
        upper, lower = near & (height > 0), near & (height < 0)
        if upper.sum() >= 3 and lower.sum() >= 3:
            break
    if not (upper.any() and lower.any()):
        return labels
    above = skin.reach(np.nonzero(upper)[0], _REACH)
    below = skin.reach(np.nonzero(lower)[0], _REACH)
    reached = np.isfinite(above) | np.isfinite(below)
    labels[reached & (above < below)] = 1
    labels[reached & (below < above)] = -1
    return labels


def lip_rims(face: Face, shares: tuple[float, ...]) -> tuple[Doubles, Doubles] | None:
    """Return (k, 3) the upper and (k, 3) the lower lip's edge at shares of the mouth's width; None without a slit."""
    line = face.lips
    if line is None:
        return None
    x = line[0, 0] + np.asarray(shares) * (line[-1, 0] - line[0, 0])
    middle = np.stack([np.interp(x, line[:, 0], line[:, axis]) for axis in range(3)], axis=1)
    lift = 0.5 * face.gap * np.clip(4.0 * np.asarray(shares) * (1.0 - np.asarray(shares)), 0.0, 1.0)
    up = np.array([0.0, 1.0, 0.0])
    return middle + lift[:, None] * up, middle - lift[:, None] * up


def smooth(surface: Surface, values: Doubles, passes: int) -> Doubles:
    """Return values (n, k) averaged with their neighbours a number of times."""
    one, other = surface.edges[:, 0], surface.edges[:, 1]
    count = len(surface.points)
    degree = np.maximum(np.bincount(one, minlength=count) + np.bincount(other, minlength=count), 1)[:, None]
    for _ in range(passes):
        total = np.zeros_like(values)
        for axis in range(values.shape[1]):
            total[:, axis] = np.bincount(one, values[other, axis], count) + np.bincount(other, values[one, axis], count)
        values = 0.5 * values + 0.5 * total / degree
    return values
