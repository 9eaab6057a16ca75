"""The parts of a rig: each joint's bone as it lies at rest, each shape key and what it shows, and what travels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from ..inference.skeleton import JOINT_NAMES
from .controls import Carriers
from .mappings.convention import Shows
from .mappings.register import FaceFound, SkeletonFound
from .reference_skeleton import LEG_LENGTH, PARENT, leg_length
from .rest_corrections import hanging, rest_corrections
from .rest_frame import RestFrame, rest_turns
from .segments import Takes, takes_of

Doubles = npt.NDArray[np.float64]

JAW_OPEN_PROPERTY = "soliloquy_jaw_open_radians"
"""Custom property of an armature: how far its jaw turns at ``jawOpen = 1``."""
JAW_OPEN_RADIANS = 0.4241347614600789
"""The same of the default character, whose jaw every performance turns."""
_PLAIN = np.eye(3)
_T_POSE = np.radians(20.0)
"""Radians by which arms may be off the T-pose in a kind of skeleton that is made in it."""


@dataclass(frozen=True, eq=False)
class Segment:
    """A bone that a performance turns, measured at rest."""

    bone: str
    above: str | None
    """The nearest bone above it that a performance turns; None where none is."""
    takes: Takes
    """The rotation it takes, against the world."""
    base: str | None
    """Where ``above`` is None: the joint whose rotation counts as that of the world; None for the world itself."""
    rest: Doubles
    """(3, 3) the bone's own axes at rest, as columns in the character's SMPL-X frame."""
    correction: Doubles
    """(3, 3) rotation, in the SMPL-X frame, that takes the bone from the rest pose to the T-pose."""


@dataclass(frozen=True, eq=False)
class RigJoint:
    """A SMPL-X joint's bone, measured at rest."""

    bone: str
    parent: str | None
    """The joint whose bone is the nearest that carries this one; None where none is."""
    carries: tuple[str, ...]
    """Joints whose rotations the bone takes, from the root outwards: its own, and those of missing bones above it."""
    segments: tuple[Segment, ...]
    """The bone, and others that share its segment of the body, from the root outwards."""
    gain: float
    """Factor on the angle of the rotation."""
    rotation_mode: str
    locked: bool
    """Whether turning by hand is locked about some axis."""
    as_performed: bool
    """Whether the bone turns as its joint is performed, seen in its own axes; else rotations are composed."""
    riders: tuple[Segment, ...] = ()
    """Bones beside its own that turn and travel with them, since others hang on these."""

    @property
    def rest(self) -> Doubles:
        """(3, 3) the bone's own axes at rest, as columns in the character's SMPL-X frame."""
        return self.segments[0].rest

    @property
    def correction(self) -> Doubles:
        """(3, 3) rotation, in the SMPL-X frame, that takes the bone from the rest pose to the T-pose."""
        return self.segments[0].correction

    @property
    def axes(self) -> Doubles:
        """(3, 3) rotation that takes a SMPL-X vector to the bone's own axes at rest."""
        axes: Doubles = self.rest.T
        return _PLAIN if np.allclose(axes, _PLAIN, atol=1e-5) else axes


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
    """What takes the travel: the pelvis, or the nearest bone above that may leave its place and moves all there is."""

    bone: str
    axes: Doubles
    """(3, 3) takes metres of a performance, in the SMPL-X frame, to units of that location."""
    metres: float
    """Metres of a performance per unit of the armature's space: long legs travel farther."""
    as_made: bool
    """Whether the body has the proportions that performances are made for."""
    lift: float
    """Metres of a performance by which the pelvis stands higher than at rest, so that feet that stood apart stay on
    the ground."""


def joints_of(armature: Any, found: SkeletonFound, frame: RestFrame) -> dict[str, RigJoint]:
    """Return every joint that has a bone, in SMPL-X order."""
    bones = {joint: found.bones[joint] for joint in JOINT_NAMES if joint in found.bones}
    links = {joint: chain for joint, chain in found.links.items() if joint in bones and len(chain) > 1}
    turns = rest_turns(armature)
    places = _places(armature, frame, {*bones.values(), *(name for chain in links.values() for name in chain)})
    takes = takes_of(bones, links, found.kind.carries, places)
    rest = {bone: frame.axes.T @ turns[bone] for chain in takes.values() for bone, _ in chain}
    corrections = _corrections(armature, found, takes, places, rest)
    gains = {"jaw": _jaw_gain(armature), **found.kind.gains}
    posed = armature.pose.bones if armature.pose is not None else {}
    carriers = Carriers(armature, found)
    turned = {bone: (joint, taken) for joint, chain in takes.items() for bone, taken in chain}
    riders = found.kind.riders(armature, turned)
    turned.update({rider: turned[bone] for bone, names in riders.items() for rider in names})
    elsewhere = {name for joint, names in found.kind.carries.items() if joint in bones for name in names}
    joints = {}
    for joint, chain in takes.items():
        segments, riding = [], []
        for bone, taken in chain:
            for name in (bone, *riders.get(bone, ())):
                above = next((b.name for b in carriers.above(armature.data.bones[name]) if b.name in turned), None)
                base = PARENT[found.kind.carries.get(joint, (joint,))[0]] if "pelvis" not in bones else None
                axes = rest[bone] if name == bone else frame.axes.T @ turns[name]
                part = Segment(name, above, taken, base, axes, corrections.get(bone, _PLAIN))
                (segments if name == bone else riding).append(part)
        first = segments[0]
        parent = turned[first.above][0] if first.above is not None else None
        pose = posed.get(first.bone)
        carries = found.kind.carries.get(joint) or _carried(joint, parent, elsewhere)
        over = turned[first.above][1] if first.above is not None else None
        joints[joint] = RigJoint(
            bone=first.bone,
            parent=parent,
            carries=carries,
            segments=tuple(segments),
            gain=gains.get(joint, 1.0),
            rotation_mode=pose.rotation_mode if pose is not None else "QUATERNION",
            locked=pose is not None and (any(pose.lock_rotation) or pose.lock_rotation_w),
            as_performed=len(carries) == len(segments) == 1
            and first.takes == Takes(joint)
            and first.correction is corrections.get(first.above or "", _PLAIN) is _PLAIN
            and (found.kind.t_pose or first.above == getattr(armature.data.bones[first.bone].parent, "name", None))
            and (over == Takes(PARENT[joint] or "") or (over is None and first.base == PARENT[joint])),
            riders=tuple(riding),
        )
    return joints


def _places(armature: Any, frame: RestFrame, names: Collection[str]) -> dict[str, Doubles]:
    """Return bone -> (3,) where it begins at rest in the SMPL-X frame, of some bones and of what hangs on them."""
    bones = armature.data.bones
    wanted = list({*names, *(child.name for name in names for child in bones[name].children)})
    # In one array: numpy takes its time over each of Blender's vectors.
    heads = np.array([bones[name].head_local[:] for name in wanted], np.float64).reshape(-1, 3)
    return dict(zip(wanted, heads @ frame.axes, strict=True))


def _corrections(
    armature: Any,
    found: SkeletonFound,
    takes: Mapping[str, tuple[tuple[str, Takes], ...]],
    places: Mapping[str, Doubles],
    rest: Mapping[str, Doubles],
) -> Mapping[str, Doubles]:
    """Return bone -> rotation from the rest pose to the T-pose, where one is needed: said by the kind, or measured."""
    chains = {joint: [bone for bone, _ in chain] for joint, chain in takes.items()}
    if found.kind.corrections:
        said = {joint: np.asarray(turn, np.float64) for joint, turn in found.kind.corrections.items()}
        return {bone: turn for joint, turn in said.items() for bone in chains.get(joint, ())}
    if found.kind.t_pose and hanging(chains, places) < _T_POSE:
        return {}
    mapped = [armature.data.bones[name] for chain in chains.values() for name in chain]
    children = {bone.name: [child.name for child in bone.children] for bone in mapped}
    return rest_corrections(chains, places, rest, children)


def _carried(joint: str, parent: str | None, elsewhere: set[str]) -> tuple[str, ...]:
    """Return the joints between a bone and the one above it, which it has to turn for: their own bones are missing."""
    chain, above = [joint], PARENT[joint]
    while above is not None and above != parent:
        chain.append(above)
        above = PARENT[above]
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


def root_of(armature: Any, joints: Mapping[str, RigJoint], frame: RestFrame, *, strides: bool = False) -> Root | None:
    """Return what takes the travel; a bone that is connected to its parent ignores its location.

    Parameters
    ----------
    strides : bool
        Travel in proportion to the legs, where there are any; else in metres.
    """
    if "pelvis" not in joints:
        return None
    bone = armature.data.bones[joints["pelvis"].bone]
    # Upper and lower body may hang side by side on what is above the pelvis.
    beside = [
        armature.data.bones[joints[name].bone]
        for name in ("spine1", "spine2", "left_hip", "right_hip")
        if name in joints and joints[name].parent is None
    ]
    while bone.parent is not None and (bone.use_connect or any(bone not in other.parent_recursive for other in beside)):
        bone = bone.parent
    turn = (
        joints["pelvis"].axes if bone.name == joints["pelvis"].bone else rest_turns(armature)[bone.name].T @ frame.axes
    )
    axes = turn if bone.use_local_location else frame.axes
    places = _places(armature, frame, {part.bone for item in joints.values() for part in item.segments})
    legs = leg_length({joint: places[item.bone] for joint, item in joints.items()})
    metres = LEG_LENGTH / legs if strides and legs > 0.0 else frame.scale
    lift = _lift(joints, places) * metres
    return Root(bone.name, axes if metres == 1.0 else axes / metres, metres, not strides, lift)


def _lift(joints: Mapping[str, RigJoint], places: Mapping[str, Doubles]) -> float:
    """Return how much farther down the ankles are in the T-pose than at rest, in units of the armature."""
    lower = []
    for side in ("left", "right"):
        hip, knee, ankle = (joints.get(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        if hip is not None and knee is not None and ankle is not None:
            bones = [*hip.segments, *knee.segments]
            ends = [*(part.bone for part in bones[1:]), ankle.bone]
            steps = [places[end] - places[part.bone] for part, end in zip(bones, ends, strict=True)]
            turned = [part.correction @ step for part, step in zip(bones, steps, strict=True)]
            lower.append(float((np.sum(steps, axis=0) - np.sum(turned, axis=0))[1]))
    return float(np.mean(lower)) if lower else 0.0
