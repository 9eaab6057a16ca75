"""The joints that gesture, and their rotations as numbers a network can learn.

Rotations are the first two rows of the matrix, flattened (Zhou et al. 2019, "On the Continuity of Rotation
Representations in Neural Networks"), as ProbTalk has them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..skeleton import FINGER_JOINTS, JOINT_INDEX

Array = npt.NDArray[np.floating[Any]]

SPINE: tuple[str, ...] = ("spine1", "spine2", "spine3")
ARMS: tuple[str, ...] = tuple(
    f"{side}_{joint}" for joint in ("collar", "shoulder", "elbow", "wrist") for side in ("left", "right")
)
UPPER_BODY: tuple[str, ...] = (*SPINE, *ARMS, *FINGER_JOINTS)
"""The 41 joints that gesture: 3 of the spine, 8 of the arms, 30 of the fingers. In this order everywhere."""
UPPER_BODY_INDEX: tuple[int, ...] = tuple(JOINT_INDEX[name] for name in UPPER_BODY)
SIX = 6 * len(UPPER_BODY)
"""Numbers of one frame: 246."""
_SPINE_ROWS = len(SPINE)


def to_six(axis_angle: npt.ArrayLike) -> Array:
    """Return (..., J, 6) for (..., J, 3) axis-angle."""
    from ..rotation import axis_angle_to_matrix

    matrix = axis_angle_to_matrix(axis_angle)
    return matrix[..., :2, :].reshape(*matrix.shape[:-2], 6)


def from_six(six: npt.ArrayLike) -> Array:
    """Return (..., J, 3) axis-angle for (..., J, 6), made orthonormal by Gram and Schmidt."""
    from ..rotation import matrix_to_axis_angle

    rows = np.asarray(six).reshape(*np.shape(six)[:-1], 2, 3)
    first = rows[..., 0, :] / np.maximum(np.linalg.norm(rows[..., 0, :], axis=-1, keepdims=True), 1e-8)
    second = rows[..., 1, :] - (first * rows[..., 1, :]).sum(-1, keepdims=True) * first
    second = second / np.maximum(np.linalg.norm(second, axis=-1, keepdims=True), 1e-8)
    return matrix_to_axis_angle(np.stack([first, second, np.cross(first, second)], -2))


def upper_body_of(poses: npt.ArrayLike, ground: npt.ArrayLike | None = None) -> Array:
    """Return (T, 41, 3) axis-angle of the joints that gesture in (T, 165) poses.

    With ``ground`` (T, 165), the spine is what was composed onto the ground's, as :func:`with_upper_body` does.
    """
    from ..rotation import compose_axis_angle

    poses = np.asarray(poses)
    rotations = poses.reshape(len(poses), -1, 3)[:, UPPER_BODY_INDEX]
    if ground is not None:
        below = np.asarray(ground).reshape(len(poses), -1, 3)[:, UPPER_BODY_INDEX[:_SPINE_ROWS]]
        rotations = rotations.copy()
        rotations[:, :_SPINE_ROWS] = compose_axis_angle(-below, rotations[:, :_SPINE_ROWS])
    return rotations


def with_upper_body(ground: npt.ArrayLike, rotations: npt.ArrayLike) -> Array:
    """Return (T, 165) poses: the ground's, with (T, 41, 3) rotations put on.

    The spine's rotations are composed onto the ground's spine, all others replace the ground's.
    """
    from ..rotation import compose_axis_angle

    poses = np.array(ground, np.float64)
    joints = poses.reshape(len(poses), -1, 3)
    rotations = np.asarray(rotations, np.float64)
    spine = list(UPPER_BODY_INDEX[:_SPINE_ROWS])
    joints[:, spine] = compose_axis_angle(joints[:, spine], rotations[:, :_SPINE_ROWS])
    joints[:, list(UPPER_BODY_INDEX[_SPINE_ROWS:])] = rotations[:, _SPINE_ROWS:]
    return joints.reshape(len(poses), -1)
