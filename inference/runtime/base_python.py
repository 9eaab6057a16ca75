"""What can create a virtual environment: uv, or a Python that has ``venv`` and ``ensurepip``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ..programs import find_program
from ..worker.environment import clean_environment, process_flags

MIN_PYTHON, MAX_PYTHON = (3, 11), (3, 13)
"""Versions for which every pinned package has a wheel."""

_QUESTION = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def find_uv(folder: Path | None = None) -> Path | None:
    """Return the program uv: beside the runtime, or on the PATH."""
    name = "uv.exe" if sys.platform == "win32" else "uv"
    if folder is not None and (folder / name).is_file():
        return folder / name
    return find_program("uv")


def find_base_python() -> Path | None:
    """Return a Python that can create the environment, or None.

    One of the system comes first: Blender's own goes away with that Blender, and the environment with it.
    """
    names = [f"python3.{minor}" for minor in range(MAX_PYTHON[1], MIN_PYTHON[1] - 1, -1)] + ["python3", "python"]
    candidates = [path for name in names if (path := find_program(name))]
    if sys.platform == "win32":
        launched = _launcher_python()
        if launched is not None:
            candidates.insert(0, launched)
    if sys.executable:
        candidates.append(Path(sys.executable))
    return next((path for path in candidates if can_create_environment(path)), None)


def can_create_environment(python: str | os.PathLike[str]) -> bool:
    """Return whether this program is a Python of a fitting version with ``venv`` and ``ensurepip``."""
    answer = _ask([os.fspath(python), "-I", "-c", _QUESTION])
    try:
        major, minor = answer.split(".")
        return MIN_PYTHON <= (int(major), int(minor)) <= MAX_PYTHON
    except ValueError:
        return False


def _launcher_python() -> Path | None:
    """Return what Windows' ``py`` launcher would start."""
    launcher = find_program("py")
    for minor in range(MAX_PYTHON[1], MIN_PYTHON[1] - 1, -1):
        if launcher is None:
            return None
        answer = _ask([str(launcher), f"-3.{minor}", "-I", "-c", "import sys; print(sys.executable)"])
        if answer and Path(answer).is_file():
            return Path(answer)
    return None


def _ask(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=10.0,
            env=clean_environment(),
            check=False,
            **process_flags(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
