"""Opens a VRM file: a copy that Blender's glTF importer reads whole, and what it leaves out kept on the armature."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import bpy

from ...inference.errors import BadFile
from ...inference.glb import read_glb, write_glb
from .file import name_apart, read_vrm
from .properties import store


def import_vrm(path: str | os.PathLike[str], **options: Any) -> list[Any]:
    """Import a VRM file into the scene; returns the new objects.

    Humanoid map and expressions are kept on its armature, see :mod:`.properties`; shape keys have the file's names.

    Parameters
    ----------
    path : path
        The ``.vrm``.
    **options
        For Blender's glTF importer.

    Raises
    ------
    BadFile
        When it is no VRM file, is damaged, or Blender cannot read it.
    """
    name = Path(path).name
    data, rest = read_glb(path)
    name_apart(data)
    vrm = read_vrm(data, name)
    before = set(bpy.data.objects)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "character.glb"
        write_glb(copy, json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"), rest)
        try:
            bpy.ops.import_scene.gltf(filepath=str(copy), **options)
        except RuntimeError as error:
            said = str(error).strip().splitlines()[-1].removeprefix("Error: ")
            raise BadFile(f"Blender cannot read '{name}': {said}", "Export the character again as VRM.") from error
    made = [obj for obj in bpy.data.objects if obj not in before]
    armatures = [obj for obj in made if obj.type == "ARMATURE"]
    for armature in armatures:
        known = sum(bone in armature.data.bones for bone in vrm.bones.values())
        if 2 * known > len(vrm.bones):
            armature.name = armature.data.name = Path(path).stem
            store(armature, vrm)
    return made
