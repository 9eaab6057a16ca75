"""From the scene back to a Performance: what a take shows after every hand edit, constraint and layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ..inference.character import load_character
from ..inference.eye_look import look_coefficients
from ..inference.performance import Performance
from ..inference.rotation import matrix_to_axis_angle
from ..inference.skeleton import JOINT_INDEX, JOINT_NAMES
from .control_layer.marker import added_value
from .faces.components import COMPONENT_SPACE, shown_components
from .faces.read_visemes import ShownVisemes
from .reference_skeleton import PARENT
from .render.stage import alone
from .rig_parts import JAW_OPEN_RADIANS
from .segments import SPINE
from .takes.take import Take
from .unshared_turns import unshared

if TYPE_CHECKING:
    from .rig import Rig
    from .rig_parts import RigKey, Segment

_SHAPE_COMPONENTS = 10
_CHAINS = (("pelvis", *SPINE), ("spine3", "neck", "head"))
"""Joints whose bend bones share, the one below first."""


def sample_take(rig: Rig, take: Take) -> Performance:
    """Sample a take from the evaluated scene, once per scene frame from the take's own first frame on.

    Joint rotations come from the posed bones, so constraints and artists' layers count; the pelvis is taken against the
    armature object. ARKit coefficients are the shape keys' values; of a face of visemes those
    that part, round and spread the default character's lips as far.

    Returns
    -------
    Performance
        At the scene's frame rate, in the SMPL-X frame; ``lip_aperture`` is measured on the default character.
    """
    with alone(rig, take) as scene:
        count = int(np.floor(take.last_frame - take.first_frame + 1e-3)) + 1
        if take.meta.get("frames") == 1:
            count = 1
        meta = {**take.meta, "take": take.name, "sampled_from_scene": True}
        return sample_frames(rig, scene, take.first_frame, count, meta)


def sample_frames(rig: Rig, scene: Any, first: float, count: int, meta: dict[str, Any]) -> Performance:
    """Sample what a scene shows of a rig, once per scene frame; see :func:`sample_take`.

    Parameters
    ----------
    scene : bpy.types.Scene
        The window's scene, which the rig is in; it stands at the last frame afterwards.
    first : float
        The frame that becomes the performance's first.
    count : int
        Number of frames.
    meta : dict
        Goes into the performance.
    """
    joints = list(rig.joints)
    posed = np.zeros((count, len(joints), 4, 4))
    above = np.zeros((count, len(joints), 4, 4))
    arkit = np.zeros((count, len(ARKIT_NAMES)), np.float32)
    keys = [_best_key(rig, name) for name in ARKIT_NAMES]
    # Of several bones the last one has turned as far as the joint.
    bones = [rig.armature.pose.bones[rig.joints[joint].segments[-1].bone] for joint in joints]
    chains = {chain: _shared(rig, chain) for chain in _CHAINS}
    shared = {part.bone: np.zeros((count, 4, 4)) for parts in chains.values() for part in parts}
    components, visemes = shown_components(rig), ShownVisemes(rig, count)
    expressions = np.zeros((count, len(components)), np.float32)
    for index in range(count):
        at = first + index
        whole = int(np.floor(at + 1e-4))
        scene.frame_set(whole, subframe=max(0.0, at - whole))
        for column, bone in enumerate(bones):
            posed[index, column] = bone.matrix
            above[index, column] = _parent_pose(bone, joints[column])
        for name, matrices in shared.items():
            matrices[index] = rig.armature.pose.bones[name].matrix
        arkit[index] = [0.0 if key is None else _coefficient(key) for key in keys]
        expressions[index] = [block.value for block in components]
        visemes.look(index)
    betas = _betas(rig)
    world = _unshared(rig, chains, shared, {joint: posed[:, column] for column, joint in enumerate(joints)})
    poses, trans = _local(rig, joints, posed, above, world)
    _as_turned(arkit, poses, {name for name, key in zip(ARKIT_NAMES, keys, strict=True) if key is not None})
    poses, arkit = visemes.back(poses, arkit)
    return Performance(
        fps=scene.render.fps / scene.render.fps_base,
        poses=poses,
        trans=trans,
        arkit=arkit,
        lip_aperture=load_character().lip_aperture(poses, arkit),
        expressions=expressions if components else None,
        expression_space=COMPONENT_SPACE if components else "",
        betas=betas,
        meta=meta,
    )


def _as_turned(arkit: npt.NDArray[np.float32], poses: npt.NDArray[np.float32], keyed: set[str]) -> None:
    """Write (T, 52) coefficients of jaw and eyes, where no key shows them, as the bones turn; in place."""
    joints = poses.reshape(len(poses), len(JOINT_NAMES), 3)
    if "jawOpen" not in keyed:
        arkit[:, ARKIT_INDEX["jawOpen"]] = np.clip(joints[:, JOINT_INDEX["jaw"], 0] / JAW_OPEN_RADIANS, 0.0, 1.0)
    if not any(name.startswith("eyeLook") for name in keyed):
        look_coefficients(arkit, joints[:, [JOINT_INDEX[f"{side}_eye_smplhf"] for side in ("left", "right")]])


def _best_key(rig: Rig, name: str) -> RigKey | None:
    """Return the shape key that tells most about a coefficient."""
    found = [key for key in rig.keys if key.shows.mix[0][0] == name]
    return max(found, key=lambda key: (-len(key.shows.mix), abs(key.shows.mix[0][1])), default=None)


def _coefficient(key: RigKey) -> float:
    value = key.block.value + added_value(key.mesh.data.shape_keys, key.name)
    return float((value - key.shows.offset) / key.shows.mix[0][1])


def _parent_pose(bone: Any, joint: str) -> Any:
    """Return the posed parent's matrix; the pelvis is measured against the armature, whatever lies between."""
    if bone.parent is None or joint == "pelvis":
        return np.eye(4)
    return bone.parent.matrix


def _local(
    rig: Rig,
    joints: list[str],
    posed: npt.NDArray[np.float64],
    above: npt.NDArray[np.float64],
    against_world: dict[str, npt.NDArray[np.float64]],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return (T, 165) axis-angle and (T, 3) pelvis translation of posed bones (T, J, 4, 4) in armature space."""
    count = len(posed)
    poses = np.zeros((count, len(JOINT_NAMES), 3), np.float32)
    trans = np.zeros((count, 3), np.float32)
    for column, joint in enumerate(joints):
        item = rig.joints[joint]
        bone = rig.armature.data.bones[item.segments[-1].bone]
        rest = np.array(bone.matrix_local)
        parent = np.eye(4) if bone.parent is None or joint == "pelvis" else np.array(bone.parent.matrix_local)
        # pose = parent pose @ (parent rest^-1 @ rest) @ basis
        basis = np.linalg.inv(above[:, column] @ np.linalg.inv(parent) @ rest) @ posed[:, column]
        if item.as_performed:
            turn = matrix_to_axis_angle(_rotation(basis)) @ item.axes
        else:
            if joint not in against_world:
                against_world[joint] = _against_world(rig, joint, posed[:, column])
            shown = against_world[joint]
            held = _held_by(rig, joint)
            if held is not None:
                if held not in against_world:
                    against_world[held] = _against_world(rig, held, posed[:, joints.index(held)])
                shown = against_world[held].transpose(0, 2, 1) @ shown
            turn = matrix_to_axis_angle(shown)
        poses[:, JOINT_NAMES.index(joint)] = turn if item.gain == 1.0 else turn / item.gain
        if joint == "pelvis" and rig.root is not None:
            moved = basis[:, :3, 3] @ item.axes
            trans[:] = moved if rig.root.metres == 1.0 else moved * rig.root.metres
            if rig.root.lift:
                trans[:, 1] -= rig.root.lift
    return poses.reshape(count, -1), trans


def _rotation(matrices: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the (T, 3, 3) rotations of (T, 4, 4) matrices that may scale."""
    turn: npt.NDArray[np.float64] = matrices[:, :3, :3] / np.linalg.norm(matrices[:, :3, :3], axis=1, keepdims=True)
    return turn


def _against_world(rig: Rig, joint: str, posed: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the (T, 3, 3) rotation of a joint against the world, in the SMPL-X frame, of its posed bone (T, 4, 4)."""
    return _shown(rig, rig.joints[joint].segments[-1], posed)


def _shared(rig: Rig, chain: tuple[str, ...]) -> list[Segment]:
    """Return the bones that share the bend of a chain of joints; empty where each joint has its own."""
    parts = [part for joint in chain[1:] if joint in rig.joints for part in rig.joints[joint].segments]
    known = all(part.takes.joint in chain and part.takes.below in (None, *chain) for part in parts)
    return parts if known and chain[0] in rig.joints and any(part.takes.below for part in parts) else []


def _unshared(
    rig: Rig,
    chains: dict[tuple[str, ...], list[Segment]],
    shared: dict[str, npt.NDArray[np.float64]],
    posed: dict[str, npt.NDArray[np.float64]],
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the (T, 3, 3) rotations against the world of joints whose bones share their bend."""
    found: dict[str, npt.NDArray[np.float64]] = {}
    for chain, parts in chains.items():
        if parts:
            base = found.get(chain[0], _against_world(rig, chain[0], posed[chain[0]]))
            shown = [(part.takes, _shown(rig, part, shared[part.bone])) for part in parts]
            found.update({name: turn for name, turn in unshared(shown, chain, base).items() if name in rig.joints})
    return found


def _shown(rig: Rig, segment: Segment, posed: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = rig.frame.axes.T @ _rotation(posed) @ (segment.rest.T @ segment.correction.T)
    return found


def _held_by(rig: Rig, joint: str) -> str | None:
    """Return the nearest joint above in a body that has a bone."""
    above = PARENT[joint]
    while above is not None and above not in rig.joints:
        above = PARENT[above]
    return above


def _betas(rig: Rig) -> npt.NDArray[np.float32]:
    """Return the values of the character's shape components, zero where it has none."""
    betas = np.zeros(_SHAPE_COMPONENTS, np.float32)
    for index, block in rig.shape_components.items():
        if index < _SHAPE_COMPONENTS:
            betas[index] = block.value
    return betas
