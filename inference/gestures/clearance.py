"""What keeps gesturing arms off the body: the way round it from a rest, and over the thighs of somebody who sits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..character import load_character
from ..layers.arms import SIDES
from ..layers.hinge import hinge_angles, hinge_quaternions
from ..layers.way_round import GESTURE, swing_away
from ..plausibility.kinematics import joint_frames
from ..rotation import axis_angle_to_quaternion, compose_axis_angle, quaternion_to_axis_angle
from ..skeleton import JOINT_INDEX
from .companion import ALONE
from .phrases import GesturePlan

Doubles = npt.NDArray[np.float64]

BEND = (-1.0, 1.0)
"""Sign of a bent elbow about y, left and right."""
FOREARM = 0.25
"""Metres from the elbow to the wrist."""
_OVER_THIGHS, _NEAR = 0.16, 0.015
"""Metres over the hips that the wrists of somebody who sits stay in gestures, and within which they come there."""
_FARTHEST = 0.8  # radians by which an elbow bends for it at most


def go_round(body: Doubles, plan: GesturePlan, times: Doubles, raised: Doubles, sunk: Doubles) -> None:
    """Let arms swing round the (n, 165) body on their way from a rest to a gesture and back, in place.

    Parameters
    ----------
    raised, sunk : (n, 2) array
        How far the left and the right hand are in a gesture, and beside the body because they were left alone, 0..1.
    """
    for number, side in enumerate(SIDES):
        joint = 3 * JOINT_INDEX[f"{side}_shoulder"]
        columns = slice(joint, joint + 3)
        for target, share in ((GESTURE, raised[:, number]), (ALONE, (1 - raised[:, number]) * sunk[:, number])):
            rows = np.flatnonzero((share > 0) & (share < 1))
            if len(rows):
                turns = swing_away(side, target, plan.rests, times[rows], share[rows])
                body[rows, columns] = compose_axis_angle(turns, body[rows, columns])


def over_thighs(body: Doubles, raised: Doubles) -> None:
    """Bend the elbows of a seated (n, 165) body whose gesturing hands would be in the thighs, in place: a trunk that
    leans or slumps takes them down with it.

    Parameters
    ----------
    raised : (n, 2) array
        How far the left and the right hand are in a gesture, 0..1.
    """
    joints = np.asarray(load_character().joints, np.float64)
    wrists, hips = ([JOINT_INDEX[f"{side}_{name}"] for side in SIDES] for name in ("wrist", "hip"))
    places = joint_frames(body, np.zeros((len(body), 3)), joints, [*wrists, *hips])[1]
    missing = _OVER_THIGHS - (places[:, wrists, 1] - places[:, hips, 1])
    # Smooth, so that an elbow does not jerk where a hand comes near.
    missing = np.logaddexp(0.0, missing / _NEAR) * _NEAR
    for number, side in enumerate(SIDES):
        elbow = body.reshape(len(body), -1, 3)[:, JOINT_INDEX[f"{side}_elbow"]]
        angles = hinge_angles(axis_angle_to_quaternion(elbow))
        angles[:, 1] += BEND[number] * raised[:, number] * np.minimum(missing[:, number] / FOREARM, _FARTHEST)
        elbow[:] = quaternion_to_axis_angle(hinge_quaternions(angles))
