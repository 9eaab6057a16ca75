"""Which folders in the runtime's folder are Soliloquy's own: those that carry its mark, or that ``runtime.json`` names.

The runtime's folder may be one that a person chose, with other things in it. Nothing is ever removed for its name.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from .locate import read_pointer

MARKER_NAME = ".soliloquy-runtime"
_TEXT = "Soliloquy made this folder and removes it again when it installs another runtime, or when it is told to.\n"


def make_environment_folder(path: Path) -> None:
    """Create a new folder, private to the user, and put the mark into it.

    Raises
    ------
    FileExistsError
        When there is something already.
    OSError
        When it cannot be created.
    """
    path.mkdir(mode=0o700)
    with open(path / MARKER_NAME, "x", encoding="utf-8") as marker:
        marker.write(_TEXT)


def named_environment(folder: Path) -> Path | None:
    """Return the environment that ``runtime.json`` names, if it really is one that lies in ``folder``, else None."""
    name = read_pointer(folder).get("environment", "")
    path = folder / name
    # A name, not a way out of the folder; and one from before there were marks is known by what venv writes.
    if not name or Path(name).name != name or name in (".", "..") or path.is_symlink():
        return None
    return path if (path / "pyvenv.cfg").is_file() else None


def own_environments(folder: Path) -> list[Path]:
    """Return the environments in ``folder`` that Soliloquy made, in order; links are never followed."""
    found: set[Path] = set()
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            marker = path / MARKER_NAME
            if not path.is_symlink() and path.is_dir() and marker.is_file() and not marker.is_symlink():
                found.add(path)
    named = named_environment(folder)
    return sorted(found | ({named} if named is not None else set()))
