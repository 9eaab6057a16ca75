"""Linear blend skinning as SMPL-X (Loper et al., "SMPL", 2015) and Blender's armature modifier define it."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .rotation import axis_angle_to_matrix
from .skeleton import PARENTS

Array = npt.NDArray[np.floating[Any]]


def joint_transforms(axis_angle: Array, joints: Array, trans: Array | None = None) -> Array:
    """Return what moves rest points along with each joint.

    Parameters
    ----------
    axis_angle : (55, 3) array
        Rotation of every joint relative to its parent, radians.
    joints : (55, 3) array
        Rest positions, metres.
    trans : (3,) array or None
        Translation of the pelvis.

    Returns
    -------
    (55, 3, 4) array
        ``T[j, :, :3] @ x + T[j, :, 3]`` is where a rest point ``x`` that hangs on joint ``j`` goes.
    """
    local = axis_angle_to_matrix(np.asarray(axis_angle, np.float64))
    result = np.empty((len(PARENTS), 3, 4))
    for joint, parent in enumerate(PARENTS):
        place = joints[joint].astype(np.float64)
        if parent < 0:
            turn = local[joint]
            origin = place + (0 if trans is None else np.asarray(trans, np.float64))
        else:
            turn = result[parent, :, :3] @ local[joint]
            origin = result[parent, :, :3] @ place + result[parent, :, 3]
        result[joint, :, :3] = turn
        result[joint, :, 3] = origin - turn @ place
    return result


def blend_skin(
    vertices: Array, transforms: Array, joint_indices: npt.NDArray[np.integer[Any]], weights: Array
) -> Array:
    """Return (V, 3) skinned vertices for (V, 4) joint indices and weights."""
    blended = np.zeros((len(vertices), 3, 4))
    for k in range(joint_indices.shape[1]):
        blended += weights[:, k, None, None] * transforms[joint_indices[:, k]]
    return np.einsum("vij,vj->vi", blended[:, :, :3], vertices) + blended[:, :, 3]
