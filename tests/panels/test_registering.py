"""The add-on comes and goes without a trace, also at the end of Blender's process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("bpy")

PROGRAM = """
import bpy, soliloquy
for _ in range(2):
    soliloquy.register()
    bpy.context.scene.soliloquy.energy = 1.5
    soliloquy.unregister()
    assert not hasattr(bpy.types.Scene, "soliloquy")
print("DONE")
"""


def test_registered_twice_and_taken_back_blender_ends_well(root: Path, tmp_path: Path) -> None:
    package = tmp_path / "soliloquy"
    package.symlink_to(root, target_is_directory=True)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "DONE" in done.stdout, done.stderr
    assert done.returncode == 0  # a class of Blender 4.2 that keeps a function lets the process fall at its end
