"""One click on a strip chooses who speaks it, what was heard, and the take; choosing a character brings its strip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw
from small_character import add_small_character

from soliloquy.operators import speakers
from soliloquy.operators.choice import anchor, chosen_rig
from soliloquy.rigs import compat

try:
    import aud  # noqa: F401
except ImportError:
    pytest.skip("this bpy was built without Audaspace", allow_module_level=True)


@pytest.fixture
def editor(blank_scene: Any, client: Any, speech_wav: Path) -> Any:
    """Two characters; each has spoken a strip of a channel of its own."""
    client.seconds = 6.5
    made = blank_scene.sequence_editor_create()
    for number, name in enumerate(("Ann", "Bob"), 1):
        add_small_character(bpy, name)
        made.active_strip = compat.new_sound_strip(made, f"line {name}", str(speech_wav), number, 11)
        blank_scene.soliloquy.channel = number
        bpy.ops.soliloquy.animate(character=name, take_name=f"Take of {name}")
    return made


def _click(editor: Any, strip: Any) -> None:
    """Click a strip: Blender makes it active and draws the Sequencer."""
    speakers.look(bpy.context)
    editor.active_strip = strip
    speakers.look(bpy.context)
    if bpy.app.timers.is_registered(speakers.follow_click):
        bpy.app.timers.unregister(speakers.follow_click)
        speakers.follow_click()


def _chosen() -> tuple[str, int]:
    rig = chosen_rig(bpy.context)
    return ("" if rig is None else anchor(rig).name), bpy.context.scene.soliloquy.channel


def _strip(editor: Any, name: str) -> Any:
    return next(strip for strip in compat.top_strips(editor) if strip.name == name)


def test_a_click_on_a_strip_chooses_character_channel_and_take(editor: Any) -> None:
    for name, number in (("Ann", 1), ("Bob", 2), ("Ann", 1)):
        _click(editor, _strip(editor, f"line {name}"))
        assert _chosen() == (name, number)
        shown = bpy.context.window_manager.soliloquy_takes
        assert shown.takes[shown.index].name == f"Take of {name}"


def test_another_strip_of_the_same_channel_is_the_same_speakers(editor: Any, client: Any, speech_wav: Path) -> None:
    for name, number in (("Ann", 1), ("Bob", 2)):
        _click(editor, compat.new_sound_strip(editor, f"next {name}", str(speech_wav), number, 301))
        assert _chosen() == (name, number)
    _click(editor, compat.new_sound_strip(editor, "third", str(speech_wav), 3, 301))
    assert _chosen()[0] == "Bob", "nobody is known to speak there"


def test_choosing_a_character_brings_its_strip_but_not_away_from_a_new_one(editor: Any, speech_wav: Path) -> None:
    settings = bpy.context.scene.soliloquy
    _click(editor, _strip(editor, "line Ann"))
    settings.character = bpy.data.objects["Bob"]
    assert editor.active_strip.name == "line Bob"
    editor.active_strip = compat.new_sound_strip(editor, "new", str(speech_wav), 4, 301)
    settings.character = bpy.data.objects["Ann"]
    assert editor.active_strip.name == "new"


def test_a_strip_of_another_is_said_with_one_button(editor: Any) -> None:
    _click(editor, _strip(editor, "line Ann"))
    for item in bpy.data.objects:
        item.select_set(item.name == "Bob")
    bpy.context.view_layer.objects.active = bpy.data.objects["Bob"]
    drawn = draw("SOLILOQUY_PT_speech")
    assert "Spoken by 'Ann' so far." in " ".join(drawn.labels)
    assert "soliloquy.choose_speaker" in drawn.operators
    bpy.ops.soliloquy.choose_speaker()
    assert _chosen() == ("Ann", 1)
    assert "soliloquy.choose_speaker" not in draw("SOLILOQUY_PT_speech").operators


def test_undo_and_posing_are_no_clicks(editor: Any) -> None:
    _click(editor, _strip(editor, "line Ann"))
    bpy.ops.object.mode_set(mode="POSE")
    _click(editor, _strip(editor, "line Bob"))
    assert _chosen()[0] == "Ann"
    bpy.ops.object.mode_set(mode="OBJECT")
    speakers._history_or_load()
    editor.active_strip = _strip(editor, "line Ann")
    speakers.look(bpy.context)
    assert not bpy.app.timers.is_registered(speakers.follow_click)


def test_of_many_notes_the_oldest_goes(editor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speakers, "_MOST", 2)
    scene, (ann, bob) = bpy.context.scene, (item.character for item in bpy.context.scene.soliloquy.speakers)
    speakers.remember(scene, _strip(editor, "line Ann"), bob, track=1, channel=1)
    assert [item.character for item in scene.soliloquy.speakers] == [bob, bob]
    assert ann not in [item.character for item in scene.soliloquy.speakers]
