"""Feet that stand in a performance stay where they stand, also where hips are wider and legs are of other shares.

Hips far apart go up and down with every tilt of the pelvis, which legs could only follow by bending; there the pelvis
tilts less, so that its hips move as performed. The back keeps its turn. What is left the legs take up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...inference.easing import eased
from ...inference.rotation import axis_angle_to_quaternion, quaternion_multiply, quaternion_to_axis_angle
from ..reference_skeleton import PLACES
from .moved_limbs import has_joints, move_limb, needed_turn
from .rig_places import RigPlaces
from .world_turns import inverse

if TYPE_CHECKING:
    from .world_turns import WorldTurns

Doubles = npt.NDArray[np.float64]

_STANDS, _WALKS = 0.05, 0.15
"""Metres per second up to which a foot stands, and from which on it moves."""
_WORTH = 2e-3
"""Metres of a foot's drift from which on it is worth holding."""
_MOST = 0.02
"""Metres by which a standing foot is held back at most: legs that are off by more point elsewhere than performed."""
_TURNS, _LOOKS = np.radians(2.6), 2
"""How far a thigh or a shin turns for it at most, and how often that is looked at: bends grow faster than their way."""
_FLOATS = 0.008
"""Metres by which a foot may be above or below the ground: a leg that is nearly straight would bend much for them."""
_WIDE = 1.25
"""Distance of the hips, in that of the reference's, from which on they are wide."""
_UPRIGHT, _LYING = np.radians(30.0), np.radians(60.0)
"""How far a pelvis leans up to which its tilt is lessened in full, and from which on not at all."""
_ON_GROUND = np.array([1.0, 0.0, 1.0])
_SIDES = ("left", "right")
_LEG = ("hip", "knee", "ankle")


def hold_feet(turns: WorldTurns) -> None:
    """Hold feet that stand as performed where they stand, where legs of other shares would let them slide."""
    if turns.performance.frames < 2:
        return
    _level_hips(turns)
    places = RigPlaces(turns)
    for side in _SIDES:
        if not has_joints(turns, side, *_LEG):
            continue
        ankle = f"{side}_ankle"
        wanted = turns.place(ankle) - PLACES[ankle]
        shown = places.place(ankle)
        still = _still(places, ankle)
        missing = wanted - (shown - still)
        speed = np.linalg.norm(np.gradient(turns.place(ankle) + turns.performance.trans, axis=0), axis=1)
        part = eased(speed * turns.performance.fps, _WALKS, _STANDS)[:, None]
        # That it stays is what counts, not where on the ground: legs of other shares stand nearer or wider.
        missing = missing - _ON_GROUND * _in_the_middle(missing, part)
        missing[:, 1] -= np.clip(missing[:, 1], -_FLOATS, _FLOATS)
        size = np.linalg.norm(missing, axis=1, keepdims=True)
        if float(size.max()) >= _WORTH:
            held = part * missing * np.minimum(1.0, _MOST / np.maximum(size, 1e-9))
            for _ in range(_LOOKS):
                turn = float(needed_turn(turns, places, side, _LEG, held).max())
                held = held * min(1.0, _TURNS / max(turn, 1e-9))
            move_limb(turns, places, side, _LEG, held)


def _still(places: RigPlaces, ankle: str) -> Doubles:
    """Return (3,) where an ankle of the rig is in the T-pose."""
    side = ankle.partition("_")[0]
    joints, found = places.turns.rig.joints, places.rest[f"{side}_hip"]
    bones = [part for name in ("hip", "knee") for part in joints[f"{side}_{name}"].segments]
    heads = [*(places.head(part.bone) for part in bones), places.rest[ankle]]
    for part, start, stop in zip(bones, heads[:-1], heads[1:], strict=True):
        found = found + part.correction @ (stop - start)
    return found


def _level_hips(turns: WorldTurns) -> None:
    """Tilt a pelvis with wide hips less to its sides."""
    if not all(has_joints(turns, side, *_LEG) for side in _SIDES) or "pelvis" not in turns.rig.joints:
        return
    rest = RigPlaces(turns).rest
    wide = abs(float(rest["left_hip"][0] - rest["right_hip"][0]))
    share = abs(float(PLACES["left_hip"][0] - PLACES["right_hip"][0])) / max(wide, 1e-9)
    if share * _WIDE >= 1.0:
        return
    whole = turns.joint("pelvis")
    heading = whole * np.array([1.0, 0.0, 1.0, 0.0])
    heading = heading / np.maximum(np.linalg.norm(heading, axis=1, keepdims=True), 1e-9)
    leaning = quaternion_to_axis_angle(quaternion_multiply(inverse(heading), whole)).astype(np.float64)
    upright = np.clip((_LYING - np.linalg.norm(leaning, axis=1)) / (_LYING - _UPRIGHT), 0.0, 1.0)
    leaning[:, 2] *= 1.0 - (1.0 - share) * upright
    turns.show("pelvis", quaternion_multiply(heading, axis_angle_to_quaternion(leaning)).astype(np.float64))


def _in_the_middle(missing: Doubles, part: Doubles) -> Doubles:
    """Return (T, 3) the mean of what a foot is off by, for every time that it stands; ``part`` (T, 1) is how much."""
    found = np.zeros_like(missing)
    stands = np.concatenate([[False], part[:, 0] > 0.0, [False]])
    changes = np.flatnonzero(stands[1:] != stands[:-1])
    for first, stop in zip(changes[::2], changes[1::2], strict=True):
        rows = slice(first, stop)
        found[rows] = (part[rows] * missing[rows]).sum(axis=0) / max(float(part[rows].sum()), 1e-9)
    return found
