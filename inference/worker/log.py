"""The worker's log file: private to the user, rotated when it grows, its end readable for the panel."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

from ..saving import not_saved, private_folder
from ..user_folders import temporary_folder

NAME = "worker.log"
MAX_BYTES = 1_000_000
KEPT = 3


def writable_log_folder(folder: Path) -> Path:
    """Return ``folder``, created private, or ``user_folders.temporary_folder`` where it cannot be written.

    Raises
    ------
    NotSaved
        When neither can be.
    """
    try:
        private_folder(folder, ours=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return temporary_folder()


def open_private(path: Path, flags: int) -> BinaryIO:
    """Open a file that only this user may read, never through a link; create it when missing.

    Parameters
    ----------
    flags : int
        ``os.O_APPEND`` or ``os.O_TRUNC``.

    Raises
    ------
    OSError
        When that is not possible.
    """
    flags |= os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o600)
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "ab" if flags & os.O_APPEND else "wb")


def open_log(folder: Path) -> tuple[BinaryIO, Path]:
    """Return the log opened for appending, and its path; a long one is moved to ``worker.1.log`` first.

    Where ``folder`` cannot be written, the log lies among the temporary files.

    Raises
    ------
    NotSaved
        When no place can be written.
    """
    path = writable_log_folder(folder) / NAME
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            _rotate(path)
        return open_private(path, os.O_APPEND), path
    except OSError as error:
        raise not_saved(path, error) from error


def _rotate(path: Path) -> None:
    # Another Blender may hold the file open, which Windows does not let us rename: then it grows a little more.
    with contextlib.suppress(OSError):
        for number in range(KEPT - 1, 0, -1):
            older = path.with_name(f"worker.{number}.log")
            if older.is_file():
                os.replace(older, path.with_name(f"worker.{number + 1}.log"))
        os.replace(path, path.with_name("worker.1.log"))


def log_tail(path: Path, lines: int = 20) -> list[str]:
    """Return the last lines of a log; none when there is no log."""
    try:
        with open(path, "rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - 64 * 1024))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return []
    return text.splitlines()[-lines:]
