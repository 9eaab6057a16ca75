"""A take whose character goes away while it is made: it waits, and is put back when the character is there again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw

from soliloquy.operators import jobs, regenerate, request, session, tidy_up, waiting
from soliloquy.rigs.rig import find_rig, rigs_in_scene
from soliloquy.rigs.takes.take import takes_of

PANEL = "SOLILOQUY_PT_takes"


def _rig(name: str = "Hamlet") -> Any:
    found = find_rig(bpy.data.objects.get(name))
    assert found is not None
    return found


def _names(name: str = "Hamlet") -> list[str]:
    return [take.name for take in takes_of(_rig(name))]


def _tick(times: int = 5) -> None:
    for _ in range(times):
        session.tick()


@pytest.fixture
def held(blank_scene: Any, client: Any, speech_wav: Path, tmp_path: Path) -> Any:
    """A saved file with a character, and a take of it that is being made."""
    blank_scene.render.fps = 30
    bpy.ops.soliloquy.add_character(name="Hamlet")
    bpy.context.scene.soliloquy.source = "FILE"
    bpy.context.scene.soliloquy.filepath = str(speech_wav)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "play.blend"))
    client.outcome = "hold"
    jobs.submit(request.build(bpy.context, {"take_name": "Soliloquy", "first_frame": 7}))
    return client


def _arrive(client: Any) -> None:
    client.outcome = "done"
    _tick()
    assert not jobs.running()


def test_after_revert_the_take_goes_to_the_character_as_it_is_now(held: Any) -> None:
    bpy.ops.wm.revert_mainfile()
    _arrive(held)
    assert _names() == ["Soliloquy"]
    assert takes_of(_rig())[0].first_frame == 7.0
    assert session.last_error() is None
    assert waiting.waiting() == []


def test_after_new_file_the_take_waits_for_its_own_file(held: Any, tmp_path: Path) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    _arrive(held)
    assert "The character 'Hamlet' is gone, so the performance waits" in session.last_error().message
    drawn = draw(PANEL)
    assert "'demo_speech.flac' waits for the character 'Hamlet'." in " ".join(drawn.labels)
    assert "soliloquy.put_waiting" in drawn.disabled, "there is no character to put it onto"
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "play.blend"))
    _tick()
    assert _names() == ["Soliloquy"]
    assert "'Hamlet' is there again" in session.notice()
    assert session.last_error() is None
    assert [item.name for item in bpy.context.window_manager.soliloquy_takes.takes] == ["Soliloquy"]
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.soliloquy.add_character(name="Hamlet")
    _tick()
    assert _names() == [], "once only"


def test_a_namesake_in_another_file_is_asked_first(held: Any, tmp_path: Path) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    _arrive(held)
    bpy.ops.soliloquy.add_character(name="Hamlet")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "other.blend"))
    _tick()
    assert _names() == []
    assert "soliloquy.put_waiting" in draw(PANEL).operators
    assert "soliloquy.put_waiting" not in draw(PANEL).disabled
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.soliloquy.put_waiting() == {"FINISHED"}
    assert _names() == ["Soliloquy"]
    assert waiting.waiting() == []
    bpy.ops.ed.undo()
    assert _names() == []


def test_after_undo_and_redo_the_take_is_there(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.ed.undo_push(message="empty")
    bpy.ops.soliloquy.add_character(name="Hamlet")
    bpy.ops.ed.undo_push(message="character")
    client.outcome = "hold"
    jobs.submit(request.build(bpy.context, {"filepath": str(speech_wav), "take_name": "Soliloquy"}))
    bpy.ops.ed.undo()
    assert rigs_in_scene(bpy.context.scene) == []
    _arrive(client)
    assert len(waiting.waiting()) == 1
    bpy.ops.ed.redo()
    _tick()
    assert _names() == ["Soliloquy"]
    assert waiting.waiting() == []
    bpy.ops.ed.undo()
    assert _names() == [], "the take alone is undone"


def test_a_character_added_again_under_the_name_gets_it(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    client.outcome = "hold"
    jobs.submit(request.build(bpy.context, {"filepath": str(speech_wav), "take_name": "First"}))
    for item in list(bpy.data.objects):
        bpy.data.objects.remove(item)
    _arrive(client)
    bpy.ops.soliloquy.add_character()
    _tick()
    assert _names("Soliloquy") == ["First"]


def test_a_namesake_in_another_new_file_is_asked_first(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    """Two files that were never saved are two files, and everybody's first character has the same name."""
    client.outcome = "hold"
    jobs.submit(request.build(bpy.context, {"filepath": str(speech_wav), "take_name": "First"}))
    bpy.ops.wm.read_homefile(use_empty=True)
    _arrive(client)
    bpy.ops.soliloquy.add_character()
    _tick()
    assert _names("Soliloquy") == []
    assert bpy.ops.soliloquy.put_waiting() == {"FINISHED"}
    assert _names("Soliloquy") == ["First"]


def test_saving_under_another_name_meanwhile_is_followed(held: Any, tmp_path: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "renamed.blend"))
    bpy.ops.wm.revert_mainfile()
    _arrive(held)
    assert _names() == ["Soliloquy"]


def test_a_part_waits_for_its_take(held: Any, client: Any, tmp_path: Path) -> None:
    _arrive(held)
    bpy.ops.wm.save_mainfile()
    client.outcome = "hold"
    regenerate._looked.clear()
    jobs.submit(
        regenerate.build(bpy.context, _rig(), takes_of(_rig())[0], {"first": 10, "last": 25, "left_arm": True})
    )  # fmt: skip
    bpy.ops.wm.read_homefile(use_empty=True)
    _arrive(client)
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "play.blend"))
    _tick()
    assert _names() == ["Soliloquy", "Soliloquy part"]


def test_a_part_whose_take_is_gone_too_becomes_a_take_of_its_own(held: Any, client: Any, tmp_path: Path) -> None:
    _arrive(held)
    client.outcome = "hold"
    regenerate._looked.clear()
    jobs.submit(
        regenerate.build(bpy.context, _rig(), takes_of(_rig())[0], {"first": 10, "last": 25, "left_arm": True})
    )  # fmt: skip
    bpy.ops.wm.revert_mainfile()
    _arrive(client)
    assert _names() == []
    assert "waits for the take of 'Hamlet' that the part is for" in " ".join(draw(PANEL).labels)
    bpy.ops.soliloquy.put_waiting()
    assert len(_names()) == 1
    assert takes_of(_rig())[0].meta["regenerated"]


def test_what_waits_is_not_tidied_up_and_can_be_forgotten(held: Any) -> None:
    bpy.ops.wm.read_homefile(use_empty=True)
    _arrive(held)
    path = Path(waiting.waiting()[0].order.output)
    bpy.ops.soliloquy.tidy_up()
    assert path.is_file()
    assert bpy.ops.soliloquy.forget_waiting() == {"FINISHED"}
    assert not bpy.ops.soliloquy.forget_waiting.poll()
    assert path.is_file()
    assert tidy_up.summary() == ""
    bpy.ops.soliloquy.add_character(name="Hamlet")
    bpy.ops.soliloquy.load_performance(filepath=str(path))
    assert _names() == [path.stem]
