"""Which lip or lid a part of the skin belongs to, told along the surface: lips that touch are far apart that way."""

from __future__ import annotations

import numpy as np

from .landmarks import Face, lid_lines
from .picture import along
from .slit import divide
from .surface import Doubles, Ints, Surface

_SLIT = 0.02
"""Metres around the middle of the lips in which both must be found."""


def halves(face: Face) -> Ints:
    """Return (n,) +1 for upper lips and lids, -1 for lower ones, 0 for skin that is neither."""
    labels = np.zeros(len(face.skin.points), np.int64)
    edges = lip_edges(face)
    if edges is not None:
        divide(face.skin, face.outside, labels, *edges, 1.0)
    for side in ("left", "right"):
        lines = lid_lines(face, side)
        if lines is not None:
            divide(face.skin, face.outside, labels, *lines, 0.5)
    return labels


def has_slit(face: Face, labels: Ints) -> bool:
    """Tell whether the line between the lips parts them: lips that are only a fold of the skin cannot open."""
    if face.lips is None:
        return False
    near = labels[np.linalg.norm(face.skin.points - face.points["lips"], axis=1) < _SLIT]
    return bool((near > 0).any() and (near < 0).any())


def lip_edges(face: Face) -> tuple[Doubles, Doubles] | None:
    """Return (k, 3) the edge of the upper and of the lower lip, from right to left; None without lips."""
    if face.lips is None or face.rims is not None:
        return face.rims
    lift = np.array([0.0, 0.5 * face.gap, 0.0])
    return face.lips + lift, face.lips - lift


def lip_rims(face: Face, shares: tuple[float, ...]) -> tuple[Doubles, Doubles] | None:
    """Return (k, 3) the upper and (k, 3) the lower lip's edge at shares of the mouth's width; None without a slit."""
    line = face.lips
    if line is None:
        return None
    if face.rims is not None:
        upper, lower = (np.array([along(rim, share) for share in shares]) for rim in face.rims)
        return upper, lower
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
