"""The self-test of a Python, and which Python is found."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import pytest
from work import waits_in

from soliloquy.inference.runtime.check import check_python, remembered_check, start_check
from soliloquy.inference.runtime.locate import find_runtime


@pytest.fixture(autouse=True)
def no_choice_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOLILOQUY_WORKER_PYTHON", raising=False)


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def answers(version: str, **errors: str) -> str:
    import json

    found = {"python": version, "versions": {"torch": "2.13.0"}, "errors": errors, "devices": []}
    return f"echo 'SOLILOQUY {json.dumps(found)}'"


def test_this_python_with_torch_passes_with_versions_and_devices() -> None:
    pytest.importorskip("torch")
    report = check_python(sys.executable)
    assert report.ok, report.lines
    assert set(report.versions) == {"torch", "numpy", "scipy", "safetensors", "av", "transformers", "pyyaml"}
    assert report.devices[-1]["name"] == "cpu"
    assert any(line.startswith("torch ") for line in report.lines)


@pytest.mark.skipif(os.name == "nt", reason="uses shell scripts")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (answers("3.12.1", scipy="ModuleNotFoundError: No module named 'scipy'"), "lacks scipy"),
        (answers("3.12.1", torch="OSError: libcudart.so.13 is missing"), "cannot import torch (OSError: libcudart"),
        (answers("3.8.2"), "Python 3.8.2, too old"),
        ("echo Blender 5.2.0", "is not a Python"),
        ("kill -SEGV $$", "SIGSEGV"),
    ],
)
def test_what_fails_is_said_in_words(tmp_path: Path, text: str, words: str) -> None:
    report = check_python(program(tmp_path / "python", text))
    assert not report.ok
    assert words in report.message
    assert report.mend


@pytest.mark.skipif(os.name == "nt", reason="uses shell scripts")
def test_check_does_not_wait_and_gives_up_in_time(tmp_path: Path) -> None:
    check = start_check(program(tmp_path / "python", "sleep 300"), timeout=0.3)
    assert waits_in(check.poll) == set()
    limit = time.monotonic() + 60
    while (report := check.poll()) is None:
        assert time.monotonic() < limit
        time.sleep(0.01)
    assert "did not answer" in report.message


@pytest.mark.skipif(os.name == "nt", reason="uses shell scripts")
def test_report_is_remembered_until_the_python_changes(tmp_path: Path) -> None:
    python = program(tmp_path / "python", answers("3.12.1", scipy="ModuleNotFoundError: No module named 'scipy'"))
    folder = tmp_path / "runtime"
    assert find_runtime(python, folder).ok  # nothing is known against it yet
    assert not find_runtime(python, folder).details["checked"]
    report = check_python(python, folder=folder)
    assert remembered_check(python, folder) == report
    status = find_runtime(python, folder)
    assert (status.ok, status.python) == (False, python)
    assert "lacks scipy" in status.message
    program(python, answers("3.12.10"))
    assert remembered_check(python, folder) is None


def test_missing_python_is_a_sentence(tmp_path: Path) -> None:
    report = check_python(tmp_path / "nowhere")
    assert "cannot be started" in report.message
    status = find_runtime(tmp_path / "nowhere", tmp_path)
    assert (status.python, status.ok, status.kind) == (None, False, "none")
    assert "There is no Python at" in status.message
    assert status.mend


@pytest.mark.skipif(os.name == "nt", reason="a POSIX layout")
def test_folder_of_an_environment_is_enough(tmp_path: Path) -> None:
    (tmp_path / "project" / ".venv" / "bin").mkdir(parents=True)
    python = program(tmp_path / "project" / ".venv" / "bin" / "python3", "true")
    assert find_runtime(tmp_path / "project" / ".venv", tmp_path).python == python
    assert find_runtime(tmp_path / "project", tmp_path).python == python
    (tmp_path / "empty").mkdir()
    assert "no Python in" in find_runtime(tmp_path / "empty", tmp_path).message


def test_environment_variable_chooses_and_the_setting_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLILOQUY_WORKER_PYTHON", sys.executable)
    assert find_runtime("", tmp_path).python == Path(sys.executable)
    assert find_runtime(tmp_path / "other", tmp_path).python is None
