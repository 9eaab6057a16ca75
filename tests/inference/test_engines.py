"""The list of engines and the devices they run on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from soliloquy.inference import engines, face
from soliloquy.inference.errors import SoliloquyError


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
    with pytest.raises(SoliloquyError, match="emote") as refused:
        engines.face_engine("emote")
    assert "default" in refused.value.hint


def test_body_engine_is_no_face_engine() -> None:
    with pytest.raises(SoliloquyError):
        engines.face_engine("relaxed")


def test_missing_weights_make_the_engine_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr(face, "WEIGHTS", tmp_path / "face.safetensors")
    info = next(info for info in engines.list_engines() if info.kind == "face")
    assert not info.available
    assert "missing" in info.why_not
    with pytest.raises(SoliloquyError, match="missing") as refused:
        engines.face_engine("default")
    assert refused.value.kind == "missing_model"


def test_devices() -> None:
    torch = pytest.importorskip("torch")
    assert engines.resolve_device("cpu") == "cpu"
    assert engines.resolve_device("auto") in ("cpu", "cuda", "mps")
    with pytest.raises(SoliloquyError, match="abacus"):
        engines.resolve_device("abacus")
    if not torch.cuda.is_available():
        with pytest.raises(SoliloquyError, match="cuda"):
            engines.resolve_device("cuda")


def test_without_torch_the_face_engine_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: None)
    info = next(info for info in engines.list_engines() if info.kind == "face")
    assert not info.available
    with pytest.raises(SoliloquyError) as refused:
        engines.face_engine("default")
    assert refused.value.kind == "missing_runtime"
