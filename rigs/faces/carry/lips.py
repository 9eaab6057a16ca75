"""Which lip or lid a part of the skin belongs to, told along the surface: lips that touch are far apart that way."""

from __future__ import annotations

import numpy as np

from .landmarks import Face, lid_lines
from .surface import Doubles, Flags, Ints, Surface

_BESIDE = 0.0065
"""Metres from the edge of a lip within which skin that shows begins it; of a lid, half as much."""
_REACH = 0.03
_ON = 0.0004
"""Metres from the edge within which skin is on neither side."""
_SLIT = 0.02
"""Metres around the middle of the lips in which both must be found."""
_NEAR = 0.009
"""Metres from the edge beyond which skin that shows cannot be mistaken for the other lip's."""


def halves(face: Face) -> Ints:
    """Return (n,) +1 for upper lips and lids, -1 for lower ones, 0 for skin that is neither."""
    labels = np.zeros(len(face.skin.points), np.int64)
    if face.lips is not None:
        lift = np.array([0.0, 0.5 * face.gap, 0.0])
        _divide(face, labels, face.lips + lift, face.lips - lift, 1.0)
    for side in ("left", "right"):
        lines = lid_lines(face, side)
        if lines is not None:
            _divide(face, labels, *lines, 0.5)
    return labels


def has_slit(face: Face, labels: Ints) -> bool:
    """Tell whether the line between the lips parts them: lips that are only a fold of the skin cannot open."""
    if face.lips is None:
        return False
    near = labels[np.linalg.norm(face.skin.points - face.points["lips"], axis=1) < _SLIT]
    return bool((near > 0).any() and (near < 0).any())


def _divide(face: Face, labels: Ints, upper_line: Doubles, lower_line: Doubles, size: float) -> None:
    """Label what is above and what is below an opening, in place; its edges (k, 3) go from right to left."""
    skin, points = face.skin, face.skin.points
    left, right = upper_line[-1, 0], upper_line[0, 0]
    x = np.clip(points[:, 0], right, left)
    top, bottom = (np.interp(x, line[:, 0], line[:, 1]) for line in (upper_line, lower_line))
    depth = points[:, 2] - np.interp(x, upper_line[:, 0], 0.5 * (upper_line + lower_line)[:, 2])
    above, below = points[:, 1] - top, bottom - points[:, 1]
    between = (points[:, 0] > right + 0.001) & (points[:, 0] < left - 0.001)
    seen = between & (depth > -0.006) & face.outside & (np.abs(above) < 4.0 * _BESIDE)
    seen[seen] = skin.from_front(np.nonzero(seen)[0])
    for wide in (1.0, 2.0, 4.0):
        reach = wide * size * _BESIDE
        upper, lower = seen & (above > _ON) & (above < reach), seen & (below > _ON) & (below < reach)
        if upper.sum() >= 3 and lower.sum() >= 3:
            break
    if not (upper.any() and lower.any()) or _continuous(skin, upper, lower, left, right):
        return
    up, down = (skin.reach(np.nonzero(seeds)[0], size * _REACH) for seeds in (upper, lower))
    aside = np.maximum(right - points[:, 0], points[:, 0] - left)
    plain = face.outside & ((np.maximum(above, below) > size * _NEAR) | (aside > -0.001))
    reached = (np.isfinite(up) | np.isfinite(down)) & ~plain & (aside < 0.004)
    labels[reached & (up < down)] = 1
    labels[reached & (down < up)] = -1


def _continuous(skin: Surface, upper: Flags, lower: Flags, left: float, right: float) -> bool:
    """Tell whether edges lead from one side of an opening straight to the other: a fold of the skin, not a slit."""
    x = skin.points[:, 0]
    central = (x > right + 0.3 * (left - right)) & (x < left - 0.3 * (left - right))
    one, other = skin.edges[:, 0], skin.edges[:, 1]
    across = (upper[one] & lower[other]) | (lower[one] & upper[other])
    direct = int((across & central[one] & central[other]).sum())
    on = central & ~upper & ~lower & (skin.normals[:, 2] > 0.3)
    beside = np.zeros((2, len(x)), bool)
    for side, seeds in enumerate((upper, lower)):
        beside[side, one[seeds[other]]] = True
        beside[side, other[seeds[one]]] = True
    return direct + int((on & beside[0] & beside[1]).sum()) >= 2


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
