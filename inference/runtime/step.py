"""One command of an installation, followed through its log file; and the lock that keeps installations apart."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ..errors import SoliloquyError
from ..worker.environment import kill_group, process_flags
from .index_settings import installer_environment

LOCK_NAME = "installing.lock"
STALE_LOCK_SECONDS = 2 * 3600.0


class Step:
    """A command whose output goes to a log file, where :meth:`new_lines` picks it up: no pipe to empty, no thread."""

    def __init__(self, stage: str, fraction: float, command: Sequence[str], log: Path | None = None) -> None:
        self.stage = stage
        self.fraction = fraction
        """How far the whole installation is when this step ends."""
        self.command = list(command)
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._start = self._offset = 0

    def start(self) -> None:
        """Start the command; raises OSError when that fails."""
        assert self.log is not None
        with open(self.log, "ab") as log:
            log.write(f"\n$ {' '.join(self.command)}\n".encode())
            log.flush()
            self._start = self._offset = log.tell()
            self._process = subprocess.Popen[bytes](
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=installer_environment(),
                **process_flags(),
            )

    def poll(self) -> int | None:
        """Return the exit code, None while the command runs."""
        return self._process.poll() if self._process is not None else None

    def kill(self) -> None:
        """End the command and what it started."""
        if self._process is not None:
            kill_group(self._process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2.0)

    def new_lines(self) -> list[str]:
        """Return the complete lines printed since the last call."""
        text = self._read(self._offset)
        complete = text.rfind(b"\n") + 1
        self._offset += complete
        return text[:complete].decode("utf-8", "replace").splitlines()

    def complaint(self) -> str:
        """Return the line that best says why the command failed."""
        lines = [line.strip() for line in self._read(self._start).decode("utf-8", "replace").splitlines()]
        lines = [line for line in lines if line]
        # pip ends with a summary ("No matching distribution found for x"); the last such line is the plainest.
        errors = [line.split(":", 1)[1].strip() for line in lines if line.lower().startswith(("error:", "×"))]
        return (errors or lines or [""])[-1].rstrip(".")

    def _read(self, offset: int) -> bytes:
        assert self.log is not None
        try:
            with open(self.log, "rb") as log:
                log.seek(offset)
                return log.read()
        except OSError:
            return b""


def removal_command(folder: Path) -> list[str]:
    """Return a command that removes a folder: a gigabyte of small files would hold up the interface."""
    code = "import shutil, sys; shutil.rmtree(sys.argv[1], ignore_errors=True)"
    return [sys.executable, "-I", "-c", code, str(folder)]


def install_lock(folder: Path) -> None:
    """Mark the folder as being installed into.

    Raises
    ------
    SoliloquyError
        When another process does so already.
    OSError
        When the folder cannot be written.
    """
    path = folder / LOCK_NAME
    for _ in range(2):
        try:
            with open(path, "x", encoding="ascii") as lock:
                lock.write(str(os.getpid()))
            return
        except FileExistsError:
            if not _is_stale(path):
                break
            path.unlink(missing_ok=True)
    raise SoliloquyError(
        f"Another installation runs in '{folder}'.", f"Wait for it to end; if none runs, delete '{path}'."
    )


def release_lock(folder: Path) -> None:
    """Take the mark of :func:`install_lock` away."""
    (folder / LOCK_NAME).unlink(missing_ok=True)


def _is_stale(path: Path) -> bool:
    try:
        pid = int(path.read_text(encoding="ascii"))
        age = time.time() - path.stat().st_mtime
    except (OSError, ValueError):
        return True
    if os.name == "posix" and pid != os.getpid():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
    return age > STALE_LOCK_SECONDS
