"""Where eyes look from a head that turns, and how they turn to look at something; numpy only."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .eye_look import HORIZONTAL_LIMIT, VERTICAL_LIMIT
from .rotation import axis_angle_to_matrix
from .skeleton import JOINT_INDEX, PARENTS

Doubles = npt.NDArray[np.float64]
Poses = npt.NDArray[np.floating[Any]]

EYES = ("left_eye_smplhf", "right_eye_smplhf")
EYE_COLUMNS = tuple(slice(3 * JOINT_INDEX[name], 3 * JOINT_INDEX[name] + 3) for name in EYES)
"""Columns of (T, 165) poses that turn the left and the right eye."""


def head_frames(poses: Poses, trans: Poses, joints: npt.ArrayLike) -> tuple[Doubles, Doubles]:
    """Return the head's (T, 3, 3) rotation and the eyes' (T, 2, 3) places in the character's frame."""
    rest = np.asarray(joints, np.float64)
    chain = [JOINT_INDEX["head"]]
    while PARENTS[chain[-1]] >= 0:
        chain.append(PARENTS[chain[-1]])
    rotation, place, last = None, trans.astype(np.float64) + rest[0], 0
    for joint in reversed(chain):
        if rotation is not None:
            place = place + rotation @ (rest[joint] - rest[last])
        turn = axis_angle_to_matrix(poses[:, 3 * joint : 3 * joint + 3].astype(np.float64))
        rotation, last = turn if rotation is None else rotation @ turn, joint
    assert rotation is not None
    places = [place + rotation @ (rest[JOINT_INDEX[eye]] - rest[last]) for eye in EYES]
    return rotation, np.stack(places, 1)


def eye_rotations(points: Doubles, rotation: Doubles, eyes: Doubles) -> Doubles:
    """Return (T, E, 3) axis-angle of eyes that look at points, within the eyes' limits.

    Parameters
    ----------
    points : (T, 3) array
        What is looked at, metres in the character's frame.
    rotation : (T, 3, 3) array
        The head's.
    eyes : (T, E, 3) array
        Where the eyes are.
    """
    local = np.einsum("tji,tej->tei", rotation, points[:, None] - eyes)
    # In front of the face even for a point behind the head: the limits below then turn the eyes aside.
    sine = np.hypot(local[..., 0], local[..., 1])
    angle = np.arctan2(sine, local[..., 2])
    scale = angle / np.maximum(sine, 1e-9)
    result = np.zeros_like(local)
    result[..., 0] = np.clip(-local[..., 1] * scale, -VERTICAL_LIMIT, VERTICAL_LIMIT)
    result[..., 1] = np.clip(local[..., 0] * scale, -HORIZONTAL_LIMIT, HORIZONTAL_LIMIT)
    return result


def eye_directions(turned: Poses) -> Doubles:
    """Return (T, 3) where an eye turned by (T, 3) axis-angle looks, in the head's frame: :func:`eye_rotations` undone.

    (down, left) is the axis, its length the angle from straight ahead.
    """
    down, left = turned[:, 0].astype(np.float64), turned[:, 1].astype(np.float64)
    angle = np.hypot(down, left)
    share = np.sinc(angle / np.pi)
    return np.stack([left * share, -down * share, np.cos(angle)], 1)
