"""Finds programs by name on the PATH, and never in the folder that happens to be the current one.

Windows, and ``shutil.which`` with it, looks into the current folder first. That may be the folder of a downloaded
scene, and what lies there under the name of a tool must not run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path


def find_program(name: str) -> Path | None:
    """Return the program of this name on the PATH, or at this path, as an absolute path; None when there is none.

    Parameters
    ----------
    name : str
        A name such as ``"uv"``, or a path: whoever gives a folder means it.
    """
    extensions = [""]
    if sys.platform == "win32":
        extensions = [item for item in os.environ.get("PATHEXT", ".EXE").split(os.pathsep) if item]
    if os.path.dirname(name):
        path = Path(name).absolute()
        return search(path.name, [str(path.parent)], ["", *extensions])
    return search(name, os.environ.get("PATH", os.defpath).split(os.pathsep), extensions)


def search(name: str, folders: Sequence[str], extensions: Sequence[str]) -> Path | None:
    """Return the first program ``name`` with one of the extensions in a folder; relative folders are passed over."""
    if not name or os.path.dirname(name):
        return None
    named = any(extension and name.lower().endswith(extension.lower()) for extension in extensions)
    for folder in folders:
        # An empty entry, ".", or any other relative one means the current folder.
        if not os.path.isabs(folder):
            continue
        for extension in [""] if named else extensions:
            path = Path(folder, name + extension)
            if path.is_file() and os.access(path, os.X_OK):
                return path
    return None
