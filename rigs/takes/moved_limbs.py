"""Limbs that end elsewhere than performed: bent and swung by what a hand or a foot is moved by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.limb_reach import reach
from ...inference.rotation import quaternion_multiply
from .world_turns import turned

if TYPE_CHECKING:
    from .rig_places import RigPlaces
    from .world_turns import WorldTurns

Doubles = npt.NDArray[np.float64]

_FARTHEST = 0.25
"""Metres by which the end of a limb is moved at most."""


def has_joints(turns: WorldTurns, side: str, *parts: str) -> bool:
    """Whether a rig has joints of one side, ``"elbow"`` and so on."""
    return all(f"{side}_{part}" in turns.rig.joints for part in parts)


def move_limb(turns: WorldTurns, places: RigPlaces, side: str, parts: tuple[str, str, str], by: Doubles) -> None:
    """Bend and swing a limb so that it ends elsewhere; what hangs on it keeps its turn.

    Parameters
    ----------
    parts : (str, str, str)
        Where the limb begins, bends and ends.
    by : (T, 3) array
        Metres, in the character's SMPL-X frame.
    """
    if float(np.abs(by).max(initial=0.0)) < 1e-6:
        return
    for name, turn in zip(parts[:2], _reaching(turns, places, side, parts, by), strict=True):
        joint = f"{side}_{name}"
        turns.show(joint, quaternion_multiply(turn, turns.shown(joint)).astype(np.float64))


def needed_turn(turns: WorldTurns, places: RigPlaces, side: str, parts: tuple[str, str, str], by: Doubles) -> Doubles:
    """Return (T,) radians by which the bones of a limb would turn against the world, the greater of both."""
    angles = [
        2.0 * np.arccos(np.clip(np.abs(turn[:, 0]), 0.0, 1.0)) for turn in _reaching(turns, places, side, parts, by)
    ]
    found: Doubles = np.max(angles, axis=0)
    return found


def _reaching(
    turns: WorldTurns, places: RigPlaces, side: str, parts: tuple[str, str, str], by: Doubles
) -> tuple[Doubles, Doubles]:
    """Return (T, 4) by what the upper and the lower bone of a limb turn against the world."""
    size = np.linalg.norm(by, axis=1, keepdims=True)
    by = by * np.minimum(1.0, _FARTHEST / np.maximum(size, 1e-9))
    first, second, third = (f"{side}_{part}" for part in parts)
    start, middle, end = (places.place(name) for name in (first, second, third))
    bends = np.array([1.0, 0.0, 0.0]) if parts[0] == "hip" else np.array([0.0, -1.0 if side == "left" else 1.0, 0.0])
    hinge = turned(turns.shown(second), bends)
    return reach(middle - start, end - middle, end + by - start, hinge)
