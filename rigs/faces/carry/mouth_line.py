"""Finds the line between the lips, seen from the front: of several folds of the skin the one that is a slit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .eyes import JUMP
from .picture import Picture, look
from .slit import find_slit
from .surface import Doubles, Flags, Surface

_FINE = 0.0004
_FOLD = 0.55
"""Turn of the vertical part of the normal from which on lips count as two."""
_HALF = 0.042
"""Metres to both sides of the nose in which a mouth is looked for."""
_LOWEST = 0.06
"""Metres below the nose in which it is, however near to it the eyes are."""
_TRIED = 5
"""Folds that are looked at, the deepest first."""
_BESIDE = 0.004
"""Metres that two of them are apart."""
_AGAPE = 0.0025
"""Metres between the lips from which on a mouth stands open at rest, and the edge of each lip counts."""
_TURNED = 0.6
"""Vertical part of the normal from which on skin is the inside of a lip."""
_INSIDE = 80
"""Pixels of what is behind it that may show."""
_ROUND = 0.002
"""Metres behind what stands out most below an open mouth that still are the lip's front."""
_WIDEST = 0.05
"""Metres that it may stand open."""


@dataclass(frozen=True, eq=False)
class Mouth:
    """Where the lips meet, or where they would."""

    line: Doubles
    """(k, 3) midway between the lips, from the right corner to the left."""
    gap: float
    """Metres between the lips in the middle."""
    rims: tuple[Doubles, Doubles] | None
    """(k, 3) the upper and the lower lip's edge, where they are apart."""
    parted: bool
    """Whether the skin is parted there."""


def given_mouth(skin: Surface, outside: Flags, places: list[Doubles]) -> Mouth:
    """Return the mouth on a curve through its right corner, middle and left corner (3,)."""
    share = np.linspace(0.0, 1.0, 61)[:, None]
    right, middle, left = places
    bow = middle - 0.5 * (right + left)
    line = right + share * (left - right) + 4.0 * share * (1.0 - share) * bow
    return Mouth(line, 0.0, None, find_slit(skin, outside, line, line, 1.0) is not None)


def find_mouth(skin: Surface, outside: Flags, nose: Doubles, rise: float) -> Mouth | None:
    """Return the mouth below the tip (3,) of a nose; None where no fold of the skin could be one.

    Parameters
    ----------
    skin : Surface
        In metres of a head of ordinary size.
    outside : (n,) array
        Which of its vertices can be seen from somewhere.
    nose : (3,) array
    rise : float
        How far above it the eyes are.
    """
    bottom = max(1.5 * rise, _LOWEST)
    picture = look(skin, nose[0] - _HALF, nose[0] + _HALF, nose[1] - bottom, nose[1] - 0.25 * rise, _FINE)
    front = _front(picture)
    folds = [_folds(picture, front[:, column], column) for column in range(picture.depth.shape[1])]
    deepest = None
    for line in _lines(picture, folds, nose):
        parted = find_slit(skin, outside, *line, 1.0) is not None
        middle = 0.5 * (line[0] + line[1])
        centre = np.abs(middle[:, 0] - nose[0]) < 0.004
        gap = float(np.median((line[0] - line[1])[centre, 1])) - _FINE if centre.any() else 0.0
        mouth = Mouth(middle, max(0.0, gap), line if gap > _AGAPE else None, parted)
        if parted:
            return mouth
        if deepest is None and middle[:, 1].min() > nose[1] - 1.5 * rise:
            deepest = mouth
    return deepest


def _front(picture: Picture) -> Flags:
    """Return (h, w) the pixels of the face: not what is seen through an open mouth, which a jump surrounds."""
    pieces = picture.pieces(JUMP)
    names, counts = np.unique(pieces[pieces >= 0], return_counts=True)
    big = names[counts > 0.02 * pieces.size]
    border = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
    return np.isin(pieces, np.intersect1d(big, border))


def _lines(
    picture: Picture, folds: list[list[tuple[int, int, float]]], nose: Doubles
) -> Iterator[tuple[Doubles, Doubles]]:
    """Yield (k, 3) the upper and the lower edge of what may be a mouth, the deepest fold first."""
    near = np.abs(picture.xs - nose[0]) < 0.016
    rows = np.arange(picture.depth.shape[0])
    score = np.zeros(len(rows))
    for column in np.nonzero(near)[0]:
        for upper, lower, turn in folds[column]:
            score += turn * np.exp(-(((rows - 0.5 * (upper + lower)) * _FINE / 0.0025) ** 2))
    for _ in range(_TRIED):
        if not len(score) or score.max() < 0.35 * _FOLD * near.sum():
            return
        start = int(score.argmax())
        chosen = _traced(picture, folds, float(start), picture.column(nose[0]))
        if len(chosen) * _FINE >= 0.015:
            columns = sorted(chosen)
            upper, lower = (np.array([picture.point(chosen[c][edge], c) for c in columns]) for edge in (0, 1))
            if float(np.median(upper[:, 1] - lower[:, 1])) > _AGAPE:
                lower = np.array([picture.point(_lower_lip(picture, c, chosen[c][1]), c) for c in columns])
            yield upper, lower
        score[np.abs(rows - start) * _FINE < _BESIDE] = 0.0


def _lower_lip(picture: Picture, column: int, row: int) -> int:
    """Return the row in which the lower lip of an open mouth turns inside, from a row of what shows behind it."""
    depth, rises = picture.depth[:, column], picture.normals[:, column, 1]
    below = depth[row : row + _INSIDE]
    crest = row + int(np.argmax(below > below.max() - _ROUND))
    edge = crest
    while edge > row and rises[edge - 1] < _TURNED:
        edge -= 1
    return edge


def _traced(
    picture: Picture, folds: list[list[tuple[int, int, float]]], start: float, middle: int
) -> dict[int, tuple[int, int]]:
    """Return column -> rows above and below a fold, followed from the middle to both sides as far as it goes."""
    chosen: dict[int, tuple[int, int]] = {}
    for direction in (1, -1):
        last, missed = start, 0
        for column in range(middle, -1 if direction < 0 else picture.depth.shape[1], direction):
            near_by = [
                (abs(0.5 * (a + b) - last), a, b) for a, b, _ in folds[column]
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
    return chosen


def _folds(picture: Picture, front: Flags, column: int) -> list[tuple[int, int, float]]:
    """Return (upper row, lower row, turn) where a column of skin that faces down is followed by skin that faces up."""
    rows = np.nonzero(front)[0]
    if len(rows) < 8:
        return []
    rises = picture.normals[rows, column, 1]
    reach = 3
    views = np.lib.stride_tricks.sliding_window_view(rises, reach)
    above, below = views[: -reach - 1].min(axis=1), views[reach:-1].max(axis=1)
    apart = np.diff(rows)[reach - 1 : -reach]
    deep = (below - above > _FOLD) & (above < 0.1) & (below > 0.05) & (apart * _FINE < _WIDEST)
    found = [
        (
            float(below[at] - above[at]),
            rises[at + reach] - rises[at + reach - 1],
            *map(int, rows[at + reach - 1 : at + reach + 1]),
        )
        for at in np.nonzero(deep)[0].tolist()
    ]
    kept: list[tuple[int, int, float]] = []
    for turn, _, upper, lower in sorted(found, key=lambda item: (-item[1], -item[0])):
        if all(abs(upper - other) > reach for other, _, _ in kept):
            kept.append((upper, lower, turn))
    return kept
