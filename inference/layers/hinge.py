"""The elbow as a hinge: the turn of the forearm and the bend, apart from each other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..rotation import axis_angle_to_quaternion, quaternion_multiply, quaternion_to_axis_angle

Doubles = npt.NDArray[np.float64]
_CONJUGATE = np.array([1.0, -1.0, -1.0, -1.0])


def hinge_angles(quaternions: npt.ArrayLike) -> Doubles:
    """Return (..., 3) twist about the forearm and the two components of the bend, radians, of elbow rotations.

    Between a palm that faces up and one that faces down, the shortest rotation of a bent elbow is no movement of a
    human's; between the angles it is: the forearm turns over.
    """
    q = np.asarray(quaternions, np.float64)
    half = np.arctan2(q[..., 1], q[..., 0])
    # Half angles beyond a quarter turn are the same rotation from the other side.
    half = half - np.pi * np.round(half / np.pi)
    twist = np.stack([np.cos(half), np.sin(half), np.zeros_like(half), np.zeros_like(half)], -1)
    swing = quaternion_to_axis_angle(quaternion_multiply(q, twist * _CONJUGATE))
    return np.concatenate([2 * half[..., None], swing[..., 1:]], -1)


def hinge_quaternions(angles: Doubles) -> Doubles:
    """Return (..., 4) elbow rotations of (..., 3) :func:`hinge_angles`."""
    twist, swing = np.zeros_like(angles), angles.copy()
    twist[..., 0], swing[..., 0] = angles[..., 0], 0.0
    return quaternion_multiply(axis_angle_to_quaternion(swing), axis_angle_to_quaternion(twist))
