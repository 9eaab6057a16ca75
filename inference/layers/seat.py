"""Sitting: where the pelvis is on a seat behind the feet, leaning in and back.

Lengths are in the default character's metres and grow with the thigh of a character of another shape.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..prosody import Prosody
from ..rotation import axis_angle_to_matrix
from ..skeleton import JOINT_INDEX
from .held import Held
from .noise import Doubles, layer_rng

_THIGH = 0.391  # metres: the default character's
_ABOVE_KNEE = 0.012  # metres from the knees up to the hips: thighs about level
_FEET_FORWARD = 0.02  # metres of the ankles before the knees: shins about upright

SEATED_SPINE = {"pelvis": -9.0, "spine1": 5.0, "spine2": 3.0, "spine3": 1.5}
"""Degrees about +X: on a chair the pelvis rolls back, and the loins round to bring the chest upright again."""


_REACH = 0.985  # of the leg
_LEAN = (-4.0, 10.0)  # degrees back and forward
_LEAN_STAY = (5.0, 14.0)  # seconds
_FLESH = 0.085  # metres from the seat up to the hip joints
_SLOPE = 0.97  # of the thigh: how much higher or lower than the knees the hips can be


@dataclass(frozen=True)
class Seat:
    """What one sits on; metres."""

    height: float = 0.0
    """Of its top over the floor; 0: as high as brings the thighs level."""
    depth: float = 0.0
    """By how much further back than upright shins ask for one sits; below 0 the feet are under the seat."""


def seated_pelvis(pelvis: npt.ArrayLike, joints: npt.ArrayLike, seat: Seat | None = None) -> Doubles:
    """Return (T, 3) translations of a pelvis that rolls on its seat: the hips stay where they are.

    Parameters
    ----------
    pelvis : (T, 3) array
        Its rotation, axis-angle, radians.
    joints : (55, 3) array
        Rest joints, metres.
    """
    rest = np.asarray(joints, np.float64)
    hip = (rest[JOINT_INDEX["left_hip"]] + rest[JOINT_INDEX["right_hip"]]) / 2
    return seated_hips(rest, seat or Seat()) - rest[0] - axis_angle_to_matrix(pelvis) @ (hip - rest[0])


def seated_hips(joints: npt.ArrayLike, seat: Seat) -> Doubles:
    """Return the (3,) place between the hips of somebody on a seat, behind feet that stay where they rest."""
    rest = np.asarray(joints, np.float64)
    hip, knee, ankle = (
        (rest[JOINT_INDEX[f"left_{name}"]] + rest[JOINT_INDEX[f"right_{name}"]]) / 2
        for name in ("hip", "knee", "ankle")
    )
    size = thigh_size(rest)
    thigh, shin = float(np.linalg.norm((knee - hip)[1:])), float(np.linalg.norm((ankle - knee)[1:]))
    forward = _FEET_FORWARD * size
    knee_height = float(ankle[1]) + np.sqrt(shin**2 - forward**2)
    above = _ABOVE_KNEE * size
    if seat.height > 0:
        above = float(np.clip(seat.height + _FLESH * size - knee_height, -_SLOPE * thigh, _SLOPE * thigh))
    back = float(ankle[2]) - forward - np.sqrt(thigh**2 - above**2) - seat.depth
    # No further away than the legs are long.
    longest = _REACH * (thigh + shin)
    height = knee_height + above
    farthest = np.sqrt(max(longest**2 - (height - float(ankle[1])) ** 2, 0.0))
    return np.array([0.0, height, max(back, float(ankle[2]) - farthest)])


def leaning(times: Doubles, prosody: Prosody, seed: int) -> Doubles:
    """Return (T,) degrees by which somebody seated leans in (+) or back, changing where phrases begin."""
    rng = layer_rng(seed, "lean")
    starts, lengths, places = [-3.0], [1.0], [float(rng.uniform(*_LEAN))]
    now = float(rng.uniform(2.0, 8.0))
    while now < times[-1]:
        onsets = prosody.phrases[:, 0] - 0.4
        near = onsets[np.abs(onsets - now) < 2.0] if len(onsets) else onsets
        now = max(float(near[0]) if len(near) else now, starts[-1] + 3.0)
        # In if one was back, and back if one was in; sometimes only a little.
        middle = 0.5 * (_LEAN[0] + _LEAN[1])
        low, high = (_LEAN[0], middle) if places[-1] > middle else (middle, _LEAN[1])
        starts.append(now)
        lengths.append(float(rng.uniform(1.0, 1.8)))
        places.append(float(rng.uniform(low, high)))
        now += float(rng.uniform(*_LEAN_STAY))
    return Held(np.array(starts), np.array(lengths), np.array(places)[:, None]).at(times)[:, 0]


def thigh_size(rest: Doubles) -> float:
    """Return how long the thighs of (55, 3) rest joints are against the default character's."""
    return float(np.linalg.norm(rest[JOINT_INDEX["left_knee"]] - rest[JOINT_INDEX["left_hip"]])) / _THIGH
