"""Runs a script in a real Blender with windows that has the built zip at hand, and returns the report it writes."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_BUILT: list[Path] = []
"""The zip, built for the first of a run's sessions."""


def _worker_python() -> str:
    named = os.environ.get("SOLILOQUY_WORKER_PYTHON")
    if named:
        return named
    if importlib.util.find_spec("torch") is None:
        pytest.skip("NO WINDOW TEST: name a Python with torch in SOLILOQUY_WORKER_PYTHON.")
    return sys.executable


def run_in_window(script: Path, output: Path, speech: Path, folder: Path) -> dict[str, Any]:
    """Return what a session of an artist reports.

    Parameters
    ----------
    script : Path
        Run by Blender with the arguments ZIP WORKER_PYTHON AUDIO OUTPUT_FOLDER; writes ``report.json`` and pictures.
    output : Path
        Folder for those; emptied first.
    speech : Path
        A recording.
    folder : Path
        An empty folder for Blender's resources.
    """
    pytest.importorskip("bpy", reason="NO WINDOW TEST: the extension's builder comes with bpy.")
    blender = os.environ.get("BLENDER")
    if not blender:
        pytest.skip("NO WINDOW TEST: set BLENDER to the executable of a Blender that can open windows.")
    worker = _worker_python()
    from soliloquy import extension_build

    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    if not _BUILT:
        _BUILT.append(extension_build.build(folder / "dist"))
    (folder / "resources").mkdir()
    environment = {
        **os.environ,
        "BLENDER_USER_RESOURCES": str(folder / "resources"),
        "SOLILOQUY_RUNTIME": str(folder / "runtime"),
    }
    environment.pop("SOLILOQUY_WORKER_PYTHON", None)
    command = [
        blender,
        "--factory-startup",
        "--window-geometry",
        "0",
        "0",
        "1600",
        "900",
        "--python",
        str(script),
        "--",
    ]
    finished = subprocess.run(
        [*command, str(_BUILT[0]), worker, str(speech), str(output)],
        check=False, env=environment, cwd=folder, capture_output=True, text=True, timeout=1000,
    )  # fmt: skip
    (output / "blender.log").write_text(finished.stdout + finished.stderr, encoding="utf-8")
    report = output / "report.json"
    assert report.is_file(), finished.stdout + finished.stderr
    return json.loads(report.read_text(encoding="utf-8"))
