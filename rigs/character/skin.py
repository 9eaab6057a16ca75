"""A skeleton of SMPL-X's kind, all bones along the character's axes, and the weights that hang a mesh on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np
import numpy.typing as npt

from .placement import show_in_local_view
from .shape import to_blender


def build_armature(
    context: bpy.types.Context,
    name: str,
    joints: npt.NDArray[np.floating[Any]],
    names: Sequence[str],
    parents: Sequence[int],
    lengths: Sequence[float],
    *,
    collection: Any,
    view: Any = None,
) -> Any:
    """Add an armature whose bones stand upright at their joints: SMPL-X rotations fit them unchanged.

    Parameters
    ----------
    joints : (J, 3) array
        Places of the bones' heads in the SMPL-X frame, metres.
    names, parents, lengths
        Of each bone; -1 is no parent, and a parent comes before its children.
    collection : bpy.types.Collection
        Takes the armature.
    view : bpy.types.Area, optional
        A 3D View that shall show it, in local view too.

    Returns
    -------
    bpy.types.Object
        Active, in Object Mode; all bones turn by quaternions.
    """
    data = bpy.data.armatures.new(name)
    armature = bpy.data.objects.new(name, data)
    collection.objects.link(armature)
    if view is not None:
        show_in_local_view(view, [armature])  # what a view does not show cannot be edited from it
    context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    made: list[Any] = []
    for title, head, parent, length in zip(names, to_blender(joints), parents, lengths, strict=True):
        bone = data.edit_bones.new(title)
        bone.head, bone.tail, bone.roll = head, head + np.array([0, 0, length]), 0
        bone.parent = made[parent] if parent >= 0 else None
        made.append(bone)
    bpy.ops.object.mode_set(mode="OBJECT")
    data.display_type = "STICK"
    armature.show_in_front = True
    for bone in armature.pose.bones:
        bone.rotation_mode = "QUATERNION"
    return armature


def add_weights(
    obj: Any,
    names: Sequence[str],
    vertices: npt.NDArray[np.integer[Any]],
    groups: npt.NDArray[np.integer[Any]],
    shares: npt.NDArray[np.floating[Any]],
) -> None:
    """Add vertex groups; vertices of equal group and share go in with one call.

    Parameters
    ----------
    obj : bpy.types.Object
        A mesh object.
    names : sequence of str
        Of the groups, one per bone.
    vertices, groups, shares : (N,) arrays
        Vertex, number of the group and weight; pairs that are not named have none.
    """
    made = [obj.vertex_groups.new(name=name) for name in names]
    used = shares > 0
    vertices, groups, shares = vertices[used], groups[used], shares[used]
    order = np.lexsort((vertices, shares, groups))
    vertices, groups, shares = vertices[order], groups[order], shares[order]
    starts = np.nonzero((np.diff(groups, prepend=-1) != 0) | (np.diff(shares, prepend=-1.0) != 0))[0]
    members, stops = vertices.tolist(), [*starts[1:].tolist(), len(vertices)]
    for start, stop, group, share in zip(
        starts.tolist(), stops, groups[starts].tolist(), shares[starts].tolist(), strict=True
    ):
        made[group].add(members[start:stop], share, "REPLACE")


def hang(mesh: Any, armature: Any) -> None:
    """Let an armature object deform a mesh object and carry it."""
    mesh.parent = armature
    modifier = mesh.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature
    modifier.use_deform_preserve_volume = False
