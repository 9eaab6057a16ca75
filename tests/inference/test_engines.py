"""The list of engines and the devices they run on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from soliloquy.inference import engines
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.torch_device import resolve_device


def test_every_engine_says_what_it_is() -> None:
    infos = {(info.kind, info.name): info for info in engines.list_engines()}
    assert {("face", "default"), ("body", "relaxed"), ("body", "none")} <= set(infos)
    for info in infos.values():
        assert info.title
        assert info.licence
        assert info.description
        assert info.available == (not info.why_not)


def test_listing_engines_imports_no_torch(root: Path) -> None:
    code = "import sys, soliloquy.inference.engines as e; e.list_engines(); print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root.parent)
    assert answer.stdout.strip() == "False"


def test_unknown_engine_is_refused_with_the_choices() -> None:
    with pytest.raises(SoliloquyError, match="abacus") as refused:
        engines.face_engine("abacus")
    assert "default" in refused.value.hint
    assert "talkshow" in refused.value.hint


@pytest.mark.parametrize("name", ["emote", "talkshow", "meshtalk"])
def test_published_engines_say_what_to_bring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path))
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: object())
    info = next(info for info in engines.list_engines() if info.name == name)
    assert not info.available
    assert str(tmp_path / name) in info.why_not
    assert "https://" in info.why_not
    assert "you bring the weights" in info.licence
    with pytest.raises(SoliloquyError, match="cannot run") as refused:
        engines.face_engine(name)
    assert refused.value.kind == "missing_files"
    assert refused.value.hint
    assert engines.missing_files(engines.find_engine("face", "default")) == ""
    assert str(tmp_path / name) in engines.missing_files(engines.find_engine("face", name))


def test_published_engine_is_made_of_the_files_that_are_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path))
    checkpoint = tmp_path / "talkshow" / "smplx_S2G-face-3d" / "ckpt-99.pth"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"")
    assert next(info for info in engines.list_engines() if info.name == "talkshow").available
    engine = engines.face_engine("talkshow")
    assert engine.name == "talkshow"
    assert engine.weights == checkpoint


def test_body_engine_is_no_face_engine() -> None:
    with pytest.raises(SoliloquyError):
        engines.face_engine("relaxed")


def test_missing_weights_make_the_engine_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr(engines, "ROOT", tmp_path)
    info = next(info for info in engines.list_engines() if info.kind == "face")
    assert not info.available
    assert "missing" in info.why_not
    with pytest.raises(SoliloquyError, match="missing") as refused:
        engines.face_engine("default")
    assert refused.value.kind == "missing_files"


def test_devices() -> None:
    torch = pytest.importorskip("torch")
    assert resolve_device("cpu") == "cpu"
    assert resolve_device("auto") in ("cpu", "cuda", "mps")
    with pytest.raises(SoliloquyError, match="abacus"):
        resolve_device("abacus")
    if not torch.cuda.is_available():
        with pytest.raises(SoliloquyError, match="cuda"):
            resolve_device("cuda")


def test_without_torch_the_face_engine_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: None)
    info = next(info for info in engines.list_engines() if info.kind == "face")
    assert not info.available
    with pytest.raises(SoliloquyError) as refused:
        engines.face_engine("default")
    assert refused.value.kind == "missing_runtime"
