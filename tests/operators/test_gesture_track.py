"""Gestures as strips in the Sequencer, with a real worker: what is done to the strips, the take does when applied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.gestures.names import title_of
from soliloquy.inference.gestures.planned import Planned
from soliloquy.operators import gesture_track
from soliloquy.rigs import compat
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes.gesture_plan import plan_of
from soliloquy.rigs.takes.gestures import frame_at
from soliloquy.rigs.takes.take import Take, takes_of


@pytest.fixture
def speaking(blank_scene: Any, real_worker: str, speech_wav: Path) -> Any:
    """The scene with a character whose take has gestures, made by a real worker, shown in the Sequencer."""
    blank_scene.render.fps = 30
    assert bpy.ops.soliloquy.animate(filepath=str(speech_wav), first_frame=1, seed=3) == {"FINISHED"}
    assert bpy.ops.soliloquy.gestures_show() == {"FINISHED"}
    return blank_scene


def found(scene: Any) -> tuple[Rig, Take, Planned]:
    rig = find_rig(scene.soliloquy.character)
    assert rig is not None
    take = takes_of(rig)[-1]
    planned = plan_of(rig, take)
    assert planned is not None
    return rig, take, planned


def strips(scene: Any) -> list[Any]:
    shown = [strip for strip in compat.top_strips(scene.sequence_editor) if strip.type == "TEXT"]
    return sorted(shown, key=lambda strip: compat.strip_times(strip).left)


def move(strip: Any, frames: int) -> None:
    """Move a strip as a drag does."""
    if bpy.app.version >= (5, 1, 0):
        strip.content_start += frames
    else:
        strip.frame_start += frames


def test_they_stand_where_the_hands_move_and_are_not_seen_in_the_picture(speaking: Any) -> None:
    rig, take, planned = found(speaking)
    shown = strips(speaking)
    assert [strip.text for strip in shown] == [title_of(item.gesture) for item in planned]
    assert all(strip.mute for strip in shown)
    assert {strip.channel for strip in shown} == {shown[0].channel}, "none lies over another"
    assert not any(strip.select for strip in shown), "a drag of one would take all of them along"
    for strip, item in zip(shown, planned, strict=True):
        times = compat.strip_times(strip)
        assert times.left - 1 <= frame_at(rig, take, item.time) <= times.right + 1
    with pytest.raises(RuntimeError, match="No gesture was changed"):
        bpy.ops.soliloquy.gestures_apply()
    assert bpy.ops.soliloquy.gestures_hide() == {"FINISHED"}
    assert strips(speaking) == []
    assert found(speaking)[2] == planned


def test_moved_deleted_renamed_locked_and_added_strips_change_the_take(speaking: Any) -> None:
    _, take, planned = found(speaking)
    assert len(planned) >= 4
    first, second, third, fourth = strips(speaking)[:4]
    move(second, 6)
    compat.remove_strip(speaking.sequence_editor, first)
    third.text = "inclusivity2"
    fourth.lock = True
    with pytest.raises(RuntimeError, match="changed in the Sequencer and not applied"):
        bpy.ops.soliloquy.gesture_remove(index=0)
    with pytest.raises(RuntimeError, match="changed in the Sequencer and not applied"):
        bpy.ops.soliloquy.gesture_pin(index=0)
    assert found(speaking)[2] == planned
    assert bpy.ops.soliloquy.gestures_apply() == {"FINISHED"}
    _, after, changed = found(speaking)
    assert after.id == take.id
    assert changed[0].gesture == planned[1].gesture
    assert changed[0].time == pytest.approx(planned[1].time + 6 / 30, abs=1e-3)
    assert (changed[1].gesture, changed[1].time) == ("inclusivity2", planned[2].time)
    assert (changed[2].gesture, changed[2].pinned) == (planned[3].gesture, True)
    assert [item.gesture for item in changed[3:]] == [item.gesture for item in planned[4:]]
    assert [strip.text for strip in strips(speaking)] == [title_of(item.gesture) for item in changed]
    assert [strip.color_tag != "NONE" for strip in strips(speaking)] == [item.pinned for item in changed]
    with pytest.raises(RuntimeError, match="No gesture was changed"):
        bpy.ops.soliloquy.gestures_apply()

    channel = strips(speaking)[0].channel
    gone = compat.strip_times(strips(speaking)[1])
    compat.remove_strip(speaking.sequence_editor, strips(speaking)[1])
    added = compat.new_text_strip(speaking.sequence_editor, "Mine", channel, round(gone.left), round(gone.right))
    added.channel, added.text = channel, title_of(planned[2].gesture)
    assert bpy.ops.soliloquy.gestures_apply() == {"FINISHED"}
    again = found(speaking)[2]
    assert len(again) == len(changed)
    assert again[1].gesture == planned[2].gesture


def test_new_gestures_keep_what_is_locked_in_the_sequencer(speaking: Any) -> None:
    _, _, planned = found(speaking)
    held = strips(speaking)[1]
    move(held, 5)
    held.lock = True
    assert bpy.ops.soliloquy.gestures_renew(seed=11) == {"FINISHED"}
    _, _, renewed = found(speaking)
    kept = [item for item in renewed if item.pinned]
    assert [(item.gesture, item.time) for item in kept] == [
        (planned[1].gesture, pytest.approx(planned[1].time + 5 / 30, abs=1e-3))
    ]
    assert [strip.text for strip in strips(speaking)] == [title_of(item.gesture) for item in renewed]
    assert [strip.lock for strip in strips(speaking)] == [item.pinned for item in renewed]


def test_a_trimmed_strip_and_a_take_that_went_elsewhere_change_nothing(speaking: Any) -> None:
    rig, take, _ = found(speaking)
    from soliloquy.rigs.takes import nla

    shown = strips(speaking)[1]
    if bpy.app.version >= (5, 1, 0):
        shown.right_handle -= 2
    else:
        shown.frame_final_end -= 2
    with pytest.raises(RuntimeError, match="No gesture was changed"):
        bpy.ops.soliloquy.gestures_apply()
    for track in nla.tracks(rig, take.id):
        for piece in track.pieces:
            piece.frame_end += 40
            piece.frame_start += 40
    assert frame_at(rig, take, 0.0) == pytest.approx(41.0, abs=1.0)
    with pytest.raises(RuntimeError, match="No gesture was changed"):
        bpy.ops.soliloquy.gestures_apply()
    before = compat.strip_times(strips(speaking)[0]).left
    for strip in reversed(strips(speaking)):
        move(strip, 40)
    with pytest.raises(RuntimeError, match="No gesture was changed"):
        bpy.ops.soliloquy.gestures_apply()
    assert bpy.ops.soliloquy.gestures_show() == {"FINISHED"}
    assert compat.strip_times(strips(speaking)[0]).left == before + 40


def test_a_strip_goes_as_far_as_it_was_moved_against_a_take_that_went_elsewhere(speaking: Any) -> None:
    rig, take, planned = found(speaking)
    from soliloquy.rigs.takes import nla

    assert gesture_track.state(rig, take, planned) == (True, 0, "")
    for track in nla.tracks(rig, take.id):
        for piece in track.pieces:
            piece.frame_end += 40
            piece.frame_start += 40
    for strip in reversed(strips(speaking)):
        move(strip, 46 if strip == strips(speaking)[-1] else 40)
    assert gesture_track.state(rig, take, planned) == (True, 1, ""), "the panel says how many to apply"
    assert bpy.ops.soliloquy.gestures_apply() == {"FINISHED"}
    assert found(speaking)[2][-1].time == pytest.approx(planned[-1].time + 6 / 30, abs=1e-3)


def test_a_text_that_is_no_gesture_is_said_with_the_nearest(speaking: Any) -> None:
    _, _, planned = found(speaking)
    strips(speaking)[0].text = "inclusivity22"
    with pytest.raises(RuntimeError, match=r"No gesture is called 'inclusivity22'.*Did you mean"):
        bpy.ops.soliloquy.gestures_apply()
    assert found(speaking)[2] == planned
