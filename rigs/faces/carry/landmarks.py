"""Finds a face on a surface: the skin, nose tip, eye openings, the line between the lips, chin.

Everything is read from pictures of the geometry from the front, so that neither the mesh's layout nor the names of its
parts matter. What is not there (an eye that is painted, lips without a slit between them) is left out. Lengths are
those of a head of ordinary size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .eyes import JUMP, eyeballs, lids, openings, surrounded
from .picture import Picture, look
from .skins import skins
from .surface import Doubles, Flags, Ints, Surface

_COARSE = 0.0011
_FINE = 0.0004
_FOLD = 0.55
"""Turn of the vertical part of the normal from which on lips count as two."""
_WITHIN = 0.025
"""Metres before skin within which other skin makes it an inside."""
_CERTAIN = 4
"""Certainty from which on no other island is looked at."""
_RISE = 0.045
"""Metres by which eyes lie above the nose's tip, where none are found."""
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

    @property
    def certainty(self) -> int:
        """How much of a face is there, 0 to 5: eye openings and lips tell it from hair and helmets."""
        eyes = all(has_opening(self, side) for side in ("left", "right"))
        return 2 * eyes + 2 * (self.lips is not None) + ("chin" in self.points)


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
    best = None
    for skin, kept, unit in skins(surface, given or {}):
        told = {name: np.asarray(place, np.float64) * unit for name, place in (given or {}).items()}
        face = _face_on(skin, kept, unit, surface, told)
        if face is not None and (best is None or face.certainty > best.certainty):
            best = face
        if best is not None and best.certainty >= _CERTAIN:
            break
    return best


def _face_on(skin: Surface, kept: Ints, unit: float, surface: Surface, told: Mapping[str, Doubles]) -> Face | None:
    """Return the face on one island, None where nothing stands out of it for a nose."""
    low, high = skin.points.min(axis=0), skin.points.max(axis=0)
    picture = look(skin, low[0], high[0], low[1], high[1], _COARSE)
    nose = told["nose"] if "nose" in told else _nose(picture, 0.5 * (low[0] + high[0]))
    if nose is None:
        return None
    points: dict[str, Doubles] = {"nose": nose}
    balls: dict[str, tuple[Doubles, float]] = {}
    eyes = eyeballs(surface, unit, picture, nose, balls) or openings(picture, nose)
    rise, lips, gap = _mouth(skin, picture, nose, eyes, told)
    if lips is None and not balls and not all(surrounded(picture, mask, nose) for mask in eyes.values()):
        # Nothing but holes that its edge leaves open: the rim of a helmet, a hood.
        eyes = {}
        rise, lips, gap = _mouth(skin, picture, nose, eyes, told)
    for side, mask in eyes.items():
        points.update(lids(picture, mask, side))
    if lips is not None:
        points.update(zip(_MOUTH, (along(lips, share) for share in (0.0, 0.5, 1.0)), strict=True))
    chin = _chin(picture, nose, float(points["lips"][1]) if lips is not None else nose[1] - 0.7 * rise)
    if chin is not None:
        points["chin"] = chin
    points.update(told)
    return Face(skin, kept, unit, points, lips, gap, balls)


def _mouth(
    skin: Surface, picture: Picture, nose: Doubles, eyes: Mapping[str, Flags], told: Mapping[str, Doubles]
) -> tuple[float, Doubles | None, float]:
    """Return how far the eyes lie above the nose, the line between the lips, and how far those are apart."""
    heights = [lids(picture, mask, side)[f"{side} eye middle"][1] for side, mask in eyes.items()]
    rise = float(np.mean(heights) - nose[1]) if eyes else _RISE
    if set(_MOUTH) <= set(told):
        return rise, _given_line([told[name] for name in _MOUTH]), 0.0
    return rise, *_lip_line(skin, nose, rise)


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


def _nose(picture: Picture, middle: float) -> Doubles | None:
    """Return the point that stands out most near the middle; None where nothing is there."""
    near = np.abs(picture.xs - middle) < 0.015
    depth = np.where(near[None], picture.depth, -np.inf)
    if not np.isfinite(depth).any():
        return None
    row, column = np.unravel_index(depth.argmax(), depth.shape)
    return picture.point(int(row), int(column))


def _lip_line(skin: Surface, nose: Doubles, rise: float) -> tuple[Doubles | None, float]:
    """Return the line between the lips and how far they are apart in the middle; None where nothing parts them."""
    half = 0.042
    picture = look(skin, nose[0] - half, nose[0] + half, nose[1] - 1.5 * rise, nose[1] - 0.25 * rise, _FINE)
    pieces = picture.pieces(JUMP)
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
