"""Paths that a person gives, and where a user's own files may go: the platform's data, private temporary files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .errors import SoliloquyError
from .saving import not_saved, private_folder


def given_path(path: str | os.PathLike[str]) -> Path:
    """Return a path as a person gives it, with ``~`` as the home folder; a ``~name`` that nobody has stays as it is.

    Raises
    ------
    SoliloquyError
        For something else than a path.
    """
    try:
        return Path(os.path.expanduser(path))
    except TypeError:
        raise SoliloquyError(f"{path!r:.80} is no path.", "Give a text or a pathlib.Path.") from None


def data_folder() -> Path:
    """Return the platform's folder for Soliloquy's data, shared by Blender and the command line; not created.

    Where there is no home folder at all (a container with a user nobody knows) it lies among the temporary files.
    """
    home = home_folder()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return base / "soliloquy"


def home_folder() -> Path:
    """Return the home folder, or one among the temporary files where there is none."""
    try:
        return Path.home()
    except RuntimeError:
        return _temporary() / _own_name()


def temporary_folder() -> Path:
    """Return a folder among the temporary files that only this user may look into.

    Raises
    ------
    NotSaved
        When it cannot be made.
    """
    folder = _temporary() / _own_name()
    try:
        private_folder(folder, ours=True)
        if os.name == "posix" and (folder.is_symlink() or folder.stat().st_uid != os.getuid()):
            # Somebody else was there first: take a folder that is certainly ours.
            import tempfile

            folder = Path(tempfile.mkdtemp(prefix="soliloquy-"))
    except OSError as error:
        raise not_saved(folder, error) from error
    return folder


def _temporary() -> Path:
    import tempfile  # here, since it brings much along that enabling the add-on need not wait for

    return Path(tempfile.gettempdir())


def _own_name() -> str:
    if os.name == "posix":
        return f"soliloquy-{os.getuid()}"
    import getpass
    import re

    return f"soliloquy-{re.sub(r'[^A-Za-z0-9]+', '_', getpass.getuser())}"
