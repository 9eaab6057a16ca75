"""How the worker's process is started so that nothing of Blender's own Python leaks into it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BOOTSTRAP = Path(__file__).resolve().parent / "bootstrap.py"

_DROPPED_PREFIXES = ("PYTHON", "BLENDER_", "CONDA_", "VIRTUAL_ENV", "LD_PRELOAD", "LD_LIBRARY_PATH", "DYLD_")


def clean_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a copy of the environment (``os.environ`` by default) without what would bend another Python.

    Libraries that Blender, Steam or a snap preload would reach torch too, and a leaked ``PYTHONHOME`` kills the child.
    The rest stays: without ``SystemRoot`` Python does not start on Windows.
    """
    source = os.environ if environment is None else environment
    kept = {name: value for name, value in source.items() if not name.upper().startswith(_DROPPED_PREFIXES)}
    kept["PYTHONUTF8"] = "1"
    kept["PYTHONUNBUFFERED"] = "1"
    # Windows: what the child starts by name is not looked for in the current folder either.
    kept["NoDefaultCurrentDirectoryInExePath"] = "1"
    return kept


def python_command(python: str | os.PathLike[str], *arguments: str, bytecode: bool = False) -> list[str]:
    """Return the command for a script in ``python``, isolated from user site-packages and environment.

    Parameters
    ----------
    bytecode : bool
        Whether it may write what it compiles beside the sources. Another Python has no business in the extension's own
        folder; Blender's, which compiles the same files there, may.
    """
    return [os.fspath(python), "-I", "-u", *([] if bytecode else ["-B"]), "-X", "utf8", *arguments]


def worker_command(python: str | os.PathLike[str], bundles: Path | None = None) -> list[str]:
    """Return the command that starts the worker in ``python``.

    Parameters
    ----------
    bundles : Path, optional
        Where the libraries that the extension brings along are unpacked, for a Python that has none.
    """
    if bundles is None:
        return python_command(python, str(BOOTSTRAP))
    return python_command(python, str(BOOTSTRAP), str(bundles), bytecode=True)


def process_flags(*, below_normal: bool = False) -> dict[str, Any]:
    """Return the ``Popen`` arguments for a process group of its own and no console window.

    With ``below_normal`` the process yields to the interface on Windows; elsewhere the child lowers itself.
    """
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        if below_normal:
            flags |= subprocess.BELOW_NORMAL_PRIORITY_CLASS
        return {"creationflags": flags}
    return {"start_new_session": True}


def kill_group(process: subprocess.Popen[Any]) -> None:
    """End a process started with :func:`process_flags`, and its children, at once."""
    if process.poll() is not None:
        return
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    # On Windows a venv's python.exe holds the real one in a job object, which ends with it.
    with contextlib.suppress(OSError):
        process.kill()


def describe_exit(code: int) -> str:
    """Return in words how a process ended, from its ``returncode``."""
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        if name == "SIGKILL":
            return "it was killed, by a person or because the computer ran out of memory"
        return f"it crashed with {name}"
    if code == 0xC0000005:
        return "it crashed with an access violation"
    return f"it ended with exit code {code}"
