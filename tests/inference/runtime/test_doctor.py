"""The doctor finds what is broken and says the mend."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest

from soliloquy.inference.body.engines import BODIES, ROOT
from soliloquy.inference.runtime import doctor
from soliloquy.inference.runtime.doctor import can_animate, diagnose
from soliloquy.inference.settings import AnimateSettings


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


@pytest.mark.parametrize("damage", ["cut", "garbage", "missing", "other"])
def test_damaged_weights_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    name = "phones.safetensors"
    copy = tmp_path / name
    shutil.copy(doctor.WEIGHTS / name, copy)
    content = copy.read_bytes()
    if damage == "cut":
        copy.write_bytes(content[: len(content) // 2])
    elif damage == "garbage":
        copy.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    elif damage == "missing":
        copy.unlink()
    else:
        copy.with_suffix(".md").write_text(f"| file sha256 | `{'0' * 64}` |\n")
    monkeypatch.setattr(doctor, "WEIGHTS", tmp_path)
    finding = doctor._weights(name)
    assert not finding.ok
    assert finding.mend


@pytest.mark.parametrize("damage", ["none", "cut", "bit", "missing"])
def test_a_damaged_library_of_gestures_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    path = tmp_path / "models" / "weights" / "gestures.safetensors"
    path.parent.mkdir(parents=True)
    content = bytearray((ROOT / BODIES["phrases"].file).read_bytes())
    path.with_suffix(".md").write_text(f"| file sha256 | {hashlib.sha256(content).hexdigest()} |", encoding="utf-8")
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "bit":
        content[len(content) // 3] ^= 8
    if damage != "missing":
        path.write_bytes(content)
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    finding = doctor._body("phrases")
    assert finding.ok == (damage == "none")
    assert bool(finding.mend) == (damage != "none")
    assert finding.ok or finding.needed == (AnimateSettings().body == "phrases")


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
    finding = doctor._published("talkshow")
    assert not finding.ok
    assert can_animate([finding])
    assert str(tmp_path / "talkshow") in finding.message
    (tmp_path / "talkshow").mkdir()
    (tmp_path / "talkshow" / "face.pth").write_bytes(b"")
    finding = doctor._published("talkshow")
    assert finding.ok
    assert "face.pth" in finding.message
    assert "research" in finding.message
