"""Reads back what an exported file holds where only Blender's importer can: imported, looked at, and removed again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from ..inference.errors import NotSaved
from .exported_file import Contents
from .render.stage import temporary_scene


def import_alembic(path: Path) -> None:
    """Import an Alembic into the scene of the window, whose frame range becomes the file's."""
    bpy.ops.wm.alembic_import(filepath=str(path), set_frame_range=True, as_background_job=False, validate_meshes=False)


def read_by_import(path: Path, importer: Callable[[Path], None]) -> Contents:
    """Return what a file holds: names of its meshes, underscores for all but letters and digits, and its seconds.

    Parameters
    ----------
    importer : callable
        Imports a file into the scene of the window, whose frame range becomes the file's.

    Raises
    ------
    ValueError
        When the file cannot be imported.
    """
    render = bpy.context.scene.render
    rate = render.fps, render.fps_base
    with forgotten(), temporary_scene("Read back") as scene:
        scene.render.fps, scene.render.fps_base = rate
        try:
            importer(path)
        except (RuntimeError, NotSaved) as error:
            raise ValueError(str(error).strip().splitlines()[0] if str(error).strip() else "it is damaged") from error
        meshes = [item for item in scene.objects if item.type == "MESH" and len(item.data.polygons)]
        seconds = (scene.frame_end - scene.frame_start) * scene.render.fps_base / scene.render.fps
        return Contents(frozenset(_plain(item.name) for item in meshes), (("", seconds),))


def _plain(name: str) -> str:
    """Return a name without the number that Blender adds where it is taken, in letters, digits and underscores."""
    return re.sub(r"\W", "_", re.sub(r"\.\d{3}$", "", name))


@contextmanager
def forgotten() -> Iterator[None]:
    """Remove every data block that is made meanwhile, at the end."""
    kinds = [name for name in dir(bpy.data) if isinstance(getattr(bpy.data, name), bpy.types.bpy_prop_collection)]
    before = {item for kind in kinds for item in getattr(bpy.data, kind)}
    try:
        yield
    finally:
        made: list[Any] = [item for kind in kinds for item in getattr(bpy.data, kind) if item not in before]
        bpy.data.batch_remove(made)
