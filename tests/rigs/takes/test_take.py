"""Takes: switched, renamed, moved and removed without losing anything a person made."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import SmallRig, add_small_character, small_performance

from soliloquy.inference.errors import SoliloquyError
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake


@pytest.fixture
def rig(blank_scene) -> SmallRig:
    return add_small_character(bpy)


def _smile(rig: SmallRig, frame: int) -> float:
    bpy.context.scene.frame_set(frame)
    return rig.meshes[0].data.shape_keys.key_blocks["mouthSmileLeft"].value


def _turn(rig: SmallRig, frame: int) -> float:
    bpy.context.scene.frame_set(frame)
    turn = rig.armature.pose.bones["left_shoulder"].matrix_basis.to_quaternion()
    return float(turn.angle * (1 if max(turn.axis, key=abs) > 0 else -1))


def _steady(smile: float, frames: int = 30):
    performance = small_performance(frames)
    performance.coefficient("mouthSmileLeft")[:] = smile
    return performance


def test_baking_again_adds_a_take_and_plays_it(rig) -> None:
    one = bake(_steady(0.2), rig).take
    keys = [
        [tuple(key.co) for key in curve.keyframe_points]
        for action in bpy.data.actions
        for bag in compat.channelbags(action)
        for curve in bag.fcurves
    ]
    bake(_steady(0.7), rig)
    found = takes.takes_of(rig)
    assert [(take.name, take.active) for take in found] == [("Take 1", False), ("Take 2", True)]
    assert _smile(rig, 10) == pytest.approx(0.7, abs=0.01)
    takes.activate(rig, one)
    assert _smile(rig, 10) == pytest.approx(0.2, abs=0.01)
    assert [take.active for take in takes.takes_of(rig)] == [True, False]
    first = [
        [tuple(key.co) for key in curve.keyframe_points]
        for action in bpy.data.actions
        if nla.read_info(action)["name"] == "Take 1"
        for bag in compat.channelbags(action)
        for curve in bag.fcurves
    ]
    assert first == keys


def test_a_take_of_the_lips_alone_leaves_the_rest_of_the_older_take_playing(rig) -> None:
    bake(_steady(0.2), rig)
    bake(_steady(0.9), rig, BakeOptions(regions=("lips",)))
    muted = {track.name for owner in nla.owners(rig) for track in owner.animation_data.nla_tracks if track.mute}
    assert muted == {"Soliloquy Take 1 lips"}
    assert _smile(rig, 10) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("order", [(1, 200), (200, 1)])
def test_takes_one_after_the_other_play_together(rig, order) -> None:
    values = {1: 0.2, 200: 0.8}
    for first in order:
        bake(_steady(values[first]), rig, BakeOptions(first_frame=first))
    assert [take.active for take in takes.takes_of(rig)] == [True, True]
    for frame in (300, 10, 210, 5, 220):  # whichever way the playhead jumps
        assert _smile(rig, frame) == pytest.approx(values[1 if frame < 100 else 200], abs=0.01)


@pytest.mark.parametrize("order", [(1, 60, 130), (130, 60, 1), (60, 1, 130), (1, 130, 60)])
def test_body_and_head_pass_from_one_take_into_the_next(rig, order) -> None:
    """They stand still at another place in every take: without passing over they would jump by half a metre."""
    bends = {1: -0.9, 60: 0.2, 130: 1.1}
    for first in order:
        made = _steady(0.5, 40)
        made.poses[:] = 0.0
        made.joint("left_shoulder")[:, 1] = bends[first]
        bake(made, rig, BakeOptions(first_frame=first))
    bone = rig.armature.pose.bones["left_elbow"]
    places = []
    for frame in range(-5, 190):
        bpy.context.scene.frame_set(frame)
        places.append(np.array(bone.head))
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    reach = bone.parent.bone.length + np.linalg.norm(bone.bone.head)
    assert steps.max() < 0.15 * reach
    # Each take is as it was made, but where it follows.
    for first in (1, 60, 130):
        turn = _turn(rig, first + 20)
        assert turn == pytest.approx(bends[first], abs=0.02)
    assert _smile(rig, 60) == pytest.approx(0.5, abs=0.01)


def test_a_take_that_passes_over_is_not_said_to_be_hidden(rig) -> None:
    """What moves most moves while the take before is still seen."""
    bake(_steady(0.5, 40), rig, BakeOptions(first_frame=1))
    made = _steady(0.5, 40)
    made.poses[:] = 0.0
    made.joint("left_shoulder")[:6, 1] = 1.2
    made.joint("left_shoulder")[20:30, 1] = 0.5
    report = bake(made, rig, BakeOptions(first_frame=60))
    assert nla.tracks(rig, report.take.id, region="body")[0].strip.blend_in > 5
    assert report.warnings == ()


def test_a_take_alone_and_a_fade_of_the_artists_are_left_alone(rig) -> None:
    one = bake(_steady(0.5, 40), rig, BakeOptions(first_frame=1)).take
    two = bake(_steady(0.5, 40), rig, BakeOptions(first_frame=60)).take
    body = nla.tracks(rig, two.id, region="body")[0].strip
    assert body.blend_in > 5
    takes.solo(rig, two)
    assert body.blend_in == 0.0
    takes.activate(rig, one)
    assert body.blend_in > 5
    body.blend_in = 3.0
    takes.solo(rig, two)
    assert body.blend_in == 3.0


def test_a_take_holds_its_ends(rig) -> None:
    bake(_steady(0.6), rig, BakeOptions(first_frame=50))
    assert _smile(rig, 10) == pytest.approx(0.6, abs=0.01)
    assert _smile(rig, 200) == pytest.approx(0.6, abs=0.01)


def test_the_artists_own_track_shows_outside_the_take(rig) -> None:
    keys = rig.meshes[0].data.shape_keys
    block = keys.key_blocks["mouthSmileLeft"]
    block.value = 0.4
    block.keyframe_insert("value", frame=1)
    action = keys.animation_data.action
    track = keys.animation_data.nla_tracks.new()
    strip = track.strips.new("mine", 1, action)
    compat.assign_slot_to_strip(strip, keys, "") if compat.has_slots() else None
    keys.animation_data.action = None
    bake(_steady(0.9), rig, BakeOptions(first_frame=50))
    assert _smile(rig, 60) == pytest.approx(0.9, abs=0.01)
    assert _smile(rig, 10) == pytest.approx(0.4, abs=0.01)
    assert _smile(rig, 150) == pytest.approx(0.4, abs=0.01)


def test_move_shifts_the_strips_and_keeps_the_keys(rig) -> None:
    performance = small_performance(40)
    take = bake(performance, rig).take
    before = _smile(rig, 20)
    moved = takes.move(rig, take, 101.0)
    assert (moved.first_frame, moved.last_frame - take.last_frame) == (pytest.approx(101.0), pytest.approx(100.0))
    assert _smile(rig, 120) == pytest.approx(before, abs=1e-5)
    assert not takes.edited(rig, moved)
    back = takes.move(rig, moved, 1.25)
    assert back.first_frame == pytest.approx(1.25)


def test_remove_takes_only_its_own(rig) -> None:
    one, two = bake(_steady(0.2), rig).take, bake(_steady(0.7), rig).take
    own = rig.armature.animation_data.nla_tracks.new()
    own.name = "walk"
    takes.remove(rig, two)
    assert [take.id for take in takes.takes_of(rig)] == [one.id]
    assert {nla.read_info(action)["name"] for action in bpy.data.actions} == {"Take 1"}
    assert "walk" in rig.armature.animation_data.nla_tracks
    with pytest.raises(SoliloquyError, match="no longer"):
        takes.remove(rig, two)


@pytest.mark.parametrize("edit", ["new key", "moved key", "deleted key"])
def test_remove_refuses_when_keys_were_edited(rig, edit) -> None:
    take = bake(small_performance(), rig).take
    action = next(action for action in bpy.data.actions if nla.read_info(action)["region"] == "head")
    curve = compat.channelbags(action)[0].fcurves[0]
    if edit == "new key":
        curve.keyframe_points.insert(7.5, 0.5)
    elif edit == "moved key":
        curve.keyframe_points[1].co.y += 0.1
    else:
        curve.keyframe_points.remove(curve.keyframe_points[1])
    assert takes.edited(rig, take)
    with pytest.raises(SoliloquyError, match=r"edited by hand \(head\)"):
        takes.remove(rig, take)
    assert len(takes.takes_of(rig)) == 1
    takes.remove(rig, take, force=True)
    assert takes.takes_of(rig) == []
    assert len(bpy.data.actions) == 0


def test_rename(rig) -> None:
    take = bake(small_performance(), rig).take
    other = bake(small_performance(), rig).take
    renamed = takes.rename(rig, take, " Angry ")
    assert renamed.name == "Angry"
    assert {found.name for found in takes.takes_of(rig)} == {"Angry", "Take 2"}
    assert any(track.name == "Soliloquy Angry lips" for track in rig.armature.animation_data.nla_tracks)
    with pytest.raises(SoliloquyError, match="already"):
        takes.rename(rig, other, "Angry")
    with pytest.raises(SoliloquyError, match="needs a name"):
        takes.rename(rig, other, "  ")
    with pytest.raises(SoliloquyError, match="never overwritten"):
        bake(small_performance(), rig, BakeOptions(name="Angry"))
    assert takes.free_name(rig) not in {"Angry", "Take 2"}


def test_takes_survive_saving_and_loading(rig, tmp_path) -> None:
    take = bake(small_performance(), rig, BakeOptions(first_frame=4.5, meta={"strip": "line 1"})).take
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    again = find_rig(bpy.data.objects["Small"])
    found = takes.takes_of(again)[0]
    assert (found.id, found.first_frame, found.active) == (take.id, 4.5, True)
    assert found.meta["strip"] == "line 1"
    assert found.meta["seed"] == 0
    assert not takes.edited(again, found)


def test_tracks_of_a_copied_character_do_not_share_their_fate(rig) -> None:
    take = bake(small_performance(), rig).take
    copy = rig.armature.copy()
    bpy.context.scene.collection.objects.link(copy)
    twin = find_rig(copy)
    takes.remove(twin, takes.takes_of(twin)[0])
    assert takes.takes_of(twin) == []
    assert [found.id for found in takes.takes_of(rig)] == [take.id]


def test_find_take(rig) -> None:
    with pytest.raises(SoliloquyError, match="Animate the character first"):
        takes.find_take(rig, "Take 9")
    take = bake(small_performance(), rig).take
    assert takes.find_take(rig, "Take 1").id == take.id
    assert takes.active_take(rig).id == take.id
    with pytest.raises(SoliloquyError, match="Choose one of: 'Take 1'"):
        takes.find_take(rig, "Take 9")


def test_removing_the_takes_brings_the_pose_back(rig) -> None:
    bone, keys = rig.armature.pose.bones["left_elbow"], rig.meshes[0].data.shape_keys.key_blocks
    bone.rotation_quaternion = (0.8, 0.6, 0.0, 0.0)
    keys["mouthSmileLeft"].value = 0.3
    for seed in (1, 2):
        bake(small_performance(seed=seed), rig)
    bpy.context.scene.frame_set(20)
    assert keys["cheekPuff"].value > 0.01
    one, two = takes.takes_of(rig)
    takes.remove(rig, two)
    takes.activate(rig, one)
    bpy.context.scene.frame_set(25)
    takes.remove(rig, one)
    assert tuple(bone.rotation_quaternion) == pytest.approx((0.8, 0.6, 0.0, 0.0))
    assert tuple(rig.armature.pose.bones["right_elbow"].rotation_quaternion) == (1.0, 0.0, 0.0, 0.0)
    assert tuple(rig.armature.pose.bones["pelvis"].location) == (0.0, 0.0, 0.0)
    assert keys["mouthSmileLeft"].value == pytest.approx(0.3)
    assert keys["cheekPuff"].value == 0.0
    assert (len(bpy.data.actions), len(rig.armature.animation_data.nla_tracks)) == (0, 0)


def test_removing_a_take_that_does_not_play_moves_nothing(rig) -> None:
    one = bake(small_performance(seed=1), rig).take
    for owner in nla.owners(rig):
        for track in owner.animation_data.nla_tracks:
            track.mute = True
    rig.armature.pose.bones["head"].rotation_quaternion = (0.8, 0.6, 0.0, 0.0)
    takes.remove(rig, one)
    assert tuple(rig.armature.pose.bones["head"].rotation_quaternion) == pytest.approx((0.8, 0.6, 0.0, 0.0))


def test_what_a_panel_asks_again_is_parsed_once_and_changed_for_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    text = '{"take": "t", "name": "parsed once", "region": "head", "meta": {"keys": 3}}'
    first = nla.read_info({nla.PROPERTY: text})
    first["meta"]["keys"], first["name"] = 4, "other"
    monkeypatch.setattr(nla, "parse_object", lambda _text: pytest.fail("parsed again"))
    assert nla.read_info({nla.PROPERTY: text}) == {
        "take": "t", "name": "parsed once", "region": "head", "meta": {"keys": 3},
    }  # fmt: skip
    monkeypatch.undo()
    assert nla.read_info({nla.PROPERTY: text.replace("3", "5")})["meta"] == {"keys": 5}
    assert nla.read_info({nla.PROPERTY: "[]"}) is None
