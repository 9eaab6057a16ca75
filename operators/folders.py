"""Folders of the user's that this extension writes to."""

from __future__ import annotations

import os
from pathlib import Path

import bpy

from ..inference.saving import not_saved, private_folder

ROOT_PACKAGE = __package__.rpartition(".")[0]


def data_folder(*parts: str) -> Path:
    """Return a folder of the user's that this extension may write to, created when missing, private to the user.

    Inside Blender it is the extension's own user folder; where the package is not installed as an extension (scripts,
    tests) it is ``soliloquy`` in Blender's data files.

    Raises
    ------
    NotSaved
        When it cannot be created.
    """
    relative = os.path.join(*parts) if parts else ""
    try:
        folder = Path(bpy.utils.extension_path_user(ROOT_PACKAGE, path=relative, create=False))
    except ValueError:
        folder = Path(bpy.utils.user_resource("DATAFILES", path=os.path.join("soliloquy", relative), create=False))
    try:
        return private_folder(folder, ours=bool(parts))
    except OSError as error:
        raise not_saved(folder, error) from error
