"""The lining of a mouth: a sack around teeth and tongue, open behind the lips, that opens with the jaw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.easing import s_curve

if TYPE_CHECKING:
    from .carry.surface import Surface


Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_AROUND, _RINGS = 32, 10
"""Points of a ring, and rings from the lips to the throat."""
_ROOM = 0.0015
"""Metres between gums and lining."""
_THROAT = 0.012
"""Metres that the throat lies behind the last tooth."""
_UNDER = 0.005
"""Metres by which the lining stays under the skin."""
_BEHIND = 0.002
"""Metres by which the lining stays behind the line between the lips."""


@dataclass(frozen=True, eq=False)
class OralCavity:
    """The lining, in the frame and the metres of what it lies around."""

    points: Doubles
    """(n, 3) from ring to ring; the last one is the throat."""
    triangles: Ints
    """(m, 3), seen from inside."""
    lower: Doubles
    """(n,) how far each point goes with the jaw: 1 under the tongue, 0 at the palate."""


def oral_cavity(inside: Doubles, lips: Doubles, skin: Surface) -> OralCavity:
    """Return the lining around what lies in a mouth.

    Parameters
    ----------
    inside : (k, 3) array
        Teeth, gums and tongue at rest: x to the left, y up, z to the front.
    lips : (l, 3) array
        The line between the lips, from one corner to the other.
    skin : Surface
        The face; the lining keeps away from it, for it stretches where the lining does not.
    """
    low, high = inside.min(axis=0) - _ROOM, inside.max(axis=0) + _ROOM
    line = lips[np.argsort(lips[:, 0])]
    middle = np.array([0.5 * (line[0, 0] + line[-1, 0]), float(np.median(line[:, 1]))])
    wide = max(0.5 * (high[0] - low[0]), 0.5 * (line[-1, 0] - line[0, 0]))
    up, down = max(high[1] - middle[1], 4 * _ROOM), max(middle[1] - low[1], 4 * _ROOM)
    angle = np.linspace(0.0, 2.0 * np.pi, _AROUND, endpoint=False)
    rings = []
    for depth in np.linspace(0.0, 1.0, _RINGS + 1)[:-1]:
        # Wide as soon as the lips allow, and round to the throat.
        size = np.sqrt(1.0 - depth**2) * (0.92 + 0.08 * min(1.0, 4.0 * depth))
        x = middle[0] + size * wide * np.cos(angle)
        y = middle[1] + size * np.where(np.sin(angle) > 0.0, up, down) * np.sin(angle)
        front = np.minimum(_front(x, inside) + _ROOM, np.interp(x, line[:, 0], line[:, 2]) - _BEHIND)
        rings.append(np.stack([x, y, front + depth * (low[2] - _THROAT - front)], axis=1))
    throat = np.array([[middle[0], middle[1], low[2] - _THROAT]])
    points = _under(np.concatenate([*rings, throat]), skin, 0.5 * (low + high))
    share = s_curve((middle[1] + 0.5 * up - points[:, 1]) / (0.5 * (up + down)))
    return OralCavity(points, _triangles(), share)


def _under(points: Doubles, skin: Surface, centre: Doubles) -> Doubles:
    """Return points that are at or outside of the skin brought under it, towards a centre."""
    found = points.copy()
    for index, point in enumerate(points):
        place, _, _, away = skin.tree.find_nearest(point.tolist())
        inward = centre - np.array(place)
        if away < _UNDER or np.linalg.norm(point - centre) > np.linalg.norm(inward):
            found[index] = np.array(place) + _UNDER * inward / np.linalg.norm(inward)
    return found


def _front(x: Doubles, inside: Doubles) -> Doubles:
    """Return how far to the front the teeth come at a distance to the side."""
    bins = np.linspace(inside[:, 0].min(), inside[:, 0].max(), 13)
    number = np.clip(np.digitize(inside[:, 0], bins) - 1, 0, len(bins) - 2)
    most = np.array([inside[number == n, 2].max(initial=inside[:, 2].min()) for n in range(len(bins) - 1)])
    found: Doubles = np.interp(x, 0.5 * (bins[1:] + bins[:-1]), most)
    return found


def _triangles() -> Ints:
    found = []
    for ring in range(_RINGS - 1):
        for step in range(_AROUND):
            here, beside = ring * _AROUND + step, ring * _AROUND + (step + 1) % _AROUND
            found += [(here, here + _AROUND, beside), (beside, here + _AROUND, beside + _AROUND)]
    last = (_RINGS - 1) * _AROUND
    found += [(last + step, last + _AROUND, last + (step + 1) % _AROUND) for step in range(_AROUND)]
    return np.array(found, np.int64)
