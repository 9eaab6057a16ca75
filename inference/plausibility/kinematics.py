"""Forward kinematics of the 55 joints over all frames at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ..rotation import axis_angle_to_matrix
from ..skeleton import JOINT_NAMES, PARENTS

Doubles = npt.NDArray[np.float64]


def joint_frames(
    poses: npt.ArrayLike,
    trans: npt.ArrayLike,
    joints: npt.ArrayLike,
    only: Iterable[int] | None = None,
) -> tuple[Doubles, Doubles]:
    """Return where every joint is and how it is turned.

    Parameters
    ----------
    poses : (T, 165) or (T, 55, 3) array
        Axis-angle relative to the parent, radians.
    trans : (T, 3) array
        Pelvis translation against rest, metres, Y up.
    joints : (55, 3) array
        Rest joints of the character, metres.
    only : iterable of int or None
        Joints to work out, with all that they hang on; the others are zero. ``None`` is all.

    Returns
    -------
    rotations : (T, 55, 3, 3) array
        World rotation of each joint: ``rotations[t, j] @ (x - joints[j]) + positions[t, j]`` is where a rest point
        ``x`` that hangs on joint ``j`` goes.
    positions : (T, 55, 3) array
        Metres.
    """
    turns = np.asarray(poses, np.float64)
    turns = turns.reshape(len(turns), len(JOINT_NAMES), 3)
    rest = np.asarray(joints, np.float64)
    needed = _needed(only)
    rotations = np.zeros((*turns.shape[:2], 3, 3))
    positions = np.zeros(turns.shape)
    rotations[:, needed] = axis_angle_to_matrix(turns[:, needed])
    for joint in needed:
        parent = PARENTS[joint]
        if parent < 0:
            positions[:, joint] = rest[joint] + np.asarray(trans, np.float64)
        else:
            positions[:, joint] = positions[:, parent] + rotations[:, parent] @ (rest[joint] - rest[parent])
            rotations[:, joint] = rotations[:, parent] @ rotations[:, joint]
    return rotations, positions


def joint_positions(poses: npt.ArrayLike, trans: npt.ArrayLike, joints: npt.ArrayLike) -> Doubles:
    """Return (T, 55, 3) joint positions in metres; the arguments are :func:`joint_frames`'s."""
    return joint_frames(poses, trans, joints)[1]


def _needed(only: Iterable[int] | None) -> list[int]:
    """Return the joints with their ancestors, parents first."""
    if only is None:
        return list(range(len(PARENTS)))
    found: set[int] = set()
    for joint in only:
        while joint >= 0 and joint not in found:
            found.add(joint)
            joint = PARENTS[joint]
    # Every parent has a lower index than its children.
    return sorted(found)
