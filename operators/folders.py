"""Folders of the user's that this extension writes to."""

from __future__ import annotations

import os
from pathlib import Path

import bpy

from ..inference.saving import not_saved, private_folder

ROOT_PACKAGE = __package__.rpartition(".")[0]


def data_path(*parts: str) -> Path:
    """Return where a folder of the user's is, or will be, that this extension may write to.

    Inside Blender it is the extension's own user folder; where the package is not installed as an extension (scripts,
    tests) it is ``soliloquy`` in Blender's data files.
    """
    relative = os.path.join(*parts) if parts else ""
    try:
        return Path(bpy.utils.extension_path_user(ROOT_PACKAGE, path=relative, create=False))
    except ValueError:
        return Path(bpy.utils.user_resource("DATAFILES", path=os.path.join("soliloquy", relative), create=False))


def data_folder(*parts: str) -> Path:
    """Return the folder of :func:`data_path`, created when missing, private to the user.

    Raises
    ------
    NotSaved
        When it cannot be created.
    """
    folder = data_path(*parts)
    try:
        return private_folder(folder, ours=bool(parts))
    except OSError as error:
        raise not_saved(folder, error) from error
