"""A scene that is built once and opened for each test: what one test does to it is gone for the next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

from soliloquy.rigs.rig import Rig, find_rig


def save_scene(path: Path, build: Callable[[], Any]) -> Path:
    """Build in an empty scene, save it and leave an empty one."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    build()
    bpy.ops.wm.save_as_mainfile(filepath=str(path), compress=False)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return path


def open_scene(path: Path) -> Rig:
    """Open it and return its character."""
    bpy.ops.wm.open_mainfile(filepath=str(path))
    rig = find_rig(next(item for item in bpy.context.scene.objects if item.type == "ARMATURE"))
    assert rig is not None
    return rig
