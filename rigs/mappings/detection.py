"""Which bone is which joint: names that structure confirms, and structure alone where names say nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...inference.skeleton import JOINT_NAMES
from ..rest_frame import turn_of
from .accessories import without_accessories
from .agreement import checked, filled
from .bone_graph import BoneGraph, deforming, graph_of
from .convention import SkeletonKind
from .face_joints import face_joints
from .humanoid import HUMANOID
from .links import links_of
from .structure import Body, find_body

_SAME = 0.5
"""Share of the joints found by structure that a kind's names must confirm to be what the skeleton is called after."""
_NOTHING_MOVES = (
    "None of its bones moves a mesh; parent the meshes to it with weights (Ctrl P, With Automatic Weights)."
)


Found = tuple[SkeletonKind, dict[str, str], dict[str, tuple[str, ...]], tuple[str, ...]]
"""Kind, joint -> bone, joint -> the bones of its segment, notes."""


def fingerprint(armature: Any, meshes: Sequence[Any]) -> bytes:
    """Return what changes with anything that detection looks at: names, parents and places of bones, vertex groups."""
    bones = armature.data.bones
    places = np.empty(3 * len(bones), np.float32)
    bones.foreach_get("head_local", places)
    said = hashlib.blake2b(digest_size=16)
    said.update(places.tobytes())
    said.update(np.round(turn_of(armature.matrix_world), 1).tobytes())  # which way is up
    said.update("\0".join(bones.keys()).encode())
    said.update("\0".join(bone.parent.name if bone.parent is not None else "" for bone in bones).encode())
    flags = np.empty(len(bones), bool)
    bones.foreach_get("use_deform", flags)
    said.update(flags.tobytes())
    for mesh in meshes:
        groups = len(mesh.vertex_groups)
        said.update(f"{mesh.name}\0{len(mesh.data.vertices)}\0{groups}\0{mesh.parent_bone}".encode())
    return said.digest()


def detect(armature: Any, meshes: Sequence[Any], named: Sequence[tuple[SkeletonKind, dict[str, str]]]) -> Found | None:
    """Return what an armature is.

    Parameters
    ----------
    armature : bpy.types.Object
        The armature.
    meshes : sequence of bpy.types.Object
        What hangs on it.
    named : sequence of (kind, joint -> bone)
        What the names fit, the best first.

    Returns
    -------
    Found or None
        None where neither names nor structure say anything. A skeleton that is refused has no joints, and a note.
    """
    graph = graph_of(armature)
    best = named[0] if named else None
    notes: tuple[str, ...] = ()
    if best is not None and best[0].enough(best[1]):
        kind, bones = best
        if "pelvis" not in bones:
            return kind, bones, {}, ()
        bones, notes = checked(graph, bones, controls=bool(kind.holds))
        if kind.holds:
            return kind, _sorted(bones), {}, notes
        if kind.enough(bones) and len(bones) == len(kind.bones):
            return _whole(graph, kind, bones, (*notes, *_nothing_moves(armature, meshes)))
        body = _body(graph, _grouped(armature, meshes), _still(armature))
        bones = filled(graph, bones, body)
        if kind.enough(bones):
            return _whole(graph, kind, bones, (*notes, *_nothing_moves(armature, meshes)))
    body = _body(graph, deforming(armature, meshes), _still(armature))
    if body.refused:
        return HUMANOID, {}, {}, (body.refused,)
    if not HUMANOID.enough(body.bones):
        return (best[0], best[1], {}, notes) if best is not None else None
    kind, bones = _called(graph, body.bones, named)
    return _whole(graph, kind, bones, notes)


def _whole(graph: BoneGraph, kind: SkeletonKind, bones: dict[str, str], notes: tuple[str, ...]) -> Found:
    """Return what was found, with the jaw and the eyes that words of any kind tell."""
    bones = {**bones, **face_joints(graph, bones)}
    return kind, _sorted(bones), links_of(graph, bones), notes


def _body(graph: BoneGraph, moving: set[str], still: set[str]) -> Body:
    """Return what structure says without what names call hair, wings or weapons; with it where nothing else is left."""
    plain = without_accessories(graph)
    body = find_body(plain, moving, still)
    return body if body.bones or body.refused or plain is graph else find_body(graph, moving, still)


def _called(
    graph: BoneGraph, bones: dict[str, str], named: Sequence[tuple[SkeletonKind, dict[str, str]]]
) -> tuple[SkeletonKind, dict[str, str]]:
    """Return the kind that most bones are named after, and the joints with those of the face that only names tell."""
    number = {name: index for index, name in enumerate(graph.names)}
    below = set(graph.below(number[bones["head"]])) if "head" in bones else set()
    whole = dict(bones)
    for _, said in named:
        for joint in ("jaw", "left_eye_smplhf", "right_eye_smplhf"):
            bone = said.get(joint)
            if joint not in whole and bone is not None and number[bone] in below and bone not in whole.values():
                whole[joint] = bone
    for kind, said in named:
        if not kind.holds and sum(said.get(joint) == bone for joint, bone in bones.items()) > _SAME * len(bones):
            return kind, whole
    return HUMANOID, whole


def _sorted(bones: dict[str, str]) -> dict[str, str]:
    return {joint: bones[joint] for joint in JOINT_NAMES if joint in bones}


def _still(armature: Any) -> set[str]:
    return {bone.name for bone in armature.data.bones if not bone.use_deform}


def _grouped(armature: Any, meshes: Sequence[Any]) -> set[str]:
    """Return the bones that meshes have groups or objects for, without a look at the weights."""
    bones = armature.data.bones
    names = {group.name for mesh in meshes for group in mesh.vertex_groups}
    names |= {mesh.parent_bone for mesh in meshes if mesh.parent_type == "BONE"}
    return {name for name in names if name in bones}


def _nothing_moves(armature: Any, meshes: Sequence[Any]) -> tuple[str, ...]:
    return (_NOTHING_MOVES,) if meshes and not _grouped(armature, meshes) else ()
