"""Takes follow their strips by themselves, undo included; the panel says what does not, with one button."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw
from small_character import add_small_character

from soliloquy.operators import following
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import nla
from soliloquy.rigs.takes.take import takes_of

try:
    import aud  # noqa: F401
except ImportError:
    pytest.skip("this bpy was built without Audaspace", allow_module_level=True)


@pytest.fixture
def scene(blank_scene: Any, client: Any, speech_wav: Path) -> Any:
    """A scene with a character that speaks a strip."""
    client.seconds = 6.5
    add_small_character(bpy)
    blank_scene.render.fps = 24
    editor = blank_scene.sequence_editor_create()
    editor.active_strip = compat.new_sound_strip(editor, "line", str(speech_wav), 1, 11)
    bpy.ops.soliloquy.animate(take_name="Line", seed=7, emotion="HAPPY", intensity=0.5, energy=1.5)
    return blank_scene


def _strip(scene: Any) -> Any:
    return compat.top_strips(scene.sequence_editor)[0]


def _shift(scene: Any, frames: int) -> None:
    """Move the strip as a person does: Blender updates the scene after it."""
    strip = _strip(scene)
    if hasattr(strip, "content_start"):
        strip.content_start += frames
    else:
        strip.frame_start += frames
    bpy.context.view_layer.update()


def _rig() -> Any:
    return find_rig(bpy.data.objects["Small"])


def _first() -> list[float]:
    return [take.first_frame for take in takes_of(_rig())]


def _lies() -> list[Any]:
    return [
        (item.track.name, s.frame_start, s.frame_end, s.action_frame_start, s.action_frame_end, s.scale)
        for item in nla.tracks(_rig())
        for s in item.pieces
    ]


def _panel() -> Any:
    following._looked.clear()
    return draw("SOLILOQUY_PT_takes")


def test_a_take_goes_with_its_strip_and_undo_brings_both_back(scene: Any) -> None:
    before = _lies()
    assert _first() == [11.0]
    bpy.ops.ed.undo_push(message="before")
    _shift(scene, 40)
    assert _first() == [51.0]
    moved = _lies()
    bpy.ops.ed.undo_push(message="moved")
    bpy.ops.ed.undo()
    assert _lies() == before
    assert compat.strip_times(_strip(bpy.context.scene)).left == 11
    bpy.ops.ed.redo()
    assert _lies() == moved


def test_undo_steps_of_blenders_own_that_were_saved_before_the_take_went_along(scene: Any) -> None:
    """An operator's undo step may be written before the handler has run; what it brings back still fits together."""
    bpy.ops.ed.undo_push(message="before")
    strip = _strip(scene)
    if hasattr(strip, "content_start"):
        strip.content_start += 40
    else:
        strip.frame_start += 40
    bpy.ops.ed.undo_push(message="moved, not yet followed")
    bpy.context.view_layer.update()
    bpy.ops.ed.undo()
    assert _first() == [11.0]
    bpy.ops.ed.redo()
    assert _first() == [51.0]


def test_switched_off_a_take_stays_until_it_is_told(scene: Any) -> None:
    assert any(text.startswith("Follows 'line'") for text in _panel().labels)
    scene.soliloquy.follow_strips = False
    _shift(scene, 40)
    assert _first() == [11.0]
    drawn = _panel()
    assert "elsewhere" in " ".join(drawn.labels)
    assert "soliloquy.follow_strip" in drawn.operators
    bpy.ops.soliloquy.follow_strip()
    assert _first() == [51.0]
    _shift(scene, -20)
    scene.soliloquy.follow_strips = True
    assert _first() == [31.0]


def test_the_frame_rate_of_the_scene_counts(scene: Any) -> None:
    scene.render.fps = 48
    bpy.context.view_layer.update()
    take = takes_of(_rig())[0]
    assert take.last_frame - take.first_frame == pytest.approx(2 * 155, abs=1.0)


def test_a_strip_that_is_gone_leaves_its_take(scene: Any) -> None:
    before = _lies()
    compat.remove_strip(scene.sequence_editor, _strip(scene))
    bpy.context.view_layer.update()
    assert _lies() == before
    assert "Its strip 'line' is gone" in " ".join(_panel().labels)
    with pytest.raises(RuntimeError, match="gone"):
        bpy.ops.soliloquy.animate_again()


def test_another_sound_is_said_and_one_button_animates_it_as_before(
    scene: Any, client: Any, speech_wav: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.flac"
    other.write_bytes(speech_wav.read_bytes() + b"more")
    _strip(scene).sound.filepath = str(other)
    drawn = _panel()
    assert "another sound" in " ".join(drawn.labels)
    assert "soliloquy.animate_again" in drawn.operators
    scene.soliloquy.seed, scene.soliloquy.energy = 1, 0.5
    bpy.ops.soliloquy.animate_again()
    assert [take.name for take in takes_of(_rig())] == ["Line", "Line (2)"]
    order = client.orders[-1]
    assert order.audio.path == str(other)
    assert (order.settings.seed, order.settings.emotion, order.settings.intensity) == (7, "happy", 0.5)
    assert order.settings.gestures.energy == 1.5
    assert "Follows 'line'" in " ".join(_panel().labels)


def test_the_fix_of_a_take_goes_along_when_it_is_animated_again(scene: Any, client: Any) -> None:
    rig = _rig()
    bpy.ops.soliloquy.edit_take(region="HEAD", fix=True)
    bone = rig.armature.pose.bones["head"]
    bone.rotation_quaternion = (0.9, 0.1, 0.0, 0.0)
    bone.keyframe_insert("rotation_quaternion", frame=120)
    bpy.ops.soliloquy.leave_take()
    bpy.ops.soliloquy.animate_again()
    fixes = {item.info["name"]: item for item in nla.tracks(_rig(), fixes=True) if item.fix}
    assert set(fixes) == {"Line", "Line (2)"}
    assert (fixes["Line"].track.mute, fixes["Line (2)"].track.mute) == (True, False)
    assert fixes["Line"].strip.frame_start == fixes["Line (2)"].strip.frame_start


def test_the_settings_of_a_take_come_back(scene: Any) -> None:
    panel = scene.soliloquy
    panel.seed, panel.energy, panel.emotion, panel.emotion_mode, panel.regions = 1, 0.5, "SAD", "MIX", {"LIPS"}
    bpy.ops.soliloquy.take_settings(take="Line")
    assert (panel.seed, panel.energy, panel.emotion, panel.emotion_mode) == (7, 1.5, "HAPPY", "SINGLE")
    assert panel.intensity == 0.5
    assert "BODY" in panel.regions


def test_a_file_that_animate_puts_into_the_sequencer_is_a_strip_too(scene: Any, speech_wav: Path) -> None:
    scene.frame_set(201)
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), take_name="File")
    strip = next(s for s in compat.top_strips(scene.sequence_editor) if compat.strip_times(s).left == 201)
    if hasattr(strip, "content_start"):
        strip.content_start += 9
    else:
        strip.frame_start += 9
    bpy.context.view_layer.update()
    assert _first() == [11.0, 210.0]


def test_a_strip_that_moved_while_it_was_being_animated_gets_its_take_where_it_is(scene: Any, client: Any) -> None:
    from soliloquy.operators import jobs, request

    client.outcome = "hold"
    job = jobs.submit(request.build(bpy.context, {"take_name": "Late"}))
    _shift(scene, 30)
    client.outcome = "done"
    jobs.wait(job)
    assert _first() == [41.0, 41.0]


def test_a_take_that_is_open_for_editing_follows_when_it_is_closed(scene: Any) -> None:
    before = _lies()
    bpy.ops.soliloquy.edit_take()
    _shift(scene, 40)
    assert _lies() == before
    bpy.ops.soliloquy.leave_take()
    assert _first() == [51.0]


def test_nothing_is_left_behind() -> None:
    import soliloquy

    soliloquy.unregister()
    left = [
        name
        for name, _ in following.HANDLERS
        for handler in getattr(bpy.app.handlers, name)
        if handler.__module__ == following.__name__
    ]
    soliloquy.register()
    assert left == []
