"""Programs are found on the PATH and never in the folder that happens to be the current one."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from soliloquy.inference.programs import find_program, search


def program(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("here", ["", ".", "./", ".."])
def test_the_current_folder_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str) -> None:
    program(tmp_path / "scene", "uv")
    program(tmp_path, "uv")
    good = program(tmp_path / "bin", "uv")
    monkeypatch.chdir(tmp_path / "scene")
    monkeypatch.setenv("PATH", os.pathsep.join([here, "bin", str(good.parent)]))
    assert find_program("uv") == good
    monkeypatch.setenv("PATH", here)
    assert find_program("uv") is None


def test_windows_extensions_are_tried_in_absolute_folders_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "scene", "nvidia-smi.EXE")
    good = program(tmp_path / "bin", "nvidia-smi.EXE")
    monkeypatch.chdir(tmp_path / "scene")
    folders = [".", "", str(good.parent)]
    assert search("nvidia-smi", folders, [".COM", ".EXE"]) == good
    assert search("nvidia-smi.EXE", folders, [".COM", ".EXE"]) == good
    assert search("nvidia-smi", [".", ""], [".COM", ".EXE"]) is None


def test_a_path_with_a_folder_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blender = program(tmp_path, "blender")
    monkeypatch.chdir(tmp_path)
    assert find_program("./blender") == blender
    assert find_program(str(blender)) == blender
    assert find_program(str(tmp_path / "none")) is None
    assert find_program("") is None


def test_no_other_module_looks_programs_up(root: Path) -> None:
    sources = [path for folder in ("inference", "shell", "operators", "rigs") for path in (root / folder).rglob("*.py")]
    users = [
        str(path.relative_to(root))
        for path in sources
        if path.name != "programs.py" and re.search(r"shutil\.which\(|os\.system\(", path.read_text(encoding="utf-8"))
    ]
    assert users == []
