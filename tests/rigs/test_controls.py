"""Control rigs: takes play on their FK controls, switched to FK while they play and back when they are gone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import small_performance
from small_control_rig import add_small_control_rig

from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.inference.skeleton import JOINT_INDEX, JOINT_NAMES, PARENTS
from soliloquy.rigs import compat
from soliloquy.rigs.controls import Carriers
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes import nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import bake

_SWITCH = 'pose.bones["upper_arm_parent.L"]["IK_FK"]'
_FOLLOW = 'pose.bones["upper_arm_parent.L"]["FK_limb_follow"]'


@pytest.fixture
def rig(blank_scene) -> Rig:
    found = find_rig(add_small_control_rig(bpy))
    assert found is not None
    return found


def _turned(rig: Rig, bone: str) -> np.ndarray:
    """Return (3, 3): how a bone stands turned in the armature against its rest pose, evaluated."""
    posed = rig.armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones[bone].matrix.to_3x3()
    return np.array(posed) @ np.array(rig.armature.data.bones[bone].matrix_local.to_3x3()).T


def _performed(rig: Rig, performance: Any, joint: str, sample: int) -> np.ndarray:
    """Return (3, 3): how a joint stands turned in the armature, from all joints above it."""
    total = np.eye(3)
    index = JOINT_INDEX[joint]
    while index >= 0:
        total = axis_angle_to_matrix(performance.joint(JOINT_NAMES[index])[sample].astype(float)) @ total
        index = PARENTS[index]
    return rig.frame.axes @ total @ rig.frame.axes.T


def test_the_controls_are_found_and_who_carries_whom(rig) -> None:
    assert rig.skeleton == "rigify"
    assert rig.bones["left_elbow"] == "forearm_fk.L"
    assert rig.joints["left_shoulder"].parent == "left_collar", "over ORG-shoulder, which copies shoulder.L"
    assert rig.joints["neck"].parent == "spine2"
    above = [bone.name for bone in Carriers(rig.armature).above(rig.armature.data.bones["ORG-hand.L"])]
    assert "hand_ik.L" in above, "as the file is switched"


def test_deforming_bones_stand_as_performed_while_a_take_plays(rig) -> None:
    performance = small_performance(30)
    report = bake(performance, rig)
    assert not [text for text in report.warnings if "not where" in text or "driver" in text]
    for sample in (0, 10, 20):
        frame = 1 + sample * bpy.context.scene.render.fps / 30
        bpy.context.scene.frame_set(int(frame), subframe=frame % 1.0)
        for joint, bone in (("head", "DEF-head"), ("left_shoulder", "DEF-upper_arm.L"), ("right_wrist", "DEF-hand.R")):
            off = _turned(rig, bone) @ _performed(rig, performance, joint, sample).T
            assert np.degrees(np.arccos(np.clip((np.trace(off) - 1) / 2, -1, 1))) < 1.0, (joint, frame)


def test_only_controls_are_keyed_and_switches_are_held_from_the_first_frame(rig) -> None:
    report = bake(small_performance(30), rig)
    curves = {
        (curve.data_path, curve.array_index): curve
        for item in nla.tracks(rig, report.take.id)
        for curve in compat.strip_channelbag(item.strip).fcurves
    }
    assert not [path for path, _ in curves if "DEF-" in path or "ORG-" in path]
    keys = curves[_SWITCH, 0].keyframe_points
    assert [(tuple(key.co), key.interpolation) for key in keys] == [((1.0, 1.0), "CONSTANT")]
    bpy.context.scene.frame_set(20)
    assert rig.armature.path_resolve(_SWITCH) == 1.0


def test_removing_the_take_switches_back_to_what_was(rig) -> None:
    armature = rig.armature
    armature.pose.bones["upper_arm_parent.R"]["IK_FK"] = 0.25
    take = bake(small_performance(30), rig).take
    second = bake(small_performance(30, seed=1), rig).take
    bpy.context.scene.frame_set(10)
    assert armature.path_resolve(_SWITCH) == 1.0
    takes.remove(rig, take)
    takes.remove(rig, second)
    assert armature.path_resolve(_SWITCH) == 0.0
    assert armature.pose.bones["upper_arm_parent.R"]["IK_FK"] == 0.25
    follow = armature.path_resolve(_FOLLOW)
    assert isinstance(follow, int), "the property keeps its type"
    assert follow == 1


def test_eyes_that_look_at_a_control_look_where_the_performance_looks(rig) -> None:
    performance = small_performance(30)
    bake(performance, rig)
    for sample in (5, 20):
        frame = 1 + sample * bpy.context.scene.render.fps / 30
        bpy.context.scene.frame_set(int(frame), subframe=frame % 1.0)
        shown = rig.armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
        gaze = np.array(shown["DEF-eye.L"].y_axis)
        wanted = _performed(rig, performance, "left_eye_smplhf", sample) @ (0.0, -1.0, 0.0)
        assert np.degrees(np.arccos(np.clip(gaze @ wanted, -1, 1))) < 3.0
