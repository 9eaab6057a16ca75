"""Hands on thighs and on the other arm: how near they were performed to them, and where they belong on another body.

A limb is a line between two joints with flesh around it; a hand that touches it lies as far along, on the same side and
as far from the surface on limbs of any length and thickness.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..body_surface import LIMBS, LimbSurface, limb_surfaces
from .world_turns import turned

if TYPE_CHECKING:
    from .rig_places import RigPlaces
    from .world_turns import WorldTurns

Doubles = npt.NDArray[np.float64]

_SLIDES = 0.35
"""Share of a limb by which a hand may lie further up or down it than performed."""
_HANGS = (0.6, 0.85)
"""Cosine to a thigh's outer side from which on a hand lies on it less and less, and then not at all: it hangs there,
and nobody sees whether a hand that hangs is a little nearer or farther."""
_AWAY = 1.0  # metres that are added to the distance of such a hand
_OTHER = {"left": "right", "right": "left"}


@dataclass(frozen=True, eq=False)
class LimbTouch:
    """A hand near a limb, in a performance."""

    limb: str
    side: str
    """Of the limb."""
    along: Doubles
    """(F, T) share of the way from the limb's beginning to its end that a joint of the hand lies beside."""
    off: Doubles
    """(F, T, 3) from there to the joint."""
    outwards: Doubles
    """(F, T) cosines between that and the limb's outer side."""
    distance: Doubles
    """(F, T) metres from the limb's surface, negative inside; far where the hand hangs beside it."""
    weight: Doubles
    """(T,) closeness."""

    def targets(self, places: RigPlaces, surface: LimbSurface, shown: Doubles) -> Doubles:
        """Return (F, T, 3) where the hand's joints belong beside the same limb of a rig.

        Parameters
        ----------
        surface : LimbSurface
            How thick the limb is.
        shown : (F, T, 3) array
            Where they are; a hand may lie further up or down the limb than performed.
        """
        begin, end, reference = LIMBS[self.limb]
        first, last = (places.place(f"{self.side}_{part}") for part in (begin, end))
        along = _beside(shown, first, last)
        along = np.clip(np.clip(along, self.along - _SLIDES, self.along + _SLIDES), 0.0, 1.0)
        far = np.linalg.norm(self.off, axis=-1)
        more = surface.thickness(along, self.outwards) - reference.thickness(self.along, self.outwards)
        way = self.off * (np.maximum(far + more, 0.0) / np.maximum(far, 1e-9))[..., None]
        found: Doubles = first + along[..., None] * (last - first) + way
        return found


def near_limbs(
    turns: WorldTurns, side: str, hand: Sequence[str], flesh: float, closeness: Callable[[Doubles, float], Doubles]
) -> list[LimbTouch]:
    """Return the limbs that a hand comes near to in a performance, of those that the rig has.

    Parameters
    ----------
    hand : sequence of str
        Joints of the hand that may touch.
    flesh : float
        Metres of flesh around them.
    closeness : callable
        (T,) metres and frames per second -> (T,) how close that is.
    """
    joints = turns.rig.joints
    places = np.array([turns.place(name) for name in hand])
    found = []
    for limb, sides in (("upper arm", (_OTHER[side],)), ("thigh", ("left", "right"))):
        begin, end, reference = LIMBS[limb]
        if not all(f"{one}_{part}" in joints for one in _OTHER for part in (begin, end)):
            continue
        for of in sides:
            first, last = turns.place(f"{of}_{begin}"), turns.place(f"{of}_{end}")
            along = np.clip(_beside(places, first, last), 0.0, 1.0)
            off = places - first - along[..., None] * (last - first)
            far = np.linalg.norm(off, axis=-1)
            out = turned(turns.joint(f"{of}_{begin}"), np.array([1.0 if of == "left" else -1.0, 0.0, 0.0]))
            outwards = (off * out).sum(axis=-1) / np.maximum(far, 1e-9)
            distance = far - reference.thickness(along, outwards) - flesh
            if limb == "thigh":
                distance = distance + _AWAY * np.interp(outwards, _HANGS, (0.0, 1.0))
            weight = closeness(distance.min(axis=0), turns.performance.fps)
            if weight.any():
                found.append(LimbTouch(limb, of, along, off, outwards, distance, weight))
    return found


def surfaces_of(points: Doubles, places: RigPlaces, touches: Sequence[LimbTouch]) -> dict[tuple[str, str], LimbSurface]:
    """Return limb and side -> its surface on a rig; ``points`` as of ``body_points``."""
    limbs = dict.fromkeys(touch.limb for touch in touches)
    return {(limb, side): item for limb in limbs for side, item in limb_surfaces(points, places.rest, limb).items()}


def _beside(points: Doubles, first: Doubles, last: Doubles) -> Doubles:
    """Return (F, T) at which share of the way between two places points lie."""
    way = last - first
    found: Doubles = ((points - first) * way).sum(axis=-1) / (way * way).sum(axis=-1)
    return found
