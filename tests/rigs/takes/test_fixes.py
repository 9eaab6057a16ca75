"""Keys set by hand on top of takes: they add to the take, are named, and can be kept with it."""

from __future__ import annotations

import pytest

bpy = pytest.importorskip("bpy")

from hand_keys import apart, pose_at, smile, turn, with_two_takes
from small_character import SmallRig, add_small_character, small_performance

from soliloquy.inference.craft import LipCraft
from soliloquy.inference.errors import SoliloquyError
from soliloquy.rigs import compat
from soliloquy.rigs.takes import fixes, nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.craft import craft_take


@pytest.fixture
def rig(blank_scene) -> SmallRig:
    return with_two_takes(bpy)


def test_a_key_set_on_top_shows_as_posed_and_leaves_the_bone_moving(rig) -> None:
    before = [pose_at(bpy, rig, frame) for frame in (10, 20, 50)]
    posed = turn(bpy, rig, 20)
    assert apart(pose_at(bpy, rig, 20), posed) < 1e-3
    for frame, was in zip((10, 50), (before[0], before[2]), strict=True):
        assert apart(pose_at(bpy, rig, frame), was) == pytest.approx(0.4, abs=1e-3), (
            "moved by what was keyed, not frozen"
        )
    (found,) = fixes.hand_keys(rig)
    assert (found.names, found.replaces) == (["head"], False)
    assert fixes.describe([found]) == ["Keys set by hand on head are added to every take."]


def test_a_fix_plays_with_its_take_alone(rig) -> None:
    one, two = takes.takes_of(rig)
    plain = {"Two": pose_at(bpy, rig, 30)}
    takes.activate(rig, one)
    plain["One"] = pose_at(bpy, rig, 30)
    takes.activate(rig, two)
    posed = turn(bpy, rig, 20)
    assert fixes.keep_as_fix(rig, two) == 4
    assert rig.armature.animation_data.action is None
    assert fixes.hand_keys(rig) == []
    assert apart(pose_at(bpy, rig, 20), posed) < 1e-3
    assert apart(pose_at(bpy, rig, 30), plain["Two"]) == pytest.approx(0.4, abs=1e-3)
    takes.activate(rig, one)
    assert apart(pose_at(bpy, rig, 30), plain["One"]) < 1e-4
    takes.activate(rig, two)
    assert apart(pose_at(bpy, rig, 30), plain["Two"]) == pytest.approx(0.4, abs=1e-3)
    assert not takes.edited(rig, two), "the take itself is as it was baked"


def test_an_action_that_held_the_bone_still_becomes_a_layer_with_the_same_poses(rig) -> None:
    two = takes.takes_of(rig)[1]
    plain = {frame: pose_at(bpy, rig, frame) for frame in (10, 20, 40, 50)}
    for owner in nla.owners(rig):
        owner.animation_data.action_blend_type = "REPLACE"
    posed = {frame: turn(bpy, rig, frame) for frame in (20, 40)}
    keys = rig.meshes[0].data.shape_keys
    bpy.context.scene.frame_set(20)
    smiled = keys.key_blocks["mouthSmileLeft"].value
    keys.key_blocks["mouthSmileLeft"].value = 0.9
    keys.key_blocks["mouthSmileLeft"].keyframe_insert("value", frame=20)
    assert apart(pose_at(bpy, rig, 50), posed[40]) < 1e-3, "frozen, as Blender does by itself"
    assert "Keys set by hand on head, mouthSmileLeft hold still in every take." in fixes.describe(fixes.hand_keys(rig))
    fixes.keep_as_fix(rig, two)
    for frame, pose in posed.items():
        assert apart(pose_at(bpy, rig, frame), pose) < 1e-3
    assert smile(bpy, rig, 20) == pytest.approx(0.9, abs=1e-4)
    assert apart(pose_at(bpy, rig, 10), plain[10]) == pytest.approx(apart(posed[20], plain[20]), abs=2e-3)
    assert apart(pose_at(bpy, rig, 50), posed[40]) > 0.01, "it moves again"
    takes.activate(rig, takes.takes_of(rig)[0])
    takes.activate(rig, two)
    assert smile(bpy, rig, 20) == pytest.approx(0.9, abs=1e-4)
    assert 0.0 < smiled < 0.9


def test_keys_on_other_channels_stay_where_they_are(rig) -> None:
    two = takes.takes_of(rig)[1]
    rig.armature.location.x = 2.0
    rig.armature.keyframe_insert("location", frame=1)
    turn(bpy, rig, 20)
    fixes.keep_as_fix(rig, two)
    left = rig.armature.animation_data.action
    assert {curve.data_path for curve in compat.channelbags(left)[0].fcurves} == {"location"}
    takes.activate(rig, takes.takes_of(rig)[0])
    bpy.context.scene.frame_set(30)
    assert rig.armature.location.x == pytest.approx(2.0)


def test_an_action_of_another_object_keeps_its_keys(rig) -> None:
    two = takes.takes_of(rig)[1]
    turn(bpy, rig, 20)
    action = rig.armature.animation_data.action
    action.use_fake_user = True
    other = bpy.data.objects.new("other", rig.armature.data)
    other.animation_data_create().action = action
    fixes.keep_as_fix(rig, two)
    assert rig.armature.animation_data.action is None
    assert len(compat.channelbags(action)[0].fcurves) == 4


def test_what_cannot_be_kept_is_said(rig) -> None:
    one, two = takes.takes_of(rig)
    with pytest.raises(SoliloquyError, match="No keys set by hand lie on top of 'Two'"):
        fixes.keep_as_fix(rig, two)
    turn(bpy, rig, 20)
    with pytest.raises(SoliloquyError, match="'One' does not play"):
        fixes.keep_as_fix(rig, one)
    assert rig.armature.animation_data.action is not None


def test_hand_made_keys_survive_the_removal_of_their_take(rig) -> None:
    two = takes.takes_of(rig)[1]
    turn(bpy, rig, 20)
    fixes.keep_as_fix(rig, two)
    takes.remove(rig, two)
    (track,) = [t for t in rig.armature.animation_data.nla_tracks if t.name == "Fix of Two head"]
    assert track.mute
    bag = compat.strip_channelbag(track.strips[0])
    assert [len(curve.keyframe_points) for curve in bag.fcurves] == [1, 1, 1, 1]
    assert [take.name for take in takes.takes_of(rig)] == ["One"]
    takes.remove(rig, takes.takes_of(rig)[0])
    assert rig.armature.animation_data.action_blend_type == "REPLACE"


def test_move_rename_and_craft_take_the_fix_along(rig) -> None:
    two = takes.takes_of(rig)[1]
    posed = turn(bpy, rig, 20)
    fixes.keep_as_fix(rig, two)
    two = takes.rename(rig, two, "Better")
    assert "Soliloquy Better head fix" in rig.armature.animation_data.nla_tracks
    two = takes.move(rig, two, 101)
    assert apart(pose_at(bpy, rig, 120), posed) < 1e-3
    craft_take(rig, two, LipCraft(jaw=0.5))
    assert apart(pose_at(bpy, rig, 120), posed) < 1e-3


def test_a_new_take_leaves_keys_on_top_alone(rig) -> None:
    turn(bpy, rig, 20)
    report = bake(small_performance(60, seed=3, speed=0.4), rig, BakeOptions(name="Three"))
    assert any("is added to the take" in text for text in report.warnings)
    assert [found.names for found in fixes.hand_keys(rig)] == [["head"]]


def test_an_action_that_would_freeze_what_is_keyed_next_is_named_before(blank_scene) -> None:
    rig = add_small_character(bpy)
    rig.armature.keyframe_insert("location", frame=1)
    bake(small_performance(30), rig)
    (said,) = fixes.describe(fixes.hand_keys(rig))
    assert said.startswith("What you key on 'Small' now goes into the action")
