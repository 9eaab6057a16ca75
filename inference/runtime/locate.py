"""Which Python the worker runs in. Looks at files only, so that a panel may ask."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ..plain_json import read_json
from ..user_folders import data_folder, given_path
from .bundle import Bundle, own_python
from .check import CheckReport, remembered_check

POINTER_NAME = "runtime.json"
_MOST_BYTES, _LONGEST = 1 << 20, 120
PYTHON_VARIABLE = "SOLILOQUY_WORKER_PYTHON"
FOLDER_VARIABLE = "SOLILOQUY_RUNTIME"
MEND = "Press Install in the panel, or choose a Python that has torch in the preferences (shell: soliloquy doctor)."

BUNDLED = "Ready: the default engines run with what comes with Soliloquy. Published and sampled ones need torch."


@dataclass(frozen=True)
class RuntimeStatus:
    """Where the worker can run, or why it cannot."""

    python: Path | None
    ok: bool
    """Whether there is a Python that is not known to fail."""
    kind: str
    """``"own"`` (chosen by the user), ``"private"`` (installed by Soliloquy), ``"bundled"`` (this Python, with the
    libraries that the extension brings along) or ``"none"``."""
    message: str
    mend: str = ""
    bundle: Bundle | None = None
    """Those libraries, where ``kind`` is ``"bundled"``."""
    details: dict[str, Any] = field(default_factory=dict[str, Any])
    """``source`` in words, ``checked`` (bool), and after a check ``lines``; for the private one what was installed."""


def default_runtime_folder() -> Path:
    """Return the folder of the private environment outside Blender: ``$SOLILOQUY_RUNTIME`` or the platform's place."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen) if chosen else data_folder() / "runtime"


def python_in(folder: Path) -> Path | None:
    """Return the Python of an environment's folder, or None."""
    for relative in ("bin/python3", "bin/python", "Scripts/python.exe", "python.exe", "python3", "python"):
        candidate = folder / relative
        if candidate.is_file():
            return candidate
    return None


def read_pointer(folder: Path) -> dict[str, Any]:
    """Return what ``runtime.json`` says about the installed environment; empty when there is none."""
    try:
        found: object = read_json(folder / POINTER_NAME, most_bytes=_MOST_BYTES)
    except (OSError, ValueError):
        return {}
    pointer = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return pointer if _is_name(pointer.get("environment")) else {}


def _is_name(value: Any) -> bool:
    """Tell whether a value is the name of a folder, and no way out of the folder that it lies in."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable() and Path(value).name == value


def private_python(folder: Path) -> Path | None:
    """Return the Python of the private environment in ``folder``, or None."""
    pointer = read_pointer(folder)
    return python_in(folder / pointer["environment"]) if pointer else None


def find_runtime(
    setting: str | os.PathLike[str] | None = None, folder: Path | None = None, bundle: Bundle | None = None
) -> RuntimeStatus:
    """Return the Python the worker shall run in.

    Parameters
    ----------
    setting : str or path
        The preference: a Python, the folder of an environment, or empty for: ``$SOLILOQUY_WORKER_PYTHON``, then the
        private environment, then the bundle, then this very Python when torch or ONNX Runtime is there.
    folder : path
        Folder of the private environment; :func:`default_runtime_folder` when None.
    bundle : Bundle
        What the extension brings along, if anything.

    Returns
    -------
    RuntimeStatus
        ``ok`` is False when nothing was found or when the last check of what was found failed.
    """
    folder = default_runtime_folder() if folder is None else Path(folder)
    text = os.fspath(setting) if setting else ""
    chosen = text or os.environ.get(PYTHON_VARIABLE, "")
    if chosen:
        source = "chosen in the preferences" if text else f"chosen by ${PYTHON_VARIABLE}"
        return _chosen(given_path(chosen), source, folder)
    pointer = read_pointer(folder)
    python = private_python(folder)
    if python is not None:
        return _found(python, "private", "installed by Soliloquy", folder, {"installed": pointer})
    own = Path(sys.executable) if sys.executable else None
    if bundle is not None and bundle.python == own_python() and own is not None and own.is_file():
        details = {"source": "Blender's own Python", "checked": False}
        return RuntimeStatus(own, True, "bundled", BUNDLED, "", bundle, details)
    if pointer:
        return RuntimeStatus(
            None,
            False,
            "none",
            f"The Python that Soliloquy installed in '{folder}' is gone.",
            "Install it again.",
            None,
            {"source": "installed by Soliloquy", "checked": False},
        )
    networks = any(importlib.util.find_spec(name) is not None for name in ("torch", "onnxruntime"))
    if networks and own is not None and own.is_file():
        return _found(own, "own", "the Python that runs this", folder, {})
    message = "No Python with torch is set up yet."
    if bundle is not None:
        message = f"This download of Soliloquy is for Python {bundle.python}, but here runs {own_python()}."
    return RuntimeStatus(None, False, "none", message, MEND, None, {"checked": False})


def _chosen(path: Path, source: str, folder: Path) -> RuntimeStatus:
    # The links of a venv are not resolved: behind them is a Python without its packages.
    path = path.absolute()
    if path.is_file():
        if os.name == "posix" and not os.access(path, os.X_OK):
            return _none(f"'{path}' is not a program.", "Choose the environment's python itself.", source)
        return _found(path, "own", source, folder, {})
    if path.is_dir():
        python = python_in(path) or private_python(path)
        if python is None:
            for name in ("venv", ".venv", "env"):
                python = python or python_in(path / name)
        if python is not None:
            return _found(python, "own", source, folder, {})
        return _none(
            f"There is no Python in the folder '{path}'.", "Choose the folder of a virtual environment.", source
        )
    return _none(
        f"There is no Python at '{path}'.", "Choose another one, or clear the field to let Soliloquy find one.", source
    )


def _none(message: str, mend: str, source: str) -> RuntimeStatus:
    return RuntimeStatus(None, False, "none", message, mend, None, {"source": source, "checked": False})


def _found(python: Path, kind: str, source: str, folder: Path, details: dict[str, Any]) -> RuntimeStatus:
    report: CheckReport | None = remembered_check(python, folder)
    details = {**details, "source": source, "checked": report is not None}
    if report is None:
        return RuntimeStatus(python, True, kind, f"Python {source}: {python} (not checked yet).", "", None, details)
    details["lines"] = report.lines
    return RuntimeStatus(python, report.ok, kind, report.message, report.mend, None, details)
