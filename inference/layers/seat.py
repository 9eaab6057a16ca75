"""Sitting: where the pelvis is on a chair behind the feet.

Lengths are in the default character's metres and grow with the thigh of a character of another shape.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..rotation import axis_angle_to_matrix
from ..skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]

_THIGH = 0.391  # metres: the default character's
_ABOVE_KNEE = 0.012  # metres from the knees up to the hips: thighs about level
_FEET_FORWARD = 0.02  # metres of the ankles before the knees: shins about upright

SEATED_SPINE = {"pelvis": -9.0, "spine1": 5.0, "spine2": 3.0, "spine3": 1.5}
"""Degrees about +X: on a chair the pelvis rolls back, and the loins round to bring the chest upright again."""


def seat_offset(joints: npt.ArrayLike) -> Doubles:
    """Return the (3,) pelvis translation of a seat as high as the shins, behind feet that stay where they are.

    Parameters
    ----------
    joints : (55, 3) array
        Rest joints, metres.
    """
    rest = np.asarray(joints, np.float64)
    hip, knee, ankle = (
        (rest[JOINT_INDEX[f"left_{name}"]] + rest[JOINT_INDEX[f"right_{name}"]]) / 2
        for name in ("hip", "knee", "ankle")
    )
    size = thigh_size(rest)
    thigh, shin = np.linalg.norm((knee - hip)[1:]), np.linalg.norm((ankle - knee)[1:])
    # The pelvis rolls back about its own joint and takes the hips with it.
    tilt = axis_angle_to_matrix(np.radians([SEATED_SPINE["pelvis"], 0.0, 0.0]))
    hip = rest[0] + tilt @ (hip - rest[0])
    forward = _FEET_FORWARD * size
    knee_height = ankle[1] + np.sqrt(shin**2 - forward**2)
    height = knee_height + _ABOVE_KNEE * size
    depth = ankle[2] - forward - np.sqrt(thigh**2 - (_ABOVE_KNEE * size) ** 2)
    return np.array([0.0, height - hip[1], depth - hip[2]])


def thigh_size(rest: Doubles) -> float:
    """Return how long the thighs of (55, 3) rest joints are against the default character's."""
    return float(np.linalg.norm(rest[JOINT_INDEX["left_knee"]] - rest[JOINT_INDEX["left_hip"]])) / _THIGH
