"""The engines that panels offer: numbers that files keep, the Engines Folder, and what the worker tells of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from engine_page import write_engines
from fake_layout import draw

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.settings import AnimateSettings
from soliloquy.operators import engine_list, request, session
from soliloquy.operators.preferences import preferences

TOLD = {
    "name": "choir", "kind": "face", "title": "Choir", "licence": "CC0", "description": "Sings.", "available": True,
    "why_not": "", "abilities": ["seed"], "source": "package choir",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _with_preferences(_registered: None) -> Iterator[None]:
    addon = bpy.context.preferences.addons.new()
    addon.module = "soliloquy"
    yield
    bpy.context.preferences.addons.remove(addon)


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SOLILOQUY_ENGINES", raising=False)
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(engine_list, "data_folder", lambda *parts: tmp_path / "data")
    engine_list.unregister()
    yield
    preferences().engines_folder = ""
    engine_list.unregister()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_engines(tmp_path / "engines")
    preferences().engines_folder = str(folder)
    engine_list.forget()
    return folder


def _numbers(items: Any) -> dict[str, int]:
    return {item[0]: item[3] for item in items(None, None)}


def test_numbers_that_saved_files_hold_keep_their_meaning() -> None:
    faces = ("DEFAULT", "EMOTE", "TALKSHOW", "MESHTALK")
    bodies = ("PHRASES", "MASKED", "SAMPLED", "PROBTALK", "TALKSHOW", "RELAXED", "NONE")
    assert _numbers(engine_list.face_items) == {name: number for number, name in enumerate(faces)}
    assert _numbers(engine_list.body_items) == {name: number for number, name in enumerate(bodies)}
    # What a new scene begins with is the number 0.
    assert (faces[0].lower(), bodies[0].lower()) == (AnimateSettings().face, AnimateSettings().body)


def test_an_engine_of_the_folder_can_be_chosen_and_reaches_the_order(
    blank_scene: Any, folder: Path, speech_wav: Path
) -> None:
    panel = blank_scene.soliloquy
    panel.source, panel.filepath = "FILE", str(speech_wav)
    panel.face, panel.body = "HUM", "BEAT"
    assert draw("SOLILOQUY_PT_face_engine").labels == []
    settings = request.build(bpy.context, {}).order.settings
    assert (settings.face, settings.body) == ("hum", "beat")
    assert request.build(bpy.context, {"face": "EMOTE"}).order.settings.face == "emote"


def test_a_file_keeps_the_choice_and_says_so_while_the_folder_is_away(
    blank_scene: Any, folder: Path, tmp_path: Path, speech_wav: Path
) -> None:
    blank_scene.soliloquy.face = "HUM"
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    preferences().engines_folder = ""
    bpy.ops.wm.open_mainfile(filepath=path)
    assert "is not here" in " ".join(draw("SOLILOQUY_PT_face_engine").labels)
    with pytest.raises(SoliloquyError, match="not here"):
        request.build(bpy.context, {})
    preferences().engines_folder = str(folder)
    assert bpy.context.scene.soliloquy.face == "HUM"
    assert draw("SOLILOQUY_PT_face_engine").labels == []


def test_what_cannot_be_used_is_named_and_stops_nobody(folder: Path) -> None:
    broken = folder / "torn"
    broken.mkdir()
    (broken / "__init__.py").write_text("SPEC = {", encoding="utf-8")
    engine_list.forget()
    assert "HUM" in _numbers(engine_list.face_items)
    (item,) = engine_list.broken()
    assert item.name == "torn"
    assert "SyntaxError" in item.why_not


def test_an_engine_only_the_worker_has_is_offered_and_remembered(blank_scene: Any, tmp_path: Path) -> None:
    broken = {"kind": "face", "source": "package x"}
    engine_list.heard([TOLD, broken, "nonsense", {**TOLD, "name": "here", "source": "/folder"}, None])
    numbers = _numbers(engine_list.face_items)
    assert "CHOIR" in numbers
    assert "HERE" not in numbers
    blank_scene.soliloquy.face = "CHOIR"
    assert engine_list.can("face", "CHOIR", "seed")
    assert not engine_list.can("face", "CHOIR", "emotion")
    engine_list.unregister()  # the next session
    assert _numbers(engine_list.face_items) == numbers
    assert blank_scene.soliloquy.face == "CHOIR"
    engine_list.heard([{**TOLD, "why_not": "Its file is missing.", "available": False}])
    assert draw("SOLILOQUY_PT_face_engine").labels == ["Its file is missing."]
    for nonsense in (None, {}, "words", [[]]):
        engine_list.heard(nonsense)
        assert "CHOIR" not in _numbers(engine_list.face_items)


def test_what_was_remembered_may_be_damaged(tmp_path: Path) -> None:
    (tmp_path / "data" / "engines.json").write_bytes(b'[{"name": "\xff')
    engine_list.unregister()
    assert "DEFAULT" in _numbers(engine_list.face_items)


def test_the_worker_is_told_of_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from soliloquy.inference.worker import client

    told: list[dict[str, str]] = []

    class Client:
        def __init__(self, *_: Any, environment: dict[str, str], **__: Any) -> None:
            told.append(environment)

        def stop(self) -> None:
            pass

    status = type("Status", (), {"ok": True, "python": Path("python"), "message": "", "mend": "", "bundle": None})
    monkeypatch.setattr(client, "WorkerClient", Client)
    monkeypatch.setattr(session, "runtime_status", lambda refresh=False: status)
    session.get_client()
    assert told == [{"SOLILOQUY_ENGINES": str(folder)}]
    preferences().engines_folder = ""
    assert session.current_client() is None, "a worker that knows another folder is not kept"
