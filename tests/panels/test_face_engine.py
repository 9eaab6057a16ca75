"""The choice of the face engine: what is missing can be read, and the choice reaches the order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw

from soliloquy.operators import engine_list

PANEL = "SOLILOQUY_PT_face_engine"


@pytest.fixture(autouse=True)
def _models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path / "models"))
    engine_list.forget()


def test_own_engine_needs_nothing(blank_scene: Any) -> None:
    drawn = draw(PANEL)
    assert drawn.properties == ["face"]
    assert drawn.labels == []
    assert drawn.operators == []


def test_a_published_engine_says_what_is_missing_until_it_is_there(blank_scene: Any, tmp_path: Path) -> None:
    blank_scene.soliloquy.face = "TALKSHOW"
    drawn = draw(PANEL)
    assert "TalkSHOW's official weights are not there" in " ".join(drawn.labels)
    assert drawn.operators == ["soliloquy.models_folder"]
    assert bpy.ops.soliloquy.models_folder() == {"FINISHED"}
    assert {path.name for path in (tmp_path / "models").iterdir()} == {
        "emote", "talkshow", "meshtalk", "probtalk", "flame",
    }  # fmt: skip
    (tmp_path / "models" / "talkshow" / "face.pth").write_bytes(b"")
    engine_list.forget()
    assert "Only the jaw speaks" in " ".join(draw(PANEL).labels)
    (tmp_path / "models" / "flame" / "generic_model.pkl").write_bytes(b"")
    engine_list.forget()
    assert draw(PANEL).labels == []


def test_the_choice_reaches_the_order(blank_scene: Any, speech_wav: Path) -> None:
    from soliloquy.operators import request

    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    assert request.build(bpy.context, {}).order.settings.face == "default"
    blank_scene.soliloquy.face = "MESHTALK"
    assert request.build(bpy.context, {}).order.settings.face == "meshtalk"
    assert request.build(bpy.context, {"face": "EMOTE"}).order.settings.face == "emote"
