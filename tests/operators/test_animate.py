"""Animate: what is ordered from the worker, and what is in the scene afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.errors import BadAudio
from soliloquy.operators import jobs, request, session, take_list
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.take import takes_of


def _takes(scene: Any) -> list[Any]:
    rig = find_rig(scene.soliloquy.character)
    return takes_of(rig) if rig is not None else []


def _press() -> None:
    """Do what the button does; without a window Blender would run the waiting form of the operator instead."""
    jobs.submit(request.build(bpy.context, {}))


def _until_finished() -> None:
    for _ in range(20):
        session.tick()
        if not jobs.running():
            return
    raise AssertionError("the job does not end")


def test_a_file_becomes_a_take_on_a_new_character(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    blank_scene.frame_set(11)
    assert bpy.ops.soliloquy.animate(filepath=str(speech_wav), emotion="HAPPY", intensity=0.25, seed=9) == {"FINISHED"}
    order = client.orders[0]
    assert order.audio.path == str(speech_wav)
    assert (order.settings.emotion, order.settings.intensity, order.settings.seed) == ("happy", 0.25, 9)
    (take,) = _takes(blank_scene)
    assert take.first_frame == pytest.approx(11.0)
    assert take.meta["keys"] > 10
    assert blank_scene.soliloquy.character.name == "Soliloquy"
    assert Path(order.output).is_file()


def test_script_arguments_go_before_the_panel(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    panel = blank_scene.soliloquy
    panel.source, panel.filepath, panel.emotion, panel.head_motion = "FILE", str(speech_wav), "SAD", 0.5
    panel.regions = {"LIPS", "HEAD"}
    bpy.ops.soliloquy.animate(emotion="ANGRY", start=1.0, stop=2.0, first_frame=40.5, take_name="Cold read")
    order = client.orders[0]
    assert order.settings.emotion == "angry"
    assert order.settings.head_motion == 0.5
    assert order.settings.regions == ("lips", "head")
    assert (order.audio.start, order.audio.stop) == (1.0, 2.0)
    (take,) = _takes(blank_scene)
    assert (take.name, take.regions, take.first_frame) == ("Cold read", ("lips", "head"), 40.5)


def test_a_lead_in_begins_before_the_sound(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    blank_scene.render.fps = 30
    bpy.ops.soliloquy.animate(
        filepath=str(speech_wav), start=0.0, stop=2.0, first_frame=100, lead_in=2.0, lead_out=1.0, add_sound=True
    )
    settings = client.orders[0].settings
    assert (settings.lead_in, settings.lead_out) == (2.0, 1.0)
    (take,) = _takes(blank_scene)
    assert take.first_frame == pytest.approx(40.0)
    (sound,) = (
        blank_scene.sequence_editor.strips_all
        if hasattr(blank_scene.sequence_editor, "strips_all")
        else blank_scene.sequence_editor.sequences_all
    )
    assert sound.frame_final_start == 100


def test_the_scenes_frame_rate_is_used(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    blank_scene.render.fps, blank_scene.render.fps_base = 24, 1.001
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert client.orders[0].settings.fps == pytest.approx(24 / 1.001)


@pytest.mark.parametrize("extend", [True, False])
def test_scene_grows_with_the_take_when_asked(blank_scene: Any, client: Any, speech_wav: Path, extend: bool) -> None:
    blank_scene.frame_end = 20
    blank_scene.soliloquy.extend_scene = extend
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), first_frame=100)
    assert (blank_scene.frame_end > 100) is extend


def test_pressing_again_makes_another_take(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    first, second = _takes(blank_scene)
    assert first.name != second.name
    assert (first.active, second.active) == (False, True)
    assert client.orders[0].output != client.orders[1].output


def test_undo_takes_the_take_away(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.add_character()
    bpy.ops.ed.undo_push(message="before")
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert len(_takes(bpy.context.scene)) == 1
    bpy.ops.ed.undo()
    assert bpy.context.scene.soliloquy.character is not None
    assert _takes(bpy.context.scene) == []


def test_invoked_it_returns_at_once_and_bakes_later(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    client.outcome = "hold"
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    _press()
    session.tick()
    assert len(jobs.running()) == 1
    assert _takes(blank_scene) == []
    client.outcome = "done"
    _until_finished()
    assert len(_takes(blank_scene)) == 1
    assert "keys" in session.notice()


def test_what_is_odd_about_the_recording_is_shown_and_stays_with_the_take(
    blank_scene: Any, client: Any, speech_wav: Path
) -> None:
    client.warnings = ["'speech.wav' is cut short: the 2.00 s that are there were read."]
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert "is cut short" in session.notice()
    take_list.refresh()
    shown = bpy.context.window_manager.soliloquy_takes.takes[0]
    assert shown.warnings == client.warnings[0]


def test_the_channel_and_track_that_are_chosen_are_ordered(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    blank_scene.soliloquy.channel, blank_scene.soliloquy.track = 2, 3
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert (client.orders[-1].audio.channel, client.orders[-1].audio.track) == (2, 3)
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), channel=1)
    assert (client.orders[-1].audio.channel, client.orders[-1].audio.track) == (1, 3)


def test_cancel_changes_nothing_in_the_scene(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.add_character()
    assert not bpy.ops.soliloquy.cancel.poll()
    client.outcome = "hold"
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    _press()
    assert bpy.ops.soliloquy.cancel.poll()
    bpy.ops.soliloquy.cancel()
    _until_finished()
    assert _takes(blank_scene) == []
    assert session.last_error() is None
    assert session.notice() == "Cancelled."


def test_a_character_that_vanished_keeps_the_performance(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    client.outcome = "hold"
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    _press()
    bpy.data.objects.remove(blank_scene.soliloquy.character)
    client.outcome = "done"
    _until_finished()
    error = session.last_error()
    assert error is not None
    assert "is gone" in error.message
    assert client.orders[0].output in error.hint
    assert Path(client.orders[0].output).is_file()


def test_opening_another_file_meanwhile_is_survived(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    client.outcome = "hold"
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    _press()
    bpy.ops.wm.read_homefile(use_empty=True)
    client.outcome = "done"
    _until_finished()
    assert "is gone" in session.last_error().message


def test_a_renamed_character_is_found_again(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    client.outcome = "hold"
    blank_scene.soliloquy.source, blank_scene.soliloquy.filepath = "FILE", str(speech_wav)
    _press()
    blank_scene.soliloquy.character.name = "Hamlet"
    client.outcome = "done"
    _until_finished()
    assert len(_takes(blank_scene)) == 1


def test_the_workers_error_reaches_script_and_panel(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    client.outcome = BadAudio("The recording is silent.", "Choose another.")
    with pytest.raises(RuntimeError, match=r"The recording is silent\. Choose another\."):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert session.last_error() is client.outcome
    client.outcome = "done"
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert session.last_error() is None


def test_another_file_shows_nothing_of_what_was_said_about_the_last(
    blank_scene: Any, client: Any, speech_wav: Path
) -> None:
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    who = blank_scene.soliloquy.character.name
    assert session.notice().startswith(f"{who}, Take 1: ")
    assert "keys in" in session.notice()
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert session.notice() == ""
    with pytest.raises(RuntimeError):
        bpy.ops.soliloquy.animate()
    assert session.last_error() is not None
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert session.last_error() is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"filepath": "/nowhere/at/all.wav"}, "There is no sound file at"),
        ({"filepath": "//"}, "is a folder"),
        ({}, "No sound strip is selected"),
        ({"regions": set()}, "Nothing is chosen to animate|No sound strip"),
        ({"character": "Nobody"}, "There is no object 'Nobody'|No sound strip"),
        ({"filepath": "{speech}", "first_frame": float("nan")}, "first_frame=nan cannot be used"),
    ],
)
def test_what_cannot_work_is_said_in_a_sentence(
    blank_scene: Any, client: Any, speech_wav: Path, given: dict[str, Any], sentence: str
) -> None:
    if given.get("filepath") == "{speech}":
        given = {**given, "filepath": str(speech_wav)}
    with pytest.raises(RuntimeError, match=sentence):
        bpy.ops.soliloquy.animate(**given)
    assert client.orders == []


def test_two_characters_and_none_chosen_is_a_question(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.add_character(name="Romeo")
    bpy.ops.soliloquy.add_character(name="Juliet")
    blank_scene.soliloquy.character = None
    bpy.context.view_layer.objects.active = None
    bpy.ops.object.select_all(action="DESELECT")
    with pytest.raises(RuntimeError, match="several characters"):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), character="Romeo")
    assert len(takes_of(find_rig(blank_scene.objects["Romeo"]))) == 1
    assert takes_of(find_rig(blank_scene.objects["Juliet"])) == []


@pytest.mark.parametrize("others", [0, 1])
def test_a_selected_character_of_an_unknown_kind_is_named_and_none_takes_its_place(
    blank_scene: Any, client: Any, speech_wav: Path, others: int
) -> None:
    for _ in range(others):
        add_character(bpy.context)
    crane = bpy.data.objects.new("Crane", bpy.data.armatures.new("Crane"))
    blank_scene.collection.objects.link(crane)
    bpy.context.view_layer.objects.active = crane
    before = set(bpy.data.objects)
    with pytest.raises(RuntimeError, match=r"'Crane' is not a character Soliloquy knows.*body left alone"):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert set(bpy.data.objects) == before
    assert client.orders == []


def test_the_empty_that_a_character_hangs_on_stands_for_it(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    known, other = add_character(bpy.context), add_character(bpy.context)
    unknown = bpy.data.objects.new("Crane", bpy.data.armatures.new("Crane"))
    empties = [bpy.data.objects.new(name, None) for name in ("Root", "Root of Crane")]
    for item in (unknown, *empties):
        blank_scene.collection.objects.link(item)
    known.armature.parent, unknown.parent = empties
    bpy.ops.object.select_all(action="DESELECT")
    bpy.context.view_layer.objects.active = empties[0]
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert [len(takes_of(find_rig(rig.armature))) for rig in (known, other)] == [1, 0]
    bpy.data.objects.remove(other.armature, do_unlink=True)
    bpy.context.view_layer.objects.active = empties[1]
    with pytest.raises(RuntimeError, match="'Crane' is not a character Soliloquy knows"):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert len(client.orders) == 1


def test_gaze_target_is_told_in_the_characters_own_frame(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    bpy.ops.soliloquy.add_character()
    blank_scene.soliloquy.character.location = (1.0, 0.0, 0.0)
    target = bpy.data.objects.new("Target", None)
    blank_scene.collection.objects.link(target)
    target.location = (3.0, -2.0, 1.5)
    bpy.context.view_layer.update()
    blank_scene.soliloquy.gaze_object = target
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    # Blender (x, -z, y): two metres to the character's left, 1.5 up, two in front.
    assert client.orders[0].settings.gaze_target[0] == pytest.approx((2.0, 1.5, 2.0))


def test_without_a_runtime_animate_is_disabled_and_says_why(
    blank_scene: Any, monkeypatch: pytest.MonkeyPatch, speech_wav: Path
) -> None:
    from types import SimpleNamespace

    missing = SimpleNamespace(ok=False, python=None, message="No Python for the worker is set up.", mend="Install one.")
    monkeypatch.setattr(session, "runtime_status", lambda refresh=False: missing)
    assert not bpy.ops.soliloquy.animate.poll()
    with pytest.raises(RuntimeError, match="No Python for the worker is set up"):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav))
