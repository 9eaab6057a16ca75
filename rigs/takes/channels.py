"""Which F-curve of which data block each channel of a performance goes to, for one region of one rig."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.arkit import REGION_COEFFICIENTS, REGION_JOINTS
from ...inference.performance import Performance
from ...inference.rotation import axis_angle_to_quaternion, continuous_quaternions

if TYPE_CHECKING:
    from ..rig import Rig

Doubles = npt.NDArray[np.float64]

SMPLX_TO_ARMATURE = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Takes a SMPL-X vector (Y up, facing +Z) to Blender's axes (Z up, facing -Y): (x, -z, y)."""


@dataclass(frozen=True)
class Target:
    """The F-curves one channel is written to: consecutive indices of one property of one data block."""

    owner: Any
    """The data block: the armature object or a mesh's shape keys."""
    data_path: str
    group: str
    """Name of the F-curve group: the bone, or "Shape Keys"."""


@dataclass
class Channel:
    """One animated property over time, with every place it is written to."""

    kind: str
    """``"rotation"`` (quaternions), ``"coefficient"`` or ``"location"``."""
    values: Doubles
    """(T, C): C is 4, 1 or 3."""
    targets: list[Target]


def bone_axes(rig: Rig, joint: str) -> Doubles:
    """Return the (3, 3) rotation that takes a SMPL-X vector to the local axes of a joint's bone at rest.

    It is the identity for bones in the SMPL-X convention (tail straight up, roll 0).
    """
    rest = np.array(rig.armature.data.bones[rig.bones[joint]].matrix_local.to_3x3(), np.float64)
    axes: Doubles = rest.T @ SMPLX_TO_ARMATURE
    return np.eye(3) if np.allclose(axes, np.eye(3), atol=1e-5) else axes


def shape_key_places(rig: Rig, name: str) -> list[tuple[Any, str]]:
    """Return (key data block, key name) of every mesh that has the shape key for one ARKit coefficient.

    ``jawOpen`` belongs to the corrective key where a jaw bone does the opening.
    """
    key = rig.shape_keys.get(name)
    if name == "jawOpen" and rig.jaw_corrective and "jaw" in rig.bones:
        key = rig.jaw_corrective
    if not key:
        return []
    blocks = [mesh.data.shape_keys for mesh in rig.meshes if mesh.data.shape_keys is not None]
    unique = list({block.as_pointer(): block for block in blocks}.values())
    return [(block, key) for block in unique if key in block.key_blocks]


def shape_key_path(key: str) -> str:
    """Return the data path of a shape key's value."""
    return f'key_blocks["{bpy.utils.escape_identifier(key)}"].value'


def bone_path(bone: str, prop: str) -> str:
    """Return the data path of a pose bone's property."""
    return f'pose.bones["{bpy.utils.escape_identifier(bone)}"].{prop}'


def quaternions(axis_angle: npt.ArrayLike) -> Doubles:
    """Turn axis-angle (T, ..., 3) into quaternions (T, ..., 4), w first, without sign flips along time."""
    return continuous_quaternions(axis_angle_to_quaternion(np.asarray(axis_angle, np.float64))).astype(np.float64)


def region_channels(performance: Performance, rig: Rig, region: str) -> list[Channel]:
    """Return the channels of one region that this rig has bones or shape keys for.

    Joints turn their bone (``rotation_quaternion``), ``trans`` moves the pelvis bone with the region ``body``, ARKit
    coefficients drive the shape keys of their name.
    """
    found: list[Channel] = []
    for joint in REGION_JOINTS[region]:
        bone = rig.bones.get(joint)
        if bone is None or rig.armature is None:
            continue
        axes = bone_axes(rig, joint)
        turned = performance.joint(joint) @ axes.T
        target = Target(rig.armature, bone_path(bone, "rotation_quaternion"), bone)
        found.append(Channel("rotation", quaternions(turned), [target]))
        if joint == "pelvis":
            moved = performance.trans.astype(np.float64) @ axes.T
            found.append(Channel("location", moved, [Target(rig.armature, bone_path(bone, "location"), bone)]))
    for name in REGION_COEFFICIENTS[region]:
        targets = [Target(block, shape_key_path(key), "Shape Keys") for block, key in shape_key_places(rig, name)]
        if targets:
            found.append(Channel("coefficient", performance.coefficient(name)[:, None].astype(np.float64), targets))
    return found
