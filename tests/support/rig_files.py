"""Opens rigs made by others in the current scene, whatever their format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from soliloquy.rigs.vrm.opening import import_vrm


def open_rig(path: Path) -> list[Any]:
    """Bring every object of a .blend, .fbx, .glb or .vrm into the scene; returns the new objects."""
    before = set(bpy.data.objects)
    if path.suffix == ".blend":
        with bpy.data.libraries.load(str(path)) as (source, target):
            target.objects = list(source.objects)
        for obj in target.objects:
            bpy.context.scene.collection.objects.link(obj)
    elif path.suffix == ".fbx":
        bpy.ops.import_scene.fbx(filepath=str(path))
    elif path.suffix == ".vrm":
        import_vrm(path)
    else:
        bpy.ops.import_scene.gltf(filepath=str(path))
    bpy.context.view_layer.update()
    return [obj for obj in bpy.data.objects if obj not in before]


def armature_of(objects: list[Any]) -> Any:
    """Return the armature with most bones, None where there is none."""
    armatures = [obj for obj in objects if obj.type == "ARMATURE"]
    return max(armatures, key=lambda obj: len(obj.data.bones), default=None)
