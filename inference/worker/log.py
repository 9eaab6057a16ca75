"""The worker's log file: rotated when it grows, its end readable for the panel."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

NAME = "worker.log"
MAX_BYTES = 1_000_000
KEPT = 3


def open_log(folder: Path) -> BinaryIO:
    """Return the log opened for appending; a long one is moved to ``worker.1.log`` first.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    if path.is_file() and path.stat().st_size > MAX_BYTES:
        # Another Blender may hold the file open, which Windows does not let us rename: then it grows a little more.
        with contextlib.suppress(OSError):
            for number in range(KEPT - 1, 0, -1):
                older = folder / f"worker.{number}.log"
                if older.is_file():
                    os.replace(older, folder / f"worker.{number + 1}.log")
            os.replace(path, folder / "worker.1.log")
    return open(path, "ab")


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
