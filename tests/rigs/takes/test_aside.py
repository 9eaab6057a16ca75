"""Actions that came with a character are muted by a bake and given back, as are rotation modes and offsets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, hang_on, small_performance

from soliloquy.rigs import compat
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.aside import PROPERTY
from soliloquy.rigs.takes.bake import BakeOptions, bake

WALKED = ("left_hip", "right_hip", "left_knee", "right_knee", "spine1", "spine2", "left_shoulder", "right_shoulder")


@pytest.fixture
def rig(blank_scene: Any) -> Rig:
    blank_scene.render.fps = 30
    return add_small_character(bpy)


def _walk(rig: Rig) -> Any:
    """Give the character an action as it would come with a file."""
    for frame, amount in ((1, 0.0), (20, 0.4)):
        for name in WALKED:
            bone = rig.armature.pose.bones[name]
            bone.rotation_quaternion = (np.cos(amount), np.sin(amount), 0, 0)
            bone.keyframe_insert("rotation_quaternion", frame=frame)
    action = rig.armature.animation_data.action
    action.name = "Walk"
    return action


def _state(rig: Rig) -> list[Any]:
    """Return all there is to the pose, the live action and the tracks."""
    data = rig.armature.animation_data
    bones = [
        (bone.rotation_mode, *map(tuple, (bone.location, bone.scale, bone.rotation_euler, bone.rotation_axis_angle)))
        for bone in rig.armature.pose.bones
    ]
    turns = [tuple(bone.rotation_quaternion) for bone in rig.armature.pose.bones]
    action = data.action if data is not None else None
    slot = compat.active_slot(data) if action is not None else None
    tracks = [track.name for track in data.nla_tracks] if data is not None else []
    return [bones, turns, action, slot.identifier if slot else "", tracks, dict(rig.armature.items())]


def test_an_action_of_the_file_is_muted_with_a_word_and_comes_back(rig: Rig) -> None:
    action = _walk(rig)
    bpy.context.scene.frame_set(7)
    before = _state(rig)
    performance = small_performance(30)
    report = bake(performance, rig, BakeOptions(tolerance=0.0))
    assert [word for word in report.warnings if "'Walk'" in word and "muted" in word]
    assert not [word for word in report.warnings if "plays over" in word]
    data = rig.armature.animation_data
    assert data.action is None
    track = data.nla_tracks["Walk"]
    assert track.mute
    assert track.strips[0].action is action
    bpy.context.scene.frame_set(12)
    turned = rig.armature.pose.bones["left_hip"].rotation_quaternion.to_exponential_map()
    assert np.abs(np.array(turned) - performance.joint("left_hip")[11]).max() < 1e-4
    second = bake(performance, rig, BakeOptions(tolerance=0.0))
    takes.remove(rig, report.take)
    assert data.action is None
    takes.remove(rig, second.take)
    bpy.context.scene.frame_set(7)
    assert _state(rig) == before


def test_a_muted_action_that_an_artist_took_up_again_stays_as_it_is(rig: Rig) -> None:
    _walk(rig)
    take = bake(small_performance(10), rig).take
    rig.armature.animation_data.nla_tracks["Walk"].mute = False
    takes.remove(rig, take)
    data = rig.armature.animation_data
    assert data.action is None
    assert [track.name for track in data.nla_tracks] == ["Walk"]
    assert PROPERTY not in rig.armature


def test_rotation_modes_and_offsets_are_given_back(rig: Rig) -> None:
    bones = rig.armature.pose.bones
    bones["head"].rotation_mode, bones["head"].rotation_euler = "ZXY", (0.1, 0.2, 0.3)
    bones["spine1"].rotation_mode, bones["spine1"].rotation_axis_angle = "AXIS_ANGLE", (0.5, 0.0, 1.0, 0.0)
    bones["left_hip"].location, bones["left_elbow"].scale = (0.0, 0.1, 0.0), (1.5, 1.5, 1.5)
    bpy.context.view_layer.update()
    before = _state(rig)
    report = bake(small_performance(10), find_rig(rig.armature))
    assert [word for word in report.warnings if "quaternion" in word and "2 bones" in word]
    assert tuple(bones["left_hip"].location) == (0.0, 0.0, 0.0)
    assert tuple(bones["left_elbow"].scale) == (1.0, 1.0, 1.0)
    takes.remove(rig, report.take)
    after = _state(rig)
    assert after[0] == before[0]
    assert np.abs(np.subtract(after[1], before[1])).max() < 1e-6
    assert after[2:] == before[2:]


def test_a_few_keys_made_by_hand_stay_live(rig: Rig) -> None:
    rig.armature.pose.bones["head"].keyframe_insert("rotation_quaternion", frame=3)
    report = bake(small_performance(10), rig)
    assert rig.armature.animation_data.action is not None
    assert [word for word in report.warnings if "plays over" in word]


def test_a_bone_that_an_artist_posed_between_two_joints_does_not_turn_the_lower_one(rig: Rig) -> None:
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    bones = rig.armature.data.edit_bones
    twist = bones.new("helper")
    twist.head, twist.tail = bones["left_elbow"].head, bones["left_wrist"].head
    twist.parent, bones["left_wrist"].parent = bones["left_elbow"], twist
    bpy.ops.object.mode_set(mode="OBJECT")
    performance, shown = small_performance(8), []
    from turned_data import hang_arms

    hang_arms(bpy, rig.armature, 0.6)
    helper = rig.armature.pose.bones["helper"]
    helper.rotation_mode = "QUATERNION"
    for turn in ((1.0, 0.0, 0.0, 0.0), (0.8, 0.0, 0.6, 0.0)):
        helper.rotation_quaternion = turn
        bake(performance, find_rig(rig.armature), BakeOptions(tolerance=0.0))
        bpy.context.scene.frame_set(5)
        shown.append(list(rig.armature.pose.bones["left_wrist"].matrix.to_quaternion()))
        assert tuple(helper.rotation_quaternion) == pytest.approx(turn)
    assert np.abs(np.subtract(*shown)).max() < 1e-4


def test_bones_beside_the_take_do_not_stay_as_the_muted_action_left_them(rig: Rig) -> None:
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    elbow = rig.armature.data.edit_bones["left_elbow"]
    twist = rig.armature.data.edit_bones.new("left_elbow_twist")
    twist.head, twist.tail, twist.parent = elbow.head, elbow.tail, elbow
    bpy.ops.object.mode_set(mode="OBJECT")
    _walk(rig)
    bone = rig.armature.pose.bones["left_elbow_twist"]
    bone.rotation_quaternion, bone.location = (0.8, 0.6, 0, 0), (0.1, 0, 0)
    bone.keyframe_insert("rotation_quaternion", frame=1)
    bone.keyframe_insert("location", frame=1)
    before = _state(rig)
    found = find_rig(rig.armature)
    assert found is not None
    take = bake(small_performance(30), found).take
    assert tuple(bone.rotation_quaternion) == (1.0, 0.0, 0.0, 0.0)
    assert tuple(bone.location) == (0.0, 0.0, 0.0)
    takes.remove(found, take)
    assert _state(rig) == before


def _walk_on_a_body(rig: Rig) -> Any:
    """Hang the character on a bone above its hips, and give it an action that leans that one too."""
    bone = hang_on(bpy, rig, "Body", (0, 0, 0.3))
    bone.rotation_quaternion, bone.location = (0.9, 0.3, 0.3, 0.1), (0, 0, -0.2)
    bone.keyframe_insert("rotation_quaternion", frame=1)
    bone.keyframe_insert("location", frame=1)
    return _walk(rig)


def test_what_carries_the_body_does_not_lean_as_the_muted_action_left_it(rig: Rig) -> None:
    _walk_on_a_body(rig)
    before = _state(rig)
    found = find_rig(rig.armature)
    assert found is not None
    performance = small_performance(30)
    performance.poses[:] = 0.0
    take = bake(performance, found, BakeOptions(tolerance=0.0)).take
    bpy.context.scene.frame_set(5)
    head = rig.armature.data.bones["head"].matrix_local.to_quaternion()
    assert rig.armature.pose.bones["head"].matrix.to_quaternion().rotation_difference(head).angle < 1e-3
    takes.remove(found, take)
    assert _state(rig) == before


def test_a_track_of_the_artist_that_moves_what_carries_the_body_is_said(rig: Rig) -> None:
    action = _walk_on_a_body(rig)
    data = rig.armature.animation_data
    track = data.nla_tracks.new()
    track.name = "Walk cycle"
    compat.assign_same_slot(track.strips.new("Walk", 1, action), data)
    data.action = None
    found = find_rig(rig.armature)
    assert found is not None

    def said() -> list[str]:
        report = bake(small_performance(30), found)
        return [word for word in report.warnings if "'Walk cycle'" in word and "'Body'" in word]

    assert len(said()) == 1
    assert not track.mute
    track.mute = True
    assert said() == []
