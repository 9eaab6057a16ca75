"""The parts of a rig: each joint's bone as it lies at rest, each shape key and what it shows, and what travels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from ..inference.skeleton import JOINT_NAMES, PARENTS
from .controls import Carriers
from .mappings.convention import Shows
from .mappings.register import FaceFound, SkeletonFound
from .rest_frame import RestFrame, rest_turns

Doubles = npt.NDArray[np.float64]

JAW_OPEN_PROPERTY = "soliloquy_jaw_open_radians"
"""Custom property of an armature: how far its jaw turns at ``jawOpen = 1``."""
JAW_OPEN_RADIANS = 0.4241347614600789
"""The same of the default character, whose jaw every performance turns."""
_PARENT = {
    joint: JOINT_NAMES[parent] if parent >= 0 else None for joint, parent in zip(JOINT_NAMES, PARENTS, strict=True)
}
_PLAIN = np.eye(3)


@dataclass(frozen=True, eq=False)
class RigJoint:
    """A SMPL-X joint's bone, measured at rest."""

    bone: str
    parent: str | None
    """The joint whose bone is the nearest that carries this one; None where none is."""
    carries: tuple[str, ...]
    """Joints whose rotations the bone takes, from the root outwards: its own, and those of missing bones above it."""
    rest: Doubles
    """(3, 3) the bone's own axes at rest, as columns in the character's SMPL-X frame."""
    correction: Doubles
    """(3, 3) rotation, in the SMPL-X frame, that takes the bone from the rest pose to the T-pose."""
    parent_correction: Doubles
    """(3, 3) the same of ``parent``."""
    gain: float
    """Factor on the angle of the rotation."""
    rotation_mode: str
    locked: bool
    """Whether turning by hand is locked about some axis."""

    @property
    def axes(self) -> Doubles:
        """(3, 3) rotation that takes a SMPL-X vector to the bone's own axes at rest."""
        axes: Doubles = self.rest.T
        return _PLAIN if np.allclose(axes, _PLAIN, atol=1e-5) else axes

    @property
    def as_performed(self) -> bool:
        """Whether the bone turns as its joint is performed, seen in its own axes; else rotations are composed."""
        return len(self.carries) == 1 and self.correction is _PLAIN and self.parent_correction is _PLAIN


@dataclass(frozen=True, eq=False)
class RigKey:
    """A shape key and what it shows."""

    mesh: Any
    """The mesh object."""
    name: str
    shows: Shows

    @property
    def path(self) -> str:
        """Data path of its value, from the mesh's shape keys."""
        return f'key_blocks["{bpy.utils.escape_identifier(self.name)}"].value'

    @property
    def block(self) -> Any:
        """The shape key itself."""
        return self.mesh.data.shape_keys.key_blocks[self.name]


@dataclass(frozen=True, eq=False)
class Root:
    """What takes the travel: the pelvis, or the nearest bone above that may leave its place."""

    bone: str
    axes: Doubles
    """(3, 3) takes metres in the SMPL-X frame to units of that location."""


def joints_of(armature: Any, found: SkeletonFound, frame: RestFrame) -> dict[str, RigJoint]:
    """Return every joint that has a bone, in SMPL-X order."""
    joint_of = {bone: joint for joint, bone in found.bones.items()}
    carried = {name for joint, names in found.kind.carries.items() if joint in found.bones for name in names}
    corrections = {joint: np.asarray(turn, np.float64) for joint, turn in found.kind.corrections.items()}
    gains = {"jaw": _jaw_gain(armature), **found.kind.gains}
    posed = armature.pose.bones if armature.pose is not None else {}
    rest = rest_turns(armature)
    carriers = Carriers(armature, found)
    joints = {}
    for joint in JOINT_NAMES:
        if joint not in found.bones:
            continue
        bone = armature.data.bones[found.bones[joint]]
        above = (other.name for other in carriers.above(bone))
        parent = next((joint_of[name] for name in above if name in joint_of), None)
        pose = posed.get(bone.name)
        joints[joint] = RigJoint(
            bone=bone.name,
            parent=parent,
            carries=found.kind.carries.get(joint) or _carried(joint, parent, carried),
            rest=frame.axes.T @ rest[bone.name],
            correction=corrections.get(joint, _PLAIN),
            parent_correction=corrections.get(parent or "", _PLAIN),
            gain=gains.get(joint, 1.0),
            rotation_mode=pose.rotation_mode if pose is not None else "QUATERNION",
            locked=pose is not None and (any(pose.lock_rotation) or pose.lock_rotation_w),
        )
    return joints


def _carried(joint: str, parent: str | None, elsewhere: set[str]) -> tuple[str, ...]:
    """Return the joints between a bone and the one above it, which it has to turn for: their own bones are missing."""
    chain, above = [joint], _PARENT[joint]
    while above is not None and above != parent:
        chain.append(above)
        above = _PARENT[above]
    if parent is None or above is None:
        return (joint,)  # nothing above moves it, or what moves it is not above it in a body
    return tuple(name for name in reversed(chain) if name == joint or name not in elsewhere)


def _jaw_gain(armature: Any) -> float:
    said = armature.get(JAW_OPEN_PROPERTY)
    if not isinstance(said, int | float) or abs(said / JAW_OPEN_RADIANS - 1.0) < 1e-3:
        return 1.0
    return float(said / JAW_OPEN_RADIANS)


def keys_of(face: FaceFound, joints: Mapping[str, RigJoint]) -> tuple[RigKey, ...]:
    """Return what each shape key shows; where a bone does a movement, the key that goes with it."""
    found = [RigKey(mesh, name, shows) for mesh, keys in face.keys for name, shows in keys.items() if shows.mix]
    for coefficient, (joint, name) in face.kind.beside_bone.items():
        blocks = {mesh: mesh.data.shape_keys.key_blocks for mesh, _ in face.keys}
        beside = [mesh for mesh in blocks if name in blocks[mesh]]
        if joint in joints and beside:
            found = [key for key in found if [part for part, _ in key.shows.mix] != [coefficient]]
            found += [RigKey(mesh, name, Shows(((coefficient, 1.0),))) for mesh in beside]
    # Meshes may share their shape keys.
    return tuple({(key.mesh.data.shape_keys.as_pointer(), key.name): key for key in reversed(found)}.values())[::-1]


def root_of(armature: Any, joints: Mapping[str, RigJoint], frame: RestFrame) -> Root | None:
    """Return what takes the travel; a bone that is connected to its parent ignores its location."""
    if "pelvis" not in joints:
        return None
    bone = armature.data.bones[joints["pelvis"].bone]
    while bone.use_connect and bone.parent is not None:
        bone = bone.parent
    turn = (
        joints["pelvis"].axes if bone.name == joints["pelvis"].bone else rest_turns(armature)[bone.name].T @ frame.axes
    )
    axes = turn if bone.use_local_location else frame.axes
    return Root(bone.name, axes if frame.scale == 1.0 else axes / frame.scale)
