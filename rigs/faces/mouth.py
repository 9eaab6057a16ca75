"""A mouth measured on any mesh: where its lips meet, how wide it is, and what a movement does to it.

No names of points are known. Where a movement that opens the mouth parts points that lie side by side, the lips meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .face_frame import directions, places

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MEASURES = ("gap", "width", "protrusion", "lower_out", "corners_up")
"""What :meth:`Mouth.measures` returns: the first in metres, the others as shares of the mouth's width."""
_LOWER = 0.45
"""Share of the largest drop from which on a point surely belongs to the lower lip or the chin."""
_PARTED = 0.12
"""Share of the largest drop by which points part where lips meet."""
_STEEPEST = 2.5
"""Times as steep as the drop over the size of the mouth must be what parts: skin stretches less."""
_SLICES = 13
"""Slices across the mouth, in each of which the frontmost pair counts."""
_STEP_BACK = 0.3
"""Share of half a mouth's width by which the next slice may lie further back; teeth lie behind the corners."""
_APART = 2.0
"""Metres to the front that a metre between two points is worth: where lips touch counts, not what bulges before it."""
_MOST_POINTS = 6000
_LEAST_DROP = 1e-4  # metres


@dataclass(frozen=True, eq=False)
class Mouth:
    """Pairs of points of a mesh where its lips meet at rest."""

    mesh: Any
    """The mesh object."""
    frame: Doubles
    """(3, 4) from the mesh's space to the face's frame, see :mod:`.face_frame`."""
    upper: Ints
    """(n,) points of the upper lip, from one corner to the other."""
    lower: Ints
    """(n,) the points of the lower lip below them."""
    middle: Ints
    """Pairs in the middle of the mouth, by number."""
    rest: Doubles
    """(n, 2, 3) where the pairs lie at rest, upper and lower, in the face's frame."""
    width: float
    """Metres from corner to corner."""
    front: float
    """How far to the front the middle lies, metres."""

    @property
    def rest_gap(self) -> float:
        """Metres between the lips at rest, in the middle."""
        apart = self.rest[self.middle, 0] - self.rest[self.middle, 1]
        return float(np.linalg.norm(apart, axis=1).mean())

    @property
    def all_points(self) -> Ints:
        """Every point that is looked at."""
        return np.concatenate([self.upper, self.lower])

    def points(self, moved: Doubles) -> Doubles:
        """Return (..., n, 2, 3) displacements of the pairs, in the face's frame, of (..., V, 3) in the mesh's."""
        return directions(self.frame, np.stack([moved[..., self.upper, :], moved[..., self.lower, :]], axis=-2))

    def gap(self, moved: Doubles) -> Doubles:
        """Return (...,) metres by which the lips part in the middle under (..., V, 3) displacements of the mesh."""
        apart = self.points(moved)[..., 1][..., self.middle, :]
        grown: Doubles = (apart[..., 0] - apart[..., 1]).mean(axis=-1)
        return grown

    def widest(self, moved: Doubles) -> float:
        """Return the metres by which the lips part most anywhere between the corners under (V, 3) displacements."""
        apart = self.points(moved)[..., 1]
        return float((apart[:, 0] - apart[:, 1]).max())

    def measures(self, moved: Doubles) -> Doubles:
        """Return (..., 5) :data:`MEASURES` of (..., V, 3) displacements: linear in them."""
        pairs = self.points(moved)
        across = self.rest[:, :, 0].mean(axis=1)
        across = across - 0.5 * (across.min() + across.max())
        lateral = pairs[..., 0].mean(axis=-1)
        wider = lateral @ across / max(float(across @ across), 1e-12)
        middle = pairs[..., self.middle, :, :]
        outer = np.abs(across) > 0.7 * np.abs(across).max()
        corners = pairs[..., 1][..., outer, :].mean(axis=(-1, -2))
        found = [
            (middle[..., 0, 1] - middle[..., 1, 1]).mean(axis=-1),
            wider,
            middle[..., 2].mean(axis=(-1, -2)) / self.width,
            (middle[..., 1, 2] - middle[..., 0, 2]).mean(axis=-1) / self.width,
            corners / self.width,
        ]
        stacked: Doubles = np.stack(found, axis=-1)
        return stacked


def find_mouth(mesh: Any, points: Doubles, opening: Doubles, frame: Doubles) -> Mouth | None:
    """Return where the lips of a mesh meet; None where the movement parts nothing.

    Parameters
    ----------
    mesh : bpy.types.Object
        The mesh object, only kept.
    points : (V, 3) array
        Its rest points.
    opening : (V, 3) array
        What a movement adds that opens the mouth: the shape key ``jawOpen`` or ``aa``, or a jaw that turns.
    frame : (3, 4) array
        From the mesh's space to the face's frame.
    """
    drop = -directions(frame, opening)[:, 1]
    largest = float(drop.max(initial=0.0))
    if largest < _LEAST_DROP:
        return None
    at = places(frame, points)
    lip = np.flatnonzero(drop > _LOWER * largest)
    size = float(np.ptp(at[lip], axis=0).max())
    low = np.flatnonzero(drop > _PARTED * largest)
    low = low[_around(at[low], at[lip], 0.2 * size)]
    if not len(low):
        return None
    if len(low) > _MOST_POINTS:
        low = low[np.argsort(-drop[low])[:_MOST_POINTS]]
    high = np.flatnonzero(_around(at, at[low], 0.1 * size) & (drop < largest * (1.0 - _PARTED)))
    if not len(high):
        return None
    partner, apart = _partners(at, drop, low, high, largest, size)
    met = np.isfinite(apart)
    if not met.any():
        return None
    low, partner, apart = low[met], partner[met], apart[met]
    touching = apart <= max(3.0 * float(np.quantile(apart, 0.05)), 0.05 * size)
    return _of_pairs(mesh, frame, at, drop, partner[touching], low[touching])


def _around(points: Doubles, others: Doubles, pad: float) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = ((points > others.min(axis=0) - pad) & (points < others.max(axis=0) + pad)).all(
        axis=1
    )
    return inside


def _partners(at: Doubles, drop: Doubles, low: Ints, high: Ints, largest: float, size: float) -> tuple[Ints, Doubles]:
    """Return for each lower point the upper one it parts from most for how near it is, and the distance; inf for none.

    Skin that stretches moves its neighbours alike; only over a seam do near points part by a good share of the drop.
    """
    found, apart = np.zeros(len(low), np.int64), np.full(len(low), np.inf)
    for start in range(0, len(low), 256):
        part = slice(start, start + 256)
        away = np.sqrt(((at[low[part], None] - at[high][None]) ** 2).sum(axis=2))
        parted = drop[low[part], None] - drop[high][None]
        worth = np.where((parted > _PARTED * largest) & (away < 0.3 * size), parted / (away + 0.02 * size), 0.0)
        best = worth.argmax(axis=1)
        rows = np.arange(len(best))
        sure = worth[rows, best] > _STEEPEST * largest / size
        found[part] = high[best]
        apart[part] = np.where(sure, away[rows, best], np.inf)
    return found, apart


def _of_pairs(mesh: Any, frame: Doubles, at: Doubles, drop: Doubles, upper: Ints, lower: Ints) -> Mouth | None:
    """Return the mouth of the frontmost pairs, slice by slice from the middle to where the lips end."""
    if not len(lower):
        return None
    across, out = at[lower, 0], 0.5 * (at[lower, 2] + at[upper, 2])
    weight = drop[lower] - drop[upper]
    apart = np.linalg.norm(at[lower] - at[upper], axis=1)
    front = out > out.max() - 0.5 * float(np.ptp(across)) - 1e-6
    centre = float(np.average(across[front], weights=weight[front]))
    reach = float(np.abs(across[front] - centre).max()) + 1e-9
    slices = np.clip(((across - centre) / (2.0 * reach) + 0.5) * _SLICES, 0, _SLICES - 1e-6).astype(int)
    middle_slice = _SLICES // 2
    chosen: dict[int, int] = {}
    for way in (1, -1):
        last: tuple[int, float] | None = None
        for number in range(middle_slice, _SLICES if way > 0 else -1, way):
            inside = np.flatnonzero(front & (slices == number))
            if not len(inside):
                continue
            best = int(inside[np.argmax(out[inside] - _APART * apart[inside])])
            if last is not None and out[best] < last[1] - _STEP_BACK * reach * abs(number - last[0]):
                continue
            chosen[number] = best
            last = number, float(out[best])
    if not chosen:
        return None
    pairs = np.array([chosen[number] for number in sorted(chosen)])
    pairs = pairs[np.argsort(across[pairs])]
    near = np.abs(across[pairs] - centre)
    middle = np.flatnonzero(near <= max(0.2 * reach, float(near.min()) + 1e-9))
    rest = np.stack([at[upper[pairs]], at[lower[pairs]]], axis=1)
    width = max(float(np.ptp(rest[:, :, 0])), 1e-4)
    return Mouth(mesh, frame, upper[pairs], lower[pairs], middle, rest, width, float(rest[middle, :, 2].mean()))
