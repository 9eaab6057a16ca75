"""The doctor finds what is broken and says the mend."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from soliloquy.inference.face.talkshow.system import SYSTEM
from soliloquy.inference.runtime import doctor
from soliloquy.inference.runtime.doctor import can_animate, diagnose


@pytest.fixture(autouse=True)
def no_choice_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOLILOQUY_WORKER_PYTHON", raising=False)


def test_whole_installation_is_well(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    findings = {finding.name: finding for finding in diagnose(sys.executable, tmp_path)}
    assert can_animate(list(findings.values())), [finding for finding in findings.values() if not finding.ok]
    assert findings["torch"].message.startswith("2.")
    assert "cpu" in findings["devices"].message


def test_missing_python_is_found_with_its_mend(tmp_path: Path) -> None:
    findings = diagnose(tmp_path / "nowhere", tmp_path)
    runtime = next(finding for finding in findings if finding.name == "runtime")
    assert not runtime.ok
    assert runtime.mend
    assert not can_animate(findings)


def test_every_file_of_ours_that_moves_the_body_is_looked_at(tmp_path: Path) -> None:
    names = {finding.name for finding in diagnose(tmp_path / "nowhere", tmp_path)}
    assert {"gestures.safetensors", "probtalk.safetensors", "talkshow_body.safetensors"} <= names


def test_nothing_of_blender_is_a_lack_but_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(doctor, "find_blender", lambda given=None: None)
    finding = doctor._blender()
    assert not finding.ok
    assert can_animate([finding])


def test_official_files_are_named_with_their_licence_and_are_no_obstacle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path))
    finding = doctor._published(SYSTEM)
    assert not finding.ok
    assert can_animate([finding])
    assert str(tmp_path / "talkshow") in finding.message
    (tmp_path / "talkshow").mkdir()
    (tmp_path / "talkshow" / "face.pth").write_bytes(b"")
    finding = doctor._published(SYSTEM)
    assert finding.ok
    assert "face.pth" in finding.message
    assert "research" in finding.message
