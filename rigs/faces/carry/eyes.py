"""Where the eyes of a face open, seen from the front: holes in the skin, or eyeballs that are islands of their own."""

from __future__ import annotations

import numpy as np

from .picture import Picture, look, outline
from .surface import Doubles, Flags, Ints, Surface

JUMP = 0.0025
"""Metres between neighbouring pixels from which on one lies behind the other."""
_WORN = 0.006
"""Metres by which the edge of what is seen of a lens lies before the skin beside it; an eye's lies behind its lids."""
_ARC = (-0.8, -0.5, 0.0, 0.5, 0.8)
"""Where between an eye's corners its lids are measured."""


def openings(picture: Picture, nose: Doubles) -> dict[str, Flags]:
    """Return side -> (h, w) the pixels of an eye's opening: what lies behind the skin, on both sides alike."""
    pieces = picture.pieces(JUMP)
    main = pieces[picture.row(nose[1]), picture.column(nose[0])]
    filled = pieces == main
    other = ~filled
    ys, xs = picture.ys, picture.xs
    other[(ys < nose[1] + 0.01) | (ys > nose[1] + 0.10)] = False
    other[:, np.abs(xs - nose[0]) > 0.070] = False
    labels = _blots(other)
    found: dict[str, tuple[float, Flags]] = {}
    centres = []
    for label in np.unique(labels[labels >= 0]):
        mask = labels == label
        rows, columns = np.nonzero(mask)
        area = len(rows) * picture.step**2
        width, height = np.ptp(xs[columns]), np.ptp(ys[rows])
        if area > 3e-5 and 0.012 < width < 0.06 and 0.003 < height < 0.05:
            centres.append((xs[columns].mean() - nose[0], ys[rows].mean(), area, mask))
    best = None
    for one in centres:
        for another in centres:
            if one[0] > 0.012 and another[0] < -0.012:
                off = abs(one[0] + another[0]) + abs(one[1] - another[1]) + 0.01 * abs(np.log(one[2] / another[2]))
                if off < 0.02 and (best is None or off - 10 * (one[2]) < best[0]):
                    best = off - 10 * one[2], one[3], another[3]
    if best is not None:
        found = {"left": (0.0, best[1]), "right": (0.0, best[2])}
    return {side: mask for side, (_, mask) in found.items()}


def surrounded(picture: Picture, mask: Flags, nose: Doubles) -> bool:
    """Tell whether the skin goes all around an opening.

    Below the rim of a helmet the opening goes on where no eye is looked for, down to its edge.
    """
    pieces = picture.pieces(JUMP)
    beside = np.zeros_like(mask)
    beside[1:] |= mask[:-1]
    beside[:-1] |= mask[1:]
    beside[:, 1:] |= mask[:, :-1]
    beside[:, :-1] |= mask[:, 1:]
    main = pieces[picture.row(nose[1]), picture.column(nose[0])]
    return bool((mask | (pieces == main))[beside].all())


def eyeballs(
    surface: Surface, unit: float, picture: Picture, nose: Doubles, balls: dict[str, tuple[Doubles, float]]
) -> dict[str, Flags]:
    """Return side -> (h, w) the pixels in which an eyeball shows that is an island of its own; enters ``balls``."""
    scaled = Surface(surface.points * unit, surface.triangles)
    names, place = np.unique(surface.islands, return_inverse=True)
    low, high = np.full((len(names), 3), np.inf), np.full((len(names), 3), -np.inf)
    np.minimum.at(low, place, scaled.points)
    np.maximum.at(high, place, scaled.points)
    size, centre = high - low, 0.5 * (low + high)
    width, height = size[:, 0], size[:, 1]
    round_ = (width > 0.014) & (width < 0.06) & (height > 0.7 * width) & (height < 1.5 * width)
    aside = np.abs(centre[:, 0] - nose[0])
    placed = (aside > 0.012) & (aside < 0.07) & (centre[:, 1] > nose[1] + 0.01) & (centre[:, 1] < nose[1] + 0.1)
    ball = round_ & placed & (high[:, 2] < nose[2] + 0.01) & (high[:, 2] > nose[2] - 0.08)
    if not ball.any():
        return {}
    seen = look(scaled, picture.left, picture.left + picture.step * (picture.depth.shape[1] + 0.5),
                picture.top - picture.step * (picture.depth.shape[0] + 0.5), picture.top, picture.step)  # fmt: skip
    shown = np.full(picture.depth.shape, -1, np.int64)
    height, width = (min(a, b) for a, b in zip(shown.shape, seen.triangles.shape, strict=True))
    corner = seen.triangles[:height, :width]
    shown[:height, :width] = np.where(corner >= 0, place[scaled.triangles[corner, 0]], -1)
    area = np.bincount(shown[shown >= 0], minlength=len(names)) * picture.step**2
    surfaces = np.full(picture.depth.shape, -np.inf)
    surfaces[:height, :width] = seen.depth[:height, :width]
    for name in np.nonzero(ball)[0]:
        ball[name] = area[name] > 3e-5 and not _worn(shown == name, surfaces, picture)
    best = None
    for one in np.nonzero(ball & (centre[:, 0] > nose[0]))[0]:
        mirrored = centre[one] * (-1.0, 1.0, 1.0) + (2.0 * nose[0], 0.0, 0.0)
        for other in np.nonzero(ball & (centre[:, 0] < nose[0]))[0]:
            # The white of an eye, were it hidden by its iris for the most part.
            wide = min(size[[one, other], 0])
            if np.abs(mirrored - centre[other]).max() < 0.012 and (best is None or wide > best[0]):
                best = wide, one, other
    if best is None:
        return {}
    found = {}
    for side, name in (("left", best[1]), ("right", best[2])):
        radius = 0.5 * size[name, 0]
        upright = (size[:, 1] > 0.6 * size[:, 0]) & (size[:, 1] < 1.6 * size[:, 0])
        layers = (np.linalg.norm(centre - centre[name], axis=1) < 1.1 * radius) & upright & (size[:, 0] < 3.0 * radius)
        found[side] = np.isin(shown, np.nonzero(layers)[0])
        balls[side] = centre[name], radius
    return found


def _worn(mask: Flags, depth: Doubles, picture: Picture) -> bool:
    """Tell whether what is seen in some pixels, at a depth (h, w), lies before the skin around it: glasses."""
    around = mask.copy()
    for _ in range(2):
        around |= np.roll(around, 1, 0) | np.roll(around, -1, 0) | np.roll(around, 1, 1) | np.roll(around, -1, 1)
    beside = around & ~mask & np.isfinite(picture.depth)
    inner = ~(np.roll(mask, 1, 0) & np.roll(mask, -1, 0) & np.roll(mask, 1, 1) & np.roll(mask, -1, 1))
    edge = mask & inner
    return bool(beside.any() and np.median(depth[edge]) - np.median(picture.depth[beside]) > _WORN)


def _blots(mask: Flags) -> Ints:
    flat = np.where(mask, 0.0, -np.inf)
    return Picture(0.0, 0.0, 1.0, flat, np.zeros((1, 1, 3)), np.zeros((1, 1), np.int64)).pieces(1.0)


def lids(picture: Picture, mask: Flags, side: str) -> dict[str, Doubles]:
    """Return the corners and the lids of an eye."""
    upper, lower = outline(mask, picture)
    skin = np.where(mask, -np.inf, picture.depth)
    right, left = upper[0, 0], upper[-1, 0]
    outer, inner = (left, right) if side == "left" else (right, left)

    def lift(x: float, y: float) -> Doubles:
        row, column = picture.row(y), picture.column(x)
        around = skin[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4]
        lit = around[np.isfinite(around)]
        return np.array([x, y, np.median(lit) if len(lit) else picture.depth[np.isfinite(picture.depth)].mean()])

    found = {}
    for name, x in (("outer", outer), ("inner", inner)):
        place = int(np.argmin(np.abs(upper[:, 0] - x)))
        found[f"{side} eye {name}"] = lift(x, 0.5 * (upper[place, 1] + lower[place, 1]))
    for share in _ARC:
        x = 0.5 * (outer + inner) + 0.5 * share * (outer - inner)
        for name, rim in (("upper", upper), ("lower", lower)):
            found[f"{side} eye {name} {share:g}"] = lift(x, float(np.interp(x, rim[:, 0], rim[:, 1])))
    found[f"{side} eye middle"] = 0.5 * (found[f"{side} eye upper 0"] + found[f"{side} eye lower 0"])
    return found
