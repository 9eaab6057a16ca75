"""Whether the bones of a character move anything that is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..inference.errors import BadRig

if TYPE_CHECKING:
    from .rig import Rig

_FOLLOWERS = {"SURFACE_DEFORM", "MESH_DEFORM", "LATTICE", "NODES", "HOOK"}
"""Modifiers that may let a mesh follow another one, or bones in their own way."""


def why_still(rig: Rig) -> BadRig | None:
    """Return why no mesh of a character would move with its bones; None where one does, where its face moves by shape
    keys, and for a skeleton that has no mesh at all.
    """
    armature = rig.armature
    if armature is None or not rig.joints or not rig.attached or rig.keys or rig.drives:
        return None
    deforming = {bone.name for bone in armature.data.bones if bone.use_deform}
    if any(_moves(mesh, armature, deforming) for mesh in rig.attached):
        return None
    return BadRig(
        f"None of the meshes of '{armature.name}' is weighted to a bone that deforms, so nothing would move.",
        "Parent them to it with Automatic Weights (Ctrl P), or switch Deform on for its bones.",
    )


def _moves(mesh: Any, armature: Any, deforming: set[str]) -> bool:
    if mesh.parent_type == "BONE":
        return True
    if any(modifier.type in _FOLLOWERS for modifier in mesh.modifiers):
        return True
    bound = [item for item in mesh.modifiers if item.type == "ARMATURE" and item.object == armature]
    if any(item.use_bone_envelopes for item in bound):
        return True
    parented = mesh.parent_type == "ARMATURE" and mesh.parent == armature
    return bool(bound or parented) and any(group.name in deforming for group in mesh.vertex_groups)
