"""Adds a VRM character to the scene: at a place, turned to the front, its bones drawn as thin lines."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
from mathutils import Matrix, Vector

from ...inference.errors import BadRig
from ..character.placement import leave_mode, show_in_local_view, view_of
from ..rig import Rig, find_rig
from .opening import import_vrm


def add_vrm(context: Any, path: str | os.PathLike[str], location: Sequence[float] = (0.0, 0.0, 0.0)) -> Rig:
    """Import a VRM file's character and select its armature; Blender is in Object Mode afterwards.

    Parameters
    ----------
    context : bpy.types.Context
        Blender's context.
    path : path
        The ``.vrm``.
    location : (3,) sequence
        Where it stands, in metres of the world.

    Raises
    ------
    BadFile
        When it is no VRM file, is damaged, or Blender cannot read it.
    BadRig
        When nothing in it can be animated; nothing is left of it then.
    """
    leave_mode(context)
    made = import_vrm(path, **_plain_bones())
    context.view_layer.update()
    rigs = (find_rig(item) for item in made if item.type == "ARMATURE")
    rig = next((found for found in rigs if found is not None and found.armature is not None), None)
    if rig is None:
        bpy.data.batch_remove(made)
        raise BadRig(f"'{Path(path).name}' holds no character that can be animated.", "Export it again as VRM.")
    armature = rig.armature
    ahead = armature.matrix_world.to_3x3() @ Vector((rig.frame.axes @ (0.0, 0.0, 1.0)).tolist())
    # VRM 0.x faces the other way than VRM 1.0; Blender's front view looks along +Y.
    turned = Matrix.Rotation(-math.pi / 2.0 - math.atan2(ahead.y, ahead.x), 4, "Z")
    for item in made:
        if item.parent is None:
            item.matrix_world = Matrix.Translation(Vector(location)) @ turned @ item.matrix_world
        item.select_set(item == armature)
    # VRM 0.x has no tails: bones stand out of the limbs, whatever they are drawn as.
    armature.data.display_type = "STICK"
    context.view_layer.objects.active = armature
    context.view_layer.update()
    view = view_of(context)
    if view is not None:
        show_in_local_view(view, made)
    return find_rig(armature) or rig


def _plain_bones() -> dict[str, Any]:
    """Return the option of Blender's importer, where it has it, that does not draw every bone as a ball."""
    known = bpy.ops.import_scene.gltf.get_rna_type().properties
    return {"disable_bone_shape": True} if "disable_bone_shape" in known else {}
