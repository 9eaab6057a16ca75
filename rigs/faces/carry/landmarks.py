"""Finds a face on a surface: the skin, nose tip, eye openings, the line between the lips, chin.

Everything is read from pictures of the geometry from the front, so that neither the mesh's layout nor the names of its
parts matter. What is not there (an eye that is painted, lips without a slit between them) is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .picture import Picture, look, outline
from .surface import Doubles, Flags, Ints, Surface

WIDTH = 0.165
"""Metres that the default character's head is wide, ears and all: lengths in this module are for such a head."""
_COARSE = 0.0011
_FINE = 0.0004
_JUMP = 0.0025
"""Metres between neighbouring pixels from which on one lies behind the other."""
_FOLD = 0.55
"""Turn of the vertical part of the normal from which on lips count as two."""
_WITHIN = 0.025
"""Metres before skin within which other skin makes it an inside."""
_ARC = (-0.8, -0.5, 0.0, 0.5, 0.8)
"""Where between an eye's corners its lids are measured."""
_MOUTH = ("right mouth corner", "lips", "left mouth corner")


@dataclass(frozen=True, eq=False)
class Face:
    """Where the parts of a face lie."""

    skin: Surface
    """The island that bears the face, in metres of a head of ordinary size."""
    kept: Ints
    """(n,) its vertices among those of the surface it was found on."""
    unit: float
    """What a unit of the original surface is in those metres."""
    points: dict[str, Doubles] = field(default_factory=dict)
    """Landmark -> (3,)."""
    lips: Doubles | None = None
    """(k, 3) the line between the lips from the right corner to the left; None without a slit."""
    gap: float = 0.0
    """How far apart the lips' middles are at rest."""
    balls: dict[str, tuple[Doubles, float]] = field(default_factory=dict)
    """Side -> (3,) centre and radius of an eyeball that is an island of its own."""

    @cached_property
    def outside(self) -> Flags:
        """(n,) the skin's vertices that can be seen: not within the mouth, the sockets, the nostrils."""
        return self.skin.outside(_WITHIN)


def find_face(surface: Surface, given: Mapping[str, Doubles] | None = None) -> Face | None:
    """Return the face that a surface bears at its front, or None where none can be made out.

    Parameters
    ----------
    surface : Surface
        All of a head that shows, in SMPL-X's axes.
    given : dict, optional
        Landmark -> (3,) place, in the surface's units, where somebody knows better: ``"nose"``, ``"chin"``, ``"lips"``
        (their middle), ``"left mouth corner"``, ``"left eye outer"``, ``"left eye inner"``, and of the right side.
    """
    skin, kept, unit = _skin(surface)
    if skin is None:
        return None
    told = {name: np.asarray(place, np.float64) * unit for name, place in (given or {}).items()}
    low, high = skin.points.min(axis=0), skin.points.max(axis=0)
    picture = look(skin, low[0], high[0], low[1], high[1], _COARSE)
    nose = told["nose"] if "nose" in told else _nose(picture, 0.5 * (low[0] + high[0]))
    points: dict[str, Doubles] = {"nose": nose}
    balls: dict[str, tuple[Doubles, float]] = {}
    eyes = _eyeballs(surface, unit, picture, nose, balls) or _eyes(picture, nose)
    for side, mask in eyes.items():
        points.update(_lids(picture, mask, side))
    rise = float(np.mean([points[f"{side} eye middle"][1] for side in eyes]) - nose[1]) if eyes else 0.045
    if set(_MOUTH) <= set(told):
        lips, gap = _given_line([told[name] for name in _MOUTH]), 0.0
    else:
        lips, gap = _lip_line(skin, nose, rise)
    if lips is not None:
        points.update(zip(_MOUTH, (along(lips, share) for share in (0.0, 0.5, 1.0)), strict=True))
    chin = _chin(picture, nose, float(points["lips"][1]) if lips is not None else nose[1] - 0.7 * rise)
    if chin is not None:
        points["chin"] = chin
    points.update(told)
    return Face(skin, kept, unit, points, lips, gap, balls)


def has_opening(face: Face, side: str) -> bool:
    """Tell whether the lids of the left or the right eye can be told apart."""
    return f"{side} eye upper 0" in face.points


def lid_lines(face: Face, side: str) -> tuple[Doubles, Doubles] | None:
    """Return (k, 3) the edge of the upper and of the lower lid, from right to left; None without an opening."""
    if not has_opening(face, side):
        return None
    corners = [face.points[f"{side} eye {name}"] for name in ("outer", "inner")]
    lines = []
    for lid in ("upper", "lower"):
        found = [point for name, point in face.points.items() if name.startswith(f"{side} eye {lid} ")]
        line = np.array([corners[0], *found, corners[1]])
        lines.append(line[np.argsort(line[:, 0])])
    return lines[0], lines[1]


def _given_line(places: list[Doubles]) -> Doubles:
    """Return (k, 3) a curve through the right corner, the middle and the left corner of a mouth."""
    share = np.linspace(0.0, 1.0, 61)[:, None]
    right, middle, left = places
    bow = middle - 0.5 * (right + left)
    return right + share * (left - right) + 4.0 * share * (1.0 - share) * bow


def along(line: Doubles, share: float) -> Doubles:
    """Return the (3,) point of a line (k, 3) that goes from right to left, at a share of its width."""
    x = line[0, 0] + share * (line[-1, 0] - line[0, 0])
    return np.array([np.interp(x, line[:, 0], line[:, axis]) for axis in range(3)])


def _skin(surface: Surface) -> tuple[Surface | None, Ints, float]:
    """Return the island that fills most of the picture's middle, scaled to the size of an ordinary head."""
    nothing = np.zeros(0, np.int64)
    if len(surface.triangles) < 50:
        return None, nothing, 1.0
    low, high = surface.points.min(axis=0), surface.points.max(axis=0)
    size = high - low
    step = float(max(size[0], size[1])) / 90
    centre = 0.5 * (low + high)
    wide = min(0.5 * size[0], 0.35 * size[1])
    seen = look(surface, centre[0] - 0.5 * wide, centre[0] + 0.5 * wide, low[1], high[1], step)
    islands = surface.islands[surface.triangles[seen.triangles[seen.triangles >= 0], 0]]
    if not len(islands):
        return None, nothing, 1.0
    names, counts = np.unique(islands, return_counts=True)
    part, kept = surface.part(surface.islands == names[counts.argmax()])
    unit = WIDTH / max(_head_width(part.points), 1e-9)
    return Surface(part.points * unit, part.triangles), kept, unit


def _head_width(points: Doubles) -> float:
    """Return how wide a head is; a neck or shoulders below it do not count."""
    top = points[:, 1].max()
    width = np.ptp(points[:, 0])
    for _ in range(4):
        upper = points[points[:, 1] > top - 1.1 * width]
        width = min(width, float(np.ptp(upper[:, 0])))
    return float(width)


def _nose(picture: Picture, middle: float) -> Doubles:
    """Return the point that stands out most near the middle."""
    near = np.abs(picture.xs - middle) < 0.015
    depth = np.where(near[None], picture.depth, -np.inf)
    row, column = np.unravel_index(depth.argmax(), depth.shape)
    return picture.point(int(row), int(column))


def _eyes(picture: Picture, nose: Doubles) -> dict[str, Flags]:
    """Return side -> (h, w) the pixels of an eye's opening: what lies behind the skin, on both sides alike."""
    pieces = picture.pieces(_JUMP)
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


def _eyeballs(
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
    best = None
    for one in np.nonzero(ball & (area > 3e-5) & (centre[:, 0] > nose[0]))[0]:
        mirrored = centre[one] * (-1.0, 1.0, 1.0) + (2.0 * nose[0], 0.0, 0.0)
        for other in np.nonzero(ball & (area > 3e-5) & (centre[:, 0] < nose[0]))[0]:
            if np.abs(mirrored - centre[other]).max() < 0.012 and (best is None or min(area[[one, other]]) > best[0]):
                best = min(area[[one, other]]), one, other
    if best is None:
        return {}
    found = {}
    for side, name in (("left", best[1]), ("right", best[2])):
        radius = 0.5 * size[name, 0]
        layers = (np.linalg.norm(centre - centre[name], axis=1) < 0.8 * radius) & ball
        found[side] = np.isin(shown, np.nonzero(layers)[0])
        balls[side] = centre[name], radius
    return found


def _blots(mask: Flags) -> Ints:
    flat = np.where(mask, 0.0, -np.inf)
    return Picture(0.0, 0.0, 1.0, flat, np.zeros((1, 1, 3)), np.zeros((1, 1), np.int64)).pieces(1.0)


def _lids(picture: Picture, mask: Flags, side: str) -> dict[str, Doubles]:
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


def _lip_line(skin: Surface, nose: Doubles, rise: float) -> tuple[Doubles | None, float]:
    """Return the line between the lips and how far they are apart in the middle; None where nothing parts them."""
    half = 0.042
    picture = look(skin, nose[0] - half, nose[0] + half, nose[1] - 1.5 * rise, nose[1] - 0.25 * rise, _FINE)
    pieces = picture.pieces(_JUMP)
    names, counts = np.unique(pieces[pieces >= 0], return_counts=True)
    big = np.isin(pieces, names[counts > 0.02 * pieces.size])
    folds = [_folds(picture, big[:, column], column) for column in range(picture.depth.shape[1])]
    near = np.abs(picture.xs - nose[0]) < 0.016
    score = np.zeros(picture.depth.shape[0])
    for column in np.nonzero(near)[0]:
        for upper, lower, turn in folds[column]:
            centre = 0.5 * (upper + lower)
            rows = np.arange(len(score))
            score += turn * np.exp(-(((rows - centre) * _FINE / 0.0025) ** 2))
    if not len(score) or score.max() < 0.35 * _FOLD * near.sum():
        return None, 0.0
    start = float(score.argmax())
    middle = picture.column(nose[0])
    chosen: dict[int, tuple[int, int]] = {}
    for direction in (1, -1):
        last, missed = start, 0
        for column in range(middle, -1 if direction < 0 else picture.depth.shape[1], direction):
            near_by = [
                (abs(0.5 * (a + b) - last), a, b) for a, b, turn in folds[column]
                if abs(0.5 * (a + b) - last) * _FINE < (0.0035 if column == middle else 0.0012 + 0.0004 * missed)
            ]  # fmt: skip
            if not near_by:
                missed += 1
                if missed * _FINE > 0.0025:
                    break
                continue
            missed = 0
            _, a, b = min(near_by)
            last = 0.5 * (a + b)
            chosen[column] = (a, b)
    if len(chosen) * _FINE < 0.015:
        return None, 0.0
    columns = sorted(chosen)
    line = np.array(
        [0.5 * (picture.point(chosen[c][0], c) + picture.point(chosen[c][1], c)) for c in columns]
    )  # fmt: skip
    centre = [chosen[c] for c in columns if abs(picture.xs[c] - nose[0]) < 0.004]
    gap = float(np.median([b - a for a, b in centre]) - 1) * _FINE if centre else 0.0
    return line, max(0.0, gap)


def _folds(picture: Picture, front: Flags, column: int) -> list[tuple[int, int, float]]:
    """Return (upper row, lower row, turn) where a column of skin that faces down is followed by skin that faces up."""
    rows = np.nonzero(front)[0]
    if len(rows) < 8:
        return []
    rises = picture.normals[rows, column, 1]
    reach = 3
    found = []
    for index in range(reach, len(rows) - reach):
        above, below = rises[index - reach : index].min(), rises[index : index + reach].max()
        turn = float(below - above)
        apart = rows[index] - rows[index - 1]
        if turn > _FOLD and above < 0.1 and below > 0.05 and apart * _FINE < 0.012:
            found.append((turn, rises[index] - rises[index - 1], int(rows[index - 1]), int(rows[index])))
    kept: list[tuple[int, int, float]] = []
    for turn, _, upper, lower in sorted(found, key=lambda item: (-item[1], -item[0])):
        if all(abs(upper - other) > reach for other, _, _ in kept):
            kept.append((upper, lower, turn))
    return kept


def _chin(picture: Picture, nose: Doubles, lips: float) -> Doubles | None:
    """Return the point below the lips where the front of the chin turns under."""
    column = picture.column(nose[0])
    for row in range(picture.row(lips - 0.02), picture.depth.shape[0]):
        depth = picture.depth[row, column]
        if not np.isfinite(depth) or picture.normals[row, column, 1] < -0.75:
            last = row if np.isfinite(depth) else row - 1
            return picture.point(last, column)
    return None
