"""What is odd about a character that is animated all the same: a third arm, two masters, clothes that stay behind."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mathutils import Vector

from .companions import left_behind
from .vrm.properties import HUMANOID_PROPERTY

_REACH = 0.6
"""Share of an arm's length from which on a chain of bones at the chest is as long as an arm."""
_FINGERS = 3
_NUMBERED = 3
"""Numbered shape keys of a mesh from which on its names have been lost."""
_EVEN = 1.02
"""How many times as large along one axis as along another an object may be without a word."""
_ASLANT = 0.1
"""Radians by which what carries the body may be tilted without a word."""
_UPRIGHT = 0.9
"""Cosine from which on the way from pelvis to head is along an axis of the armature."""
_CHEST = ("spine1", "spine2", "spine3", "neck", "left_collar", "right_collar")


def oddities(armature: Any, meshes: Sequence[Any], bones: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is odd, one sentence each, with what it means for the animation.

    Parameters
    ----------
    armature : bpy.types.Object
        The armature.
    meshes : sequence of bpy.types.Object
        What hangs on it or is deformed by it.
    bones : mapping
        SMPL-X joint -> bone.
    """
    return (
        *_further_arms(armature, bones),
        *_two_masters(armature, meshes),
        *_uneven(armature),
        *_leaning(armature, bones),
        *left_behind(armature, bones),
        *lost_names(armature, meshes),
    )


def lost_names(armature: Any, meshes: Sequence[Any]) -> tuple[str, ...]:
    """Return a sentence about shape keys that Blender's glTF importer has numbered, as it does with those of VRM files.

    Parameters
    ----------
    armature : bpy.types.Object or None
        The armature; one that knows what its VRM file says needs no names.
    meshes : sequence of bpy.types.Object
        What hangs on it or is deformed by it.
    """
    if armature is None or HUMANOID_PROPERTY in armature:
        return ()
    for mesh in meshes:
        keys = mesh.data.shape_keys
        names = [block.name for block in keys.key_blocks[1:]] if keys is not None else []
        if len(names) >= _NUMBERED and all(re.fullmatch(r"target_\d+", name) for name in names):
            return (
                f"The shape keys of '{mesh.name}' lost their names in import ('{names[0]}' ...), so nothing tells "
                "which one opens the mouth. If the file is a VRM, remove this and use Add VRM Character.",
            )
    return ()


def _further_arms(armature: Any, bones: Mapping[str, str]) -> tuple[str, ...]:
    rest = armature.data.bones
    arm = [rest[bones[f"left_{part}"]].head_local for part in ("shoulder", "elbow", "wrist") if f"left_{part}" in bones]
    if len(arm) < 3:
        return ()
    reach = _REACH * ((arm[1] - arm[0]).length + (arm[2] - arm[1]).length)
    mapped = set(bones.values())
    found = []
    for joint in _CHEST:
        for root in rest[bones[joint]].children if joint in bones else ():
            below = _below(root, mapped)
            hand = next((bone for bone in below if len(bone.children) >= _FINGERS), None)
            if hand is not None and (hand.head_local - root.head_local).length > reach:
                found.append(root.name)
    if not found:
        return ()
    return (
        f"'{armature.name}' has a further arm at '{found[0]}'; it is left alone. Another pair is picked under Mapping.",
    )


def _uneven(armature: Any) -> tuple[str, ...]:
    sizes = [abs(size) for size in armature.matrix_world.to_scale()]
    if max(sizes) < _EVEN * min(sizes):
        return ()
    return (
        f"'{armature.name}' is scaled by different amounts along its axes, so its limbs point some degrees off. "
        "Apply its scale (Ctrl A) to mend that.",
    )


def _leaning(armature: Any, bones: Mapping[str, str]) -> tuple[str, ...]:
    """Say that what carries the body, and no take turns, is posed aslant: left there by an action, say."""
    rest = armature.data.bones
    if not {"pelvis", "head"} <= set(bones) or armature.pose is None:
        return ()
    mapped = set(bones.values())
    above = next((bone for bone in rest[bones["pelvis"]].parent_recursive if bone.name not in mapped), None)
    up = rest[bones["head"]].head_local - rest[bones["pelvis"]].head_local
    if above is None or up.length <= 0.0:
        return ()
    # Heads lie a little ahead of the pelvis; that must not lean where a body only turns where it stands.
    highest = max(range(3), key=lambda axis: abs(up[axis]))
    if abs(up[highest]) > _UPRIGHT * up.length:
        up = Vector([float(axis == highest) for axis in range(3)])
    turn = armature.pose.bones[above.name].matrix.to_3x3() @ above.matrix_local.to_3x3().inverted_safe()
    if (turn @ up).length <= 0.0 or (turn @ up).angle(up) < _ASLANT:
        return ()
    return (
        f"The body hangs on '{above.name}', which is posed aslant, and leans with it. Clear its rotation in Pose Mode "
        "(Alt R) if that is not meant.",
    )


def _below(bone: Any, mapped: Collection[str]) -> list[Any]:
    """Return the bones that hang on a bone; none where it or one of them is mapped.

    Blender's own list goes through all bones of the armature for each.
    """
    found = [bone]
    for item in found:
        if item.name in mapped:
            return []
        found.extend(item.children)
    return found[1:]


def _two_masters(armature: Any, meshes: Sequence[Any]) -> tuple[str, ...]:
    for mesh in meshes:
        others = [
            item.object for item in mesh.modifiers if item.type == "ARMATURE" and item.object not in (None, armature)
        ]
        if others:
            return (
                f"'{mesh.name}' is deformed by '{armature.name}' and by '{others[0].name}'; only '{armature.name}' is "
                "animated. Remove the other modifier if it is not meant.",
            )
    return ()
