"""Armatures that stand within a character with the same bones, and what hangs on them: clothes, a face apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .character.marker import GHOST_PROPERTY

_SHARED = 4
"""Bones of joints that two armatures must have in common, by name and place."""
_NEAR = 0.03
"""Share of a character's size by which such bones may lie apart."""

_FEW_KEYS = 5
"""Shape keys that clothes may have."""


def left_behind(armature: Any, bones: Mapping[str, str]) -> tuple[str, ...]:
    """Return what stays behind when an armature is animated, one sentence for each armature that stands within it.

    Parameters
    ----------
    armature : bpy.types.Object
        The character's armature.
    bones : mapping
        SMPL-X joint -> bone.
    """
    others = [item for scene in armature.users_scene for item in scene.objects if _may_be_one(item, armature)]
    places = {name: armature.matrix_world @ armature.data.bones[name].head_local for name in bones.values()}
    if not others or len(places) < _SHARED:
        return ()
    size = float(np.ptp(np.array(list(places.values())), axis=0).max())
    found = []
    for other in dict.fromkeys(others):
        theirs = other.data.bones
        shared = [
            name
            for name, place in places.items()
            if name in theirs and (other.matrix_world @ theirs[name].head_local - place).length < _NEAR * size
        ]
        meshes = _hanging_on(other) if len(shared) >= _SHARED and not _follows(other, armature, shared) else []
        # Two that have a face each are two characters in one place.
        if meshes and not (_has_face(meshes) and _has_face(_hanging_on(armature))):
            found.append(_said(armature, other, meshes))
    return tuple(found)


def _may_be_one(item: Any, armature: Any) -> bool:
    if item.type != "ARMATURE" or item == armature or GHOST_PROPERTY in item or item.hide_viewport:
        return False
    sources = (held.override_library.reference for held in (item, armature) if held.override_library is not None)
    # What a library override was made from may still stand in its place.
    return not any(source in (item, armature) for source in sources)


def _hanging_on(armature: Any) -> list[Any]:
    return [
        item
        for scene in armature.users_scene
        for item in scene.objects
        if item.type == "MESH"
        and any(modifier.type == "ARMATURE" and modifier.object == armature for modifier in item.modifiers)
    ]


def _has_face(meshes: list[Any]) -> bool:
    keys = (mesh.data.shape_keys for mesh in meshes)
    return any(item is not None and len(item.key_blocks) > _FEW_KEYS for item in keys)


def _follows(other: Any, armature: Any, shared: list[str]) -> bool:
    """Tell whether constraints take the bones of another armature along already."""
    posed = other.pose.bones if other.pose is not None else {}
    return any(
        getattr(constraint, "target", None) == armature and not constraint.mute
        for name in shared
        if name in posed
        for constraint in posed[name].constraints
    )


def _said(armature: Any, other: Any, meshes: list[Any]) -> str:
    several = len(meshes) > 1
    who = f"'{meshes[0].name}' and {len(meshes) - 1} more hang" if several else f"'{meshes[0].name}' hangs"
    stay, its = ("stay", "their Armature modifiers") if several else ("stays", "its Armature modifier")
    said = f"{who} on '{other.name}', another armature with the same bones, and {stay} behind. "
    moving = {group.name for mesh in meshes for group in mesh.vertex_groups if group.name in other.data.bones}
    if moving <= set(armature.data.bones.keys()):
        return said + f"Choose '{armature.name}' in {its}."
    return said + f"Give its bones Copy Transforms constraints to those of '{armature.name}'."
