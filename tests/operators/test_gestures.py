"""Gestures as things, with a real worker: moved, replaced, removed, pinned, added; the take stays itself."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
import numpy as np

from soliloquy.inference.gestures import names
from soliloquy.inference.gestures.planned import Planned, read_gestures
from soliloquy.operators import gesture_job, gesture_list, session
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes.gesture_plan import keep, plan_of
from soliloquy.rigs.takes.gestures import frame_at
from soliloquy.rigs.takes.packed import performance_of
from soliloquy.rigs.takes.take import Take, takes_of

FRAMES = range(1, 180, 3)


@pytest.fixture
def speaking(blank_scene: Any, real_worker: str, speech_wav: Path) -> Any:
    """The scene with a character whose take has gestures, made by a real worker."""
    blank_scene.render.fps = 30
    assert bpy.ops.soliloquy.animate(filepath=str(speech_wav), first_frame=1, seed=3) == {"FINISHED"}
    return blank_scene


def found(scene: Any) -> tuple[Rig, Take, Planned]:
    rig = find_rig(scene.soliloquy.character)
    assert rig is not None
    take = takes_of(rig)[-1]
    planned = plan_of(rig, take)
    assert planned is not None
    return rig, take, planned


def wrists(scene: Any, rig: Rig) -> np.ndarray:
    """Return (frames, 2, 3) where the wrists are."""
    bones = [rig.joints[name].segments[-1].bone for name in ("left_wrist", "right_wrist")]
    rows = []
    for frame in FRAMES:
        scene.frame_set(frame)
        rows.append([rig.armature.pose.bones[bone].head.copy() for bone in bones])
    return np.array(rows)


def test_gestures_are_moved_replaced_removed_and_pinned_in_the_take_itself(speaking: Any, tmp_path: Path) -> None:
    rig, take, planned = found(speaking)
    assert len(planned) >= 3
    before = wrists(speaking, rig)
    later = planned[1].time + 0.4
    frame = frame_at(rig, take, later)
    assert bpy.ops.soliloquy.gesture_move(index=1, frame=frame) == {"FINISHED"}
    rig, after, moved = found(speaking)
    assert after.id == take.id
    assert len(takes_of(rig)) == 1
    assert moved[1].time == pytest.approx(later, abs=1e-4)
    assert [item.gesture for item in moved] == [item.gesture for item in planned]
    changed = np.abs(wrists(speaking, rig) - before).max((1, 2))
    at = np.array(FRAMES) / 30
    assert changed[(at > planned[1].start) & (at < moved[1].end)].max() > 0.02
    assert changed[at < min(planned[0].start, planned[1].start) - 0.1].max(initial=0.0) < 0.005

    other = "ChrBrad@Idle03_Me" if moved[1].gesture != "ChrBrad@Idle03_Me" else "inclusivity2"
    assert bpy.ops.soliloquy.gesture_replace(index=1, gesture=other) == {"FINISHED"}
    assert found(speaking)[2][1].gesture == other
    assert bpy.ops.soliloquy.gesture_replace(index=1, step=1) == {"FINISHED"}
    third = found(speaking)[2][1].gesture
    assert third != other
    assert bpy.ops.soliloquy.gesture_remove(index=0) == {"FINISHED"}
    assert [item.gesture for item in found(speaking)[2]] == [third, *(item.gesture for item in planned[2:])]

    assert bpy.ops.soliloquy.gesture_pin(index=0) == {"FINISHED"}
    assert bpy.ops.soliloquy.gestures_renew(seed=11) == {"FINISHED"}
    rig, after, renewed = found(speaking)
    kept = [item for item in renewed if item.pinned]
    assert [(item.gesture, item.time) for item in kept] == [(third, pytest.approx(later, abs=1e-4))]
    assert [item.gesture for item in renewed if not item.pinned] != [item.gesture for item in planned[2:]]
    assert performance_of(rig, after, [tmp_path / "performances"]).meta["gestures"][0]["gesture"] == renewed[0].gesture


def test_a_plan_saved_and_loaded_unchanged_changes_no_key(speaking: Any, tmp_path: Path) -> None:
    rig, _, planned = found(speaking)
    before = wrists(speaking, rig)
    file = tmp_path / "plan.json"
    assert bpy.ops.soliloquy.gestures_save(filepath=str(file)) == {"FINISHED"}
    assert bpy.ops.soliloquy.gestures_load(filepath=str(file)) == {"FINISHED"}
    assert found(speaking)[2] == planned
    assert (wrists(speaking, rig) == before).all()
    written = json.loads(file.read_text())
    written["gestures"] = [{"time": 2.0, "gesture": "ChrBrad@Idle03_Me"}]
    file.write_text(json.dumps(written))
    assert bpy.ops.soliloquy.gestures_load(filepath=str(file)) == {"FINISHED"}
    (only,) = found(speaking)[2]
    assert (only.time, only.kind) == (2.0, "me")
    assert np.abs(wrists(speaking, rig) - before).max() > 0.05


def test_keys_edited_by_hand_stay_in_the_old_take(speaking: Any) -> None:
    rig, take, _ = found(speaking)
    from soliloquy.rigs import compat
    from soliloquy.rigs.takes import nla

    track = nla.tracks(rig, take.id, region="body")[0]
    curve = compat.strip_channelbag(track.strip).fcurves[0]
    curve.keyframe_points[0].co.y += 0.05
    assert bpy.ops.soliloquy.gesture_remove(index=0) == {"FINISHED"}
    names = [item.name for item in takes_of(rig)]
    assert len(names) == 2
    assert names[0] == take.name
    assert not takes_of(rig)[0].active


def test_what_cannot_be_is_said(speaking: Any) -> None:
    _, _, planned = found(speaking)
    with pytest.raises(RuntimeError, match="is not within the"):
        bpy.ops.soliloquy.gesture_add(frame=1)
    with pytest.raises(RuntimeError, match="apart"):
        bpy.ops.soliloquy.gesture_add(frame=1 + 30 * planned[1].time)
    assert found(speaking)[2] == planned


def test_a_pin_is_the_characters_own(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    """A duplicate plays the same actions; pinning on one of the two pins nothing on the other."""
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    original = find_rig(blank_scene.soliloquy.character)
    assert original is not None
    keep(original, takes_of(original)[0], read_gestures([{"time": 1.0, "gesture": "inclusivity2"}]))
    bpy.ops.object.select_all(action="DESELECT")
    for item in (original.armature, *original.meshes):
        item.select_set(True)
    bpy.context.view_layer.objects.active = original.armature
    bpy.ops.object.duplicate()
    copy = find_rig(bpy.context.object)
    assert copy is not None
    assert copy.armature != original.armature
    blank_scene.soliloquy.character = copy.armature
    assert bpy.ops.soliloquy.gesture_pin(index=0) == {"FINISHED"}
    pins = [plan_of(each, takes_of(each)[0]) for each in (original, copy)]
    assert [[item.pinned for item in plan or ()] for plan in pins] == [[False], [True]]


def test_no_pin_is_lost_to_gestures_that_are_on_their_way(
    blank_scene: Any, client: Any, speech_wav: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    rig = find_rig(blank_scene.soliloquy.character)
    assert rig is not None
    take = takes_of(rig)[0]
    keep(rig, take, read_gestures([{"time": 1.0, "gesture": "inclusivity2"}]))
    coming = object.__new__(gesture_job.GesturesJob)
    coming.take = take.id
    monkeypatch.setattr(gesture_job.jobs, "running", lambda: [coming])
    with pytest.raises(RuntimeError, match="being changed"):
        bpy.ops.soliloquy.gesture_pin(index=0)
    assert not any(item.pinned for item in plan_of(rig, take) or ())


def test_what_is_directed_is_in_the_list_with_its_reason(speaking: Any, speech_wav: Path) -> None:
    text = "waves at 2 s, nods at 3 s"
    assert bpy.ops.soliloquy.animate(filepath=str(speech_wav), first_frame=1, seed=3, direct=text) == {"FINISHED"}
    from soliloquy.operators import gesture_list

    gesture_list.refresh(bpy.context)
    rows = {row.name: row for row in bpy.context.window_manager.soliloquy_gestures.gestures}
    assert rows["Wave"].why == "from the direction: waves at 2 s"
    assert rows["Wave"].pinned
    assert rows["Nods"].act
    assert rows["Nods"].time == pytest.approx(3.0)
    index = list(rows).index("Nods") if len(rows) == len(found(speaking)[2]) + 1 else len(found(speaking)[2])
    with pytest.raises(RuntimeError, match="as the direction says"):
        bpy.ops.soliloquy.gesture_remove(index=index)


def test_a_change_that_fails_leaves_the_take_as_it_was(speaking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from soliloquy.rigs.takes import curves, gestures, nla

    rig, take, planned = found(speaking)
    before = {action.name: curves.key_state(action) for action in nla.actions(nla.tracks(rig, take.id))}

    def fail(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError("no room on the disk")

    monkeypatch.setattr(gestures, "keep", fail)
    with pytest.raises(RuntimeError, match="no room"):
        bpy.ops.soliloquy.gesture_move(index=0, frame=frame_at(rig, take, planned[0].time + 0.4))
    monkeypatch.undo()
    rig, take, again = found(speaking)
    assert again == planned
    assert {action.name: curves.key_state(action) for action in nla.actions(nla.tracks(rig, take.id))} == before


def test_a_missing_vocabulary_is_one_sentence_and_no_traceback(
    blank_scene: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    planned = [SimpleNamespace(gesture="Beat", hand="right", time=0.5, why="", pinned=False)]
    monkeypatch.setattr(gesture_list, "playing", lambda _context: (None, None, planned))
    monkeypatch.setattr(gesture_list, "_state", lambda _found: "some take")
    monkeypatch.setattr(names, "weights_path", lambda _name: tmp_path / "gone.safetensors")
    names.vocabulary.cache_clear()
    try:
        gesture_list._refresh_once()
    finally:
        names.vocabulary.cache_clear()
    assert str(session.last_error()).startswith("The vocabulary of gestures is missing or damaged.")
