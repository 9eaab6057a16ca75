"""Idle: a character that waits or listens from the current frame on, without a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.orders.idle import IdleJob
from soliloquy.operators import session, speakers
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.compat import new_sound_strip
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.strip_identity import identify
from soliloquy.rigs.takes.take import takes_of


def test_the_button_lets_the_character_live_from_the_current_frame_on(blank_scene: Any, client: Any) -> None:
    panel = blank_scene.soliloquy
    panel.listening, panel.posture, panel.emotion, panel.idle_seconds = 0.8, "SEATED", "HAPPY", 4.0
    # Nobody speaks: what only speech has says nothing here.
    panel.voice_emotion, panel.lead_in, panel.transcript = 1.0, 3.0, "Not a word of it."
    blank_scene.frame_set(31)
    assert bpy.ops.soliloquy.idle() == {"FINISHED"}
    (order,) = client.orders
    assert isinstance(order, IdleJob)
    assert order.audio.stop == 4.0
    said = order.settings
    assert (said.listening, said.gestures.posture, said.emotion) == (pytest.approx(0.8), "seated", "happy")
    assert (said.voice_emotion, said.lead_in, said.words.transcript) == (0.0, 0.0, "")
    rig = find_rig(panel.character)
    assert rig is not None
    (take,) = takes_of(rig)
    assert take.first_frame == 31.0


def test_a_script_says_how_long_and_who(blank_scene: Any, client: Any) -> None:
    one, other = add_character(bpy.context), add_character(bpy.context, location=(1.0, 0.0, 0.0))
    name = other.armature.name
    assert bpy.ops.soliloquy.idle(seconds=2.5, character=name, take_name="Waits", first_frame=100) == {"FINISHED"}
    assert client.orders[0].audio.stop == 2.5
    assert [take.name for take in takes_of(other)] == ["Waits"]
    assert takes_of(one) == []


def test_who_listens_to_a_strip_lives_as_long_as_it_is_heard(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    speaker, listener = add_character(bpy.context), add_character(bpy.context, location=(1.0, 0.0, 0.0))
    editor = blank_scene.sequence_editor_create()
    strip = new_sound_strip(editor, "Hers", str(speech_wav), 1, 50)
    name = listener.armature.name
    assert bpy.ops.soliloquy.idle(listen_to="Hers", listening=1.0, character=name) == {"FINISHED"}
    order = client.orders[-1]
    (line,) = order.heard
    assert line.audio.path == str(speech_wav)
    assert line.at == pytest.approx(0.0)
    assert order.audio.stop == pytest.approx(line.audio.stop - line.audio.start, abs=1e-4)
    assert takes_of(listener)[0].first_frame == 50.0
    # The active strip, where another character has spoken it.
    editor.active_strip = strip
    blank_scene.frame_set(26)
    assert bpy.ops.soliloquy.idle(seconds=4.0, listening=1.0, character=name) == {"FINISHED"}
    assert client.orders[-1].heard == ()
    identify(strip, blank_scene)
    speakers.remember(blank_scene, strip, speaker.armature, track=0, channel=0)
    blank_scene.soliloquy.character = listener.armature
    assert bpy.ops.soliloquy.idle(seconds=4.0, listening=1.0) == {"FINISHED"}
    (line,) = client.orders[-1].heard
    assert line.audio.path == str(speech_wav)
    assert line.at == pytest.approx(24 / (blank_scene.render.fps / blank_scene.render.fps_base))
    with pytest.raises(RuntimeError, match="There is no sound strip 'His'"):
        bpy.ops.soliloquy.idle(listen_to="His")


def test_between_lines_a_character_listens_and_waits(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    one, other = add_character(bpy.context), add_character(bpy.context, location=(1.0, 0.0, 0.0))
    name = one.armature.name
    with pytest.raises(RuntimeError, match="No take plays"):
        bpy.ops.soliloquy.between_lines(character=name)
    fps = blank_scene.render.fps / blank_scene.render.fps_base
    blank_scene.frame_start, blank_scene.frame_end = 1, 400
    for first in (50, 250):
        bpy.ops.soliloquy.idle(seconds=2.0, character=name, first_frame=first)
    editor = blank_scene.sequence_editor_create()
    hers = new_sound_strip(editor, "Hers", str(speech_wav), 1, 120)
    identify(hers, blank_scene)
    speakers.remember(blank_scene, hers, other.armature, track=0, channel=0)
    new_sound_strip(editor, "Hers too", str(speech_wav), 1, 220)  # below the same character's
    before = len(client.orders)
    assert bpy.ops.soliloquy.between_lines(character=name, seed=3) == {"FINISHED"}
    made = client.orders[before:]
    assert [len(order.heard) for order in made] == [0, 2, 1]
    assert 0 < made[1].heard[0].at < made[1].heard[1].at
    assert made[1].settings.listening == 1.0
    seeds = [order.settings.seed for order in made]
    assert seeds == [seeds[0], seeds[0] + 1, seeds[0] + 2]
    assert seeds[0] != 3, "somebody else who listens meanwhile would nod with it"
    lines = [take for take in takes_of(one) if "Between" not in take.name]
    starts, ends = [take.first_frame for take in lines], [take.last_frame for take in lines]
    gaps = zip([1.0, *ends], [*starts, 400.0], strict=True)
    assert [order.audio.stop for order in made] == pytest.approx(
        [(stop - start) / fps for start, stop in gaps], abs=1e-4
    )
    assert sorted(take.first_frame for take in takes_of(one) if take.active) == sorted([1.0, *starts, *ends])
    blank_scene.frame_start, blank_scene.frame_end = 55, 65
    with pytest.raises(RuntimeError, match="no gap"):
        bpy.ops.soliloquy.between_lines(character=name)


def test_nothing_to_animate_is_a_sentence(blank_scene: Any, client: Any) -> None:
    blank_scene.soliloquy.regions = set()
    with pytest.raises(RuntimeError, match="Nothing is chosen to animate"):
        bpy.ops.soliloquy.idle()
    assert client.orders == []
    assert session.last_error() is not None
