"""Bodies with more or fewer bones than joints share what is performed; what hangs on them turns as it should."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from performed import off
from small_character import add_small_character, small_performance

from soliloquy.inference.performance import Performance
from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.rigs.mappings.register import SkeletonFound
from soliloquy.rigs.mappings.smplx import SKELETON
from soliloquy.rigs.rig import Rig, assemble
from soliloquy.rigs.sample import sample_take
from soliloquy.rigs.segments import Takes, takes_of
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.world_turns import WorldTurns

BODY = BakeOptions(tolerance=0.0, regions=("head", "body", "hands"))


@pytest.fixture
def armature(blank_scene: Any) -> Any:
    blank_scene.render.fps = 30
    return add_small_character(bpy).armature


def _split(armature: Any, name: str, parts: int) -> tuple[str, ...]:
    """Divide a bone's segment into several, the first of which keeps its name; returns them."""
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bones = armature.data.edit_bones
    top = bones[name]
    below = max(top.children, key=lambda bone: len(bone.children_recursive))
    start, step, children = top.head.copy(), (below.head - top.head) / parts, list(top.children)
    names, last = [name], top
    for part in range(1, parts):
        more = bones.new(f"{name} part {part}")
        more.head, more.tail = start + part * step, start + (part + 1) * step
        more.parent, last = last, more
        names.append(more.name)
    for child in children:
        child.parent = last
    bpy.ops.object.mode_set(mode="OBJECT")
    return tuple(names)


def _remove(armature: Any, *names: str) -> None:
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bones = armature.data.edit_bones
    for name in names:
        for child in list(bones[name].children):
            child.parent = bones[name].parent
        bones.remove(bones[name])
    bpy.ops.object.mode_set(mode="OBJECT")


def _rig(armature: Any, links: dict[str, tuple[str, ...]]) -> Rig:
    kind = dataclasses.replace(SKELETON, name="other", t_pose=False)
    return assemble(armature, [], SkeletonFound(kind, SKELETON.find(armature), links), None)


def _turn(rig: Rig, bone: str, frame: int) -> np.ndarray:
    """Return (3, 3) how a bone is turned against its rest, in the character's axes."""
    bpy.context.scene.frame_set(frame)
    rest = np.array(rig.armature.data.bones[bone].matrix_local.to_3x3())
    shown = np.array(rig.armature.pose.bones[bone].matrix.to_3x3())
    return rig.frame.axes.T @ shown @ rest.T @ rig.frame.axes


def _performed(performance: Performance, row: int, *joints: str) -> np.ndarray:
    turn = np.eye(3)
    for joint in joints:
        turn = turn @ axis_angle_to_matrix(performance.joint(joint)[row].astype(float))
    return turn


def test_five_bones_of_a_back_and_three_of_a_neck_share_its_bend(armature: Any) -> None:
    links = {"spine1": _split(armature, "spine1", 2), "spine3": _split(armature, "spine3", 2)}
    links["neck"] = _split(armature, "neck", 3)
    rig, performance = _rig(armature, links), small_performance(8)
    take = bake(performance, rig, BODY).take
    trunk = ("pelvis", "spine1", "spine2", "spine3")
    assert np.abs(_turn(rig, "spine3 part 1", 6) - _performed(performance, 5, *trunk)).max() < 1e-4
    assert np.abs(_turn(rig, "head", 6) - _performed(performance, 5, *trunk, "neck", "head")).max() < 1e-4
    chain = [_turn(rig, name, 6) for name in ("pelvis", *links["spine1"], "spine2", *links["spine3"])]
    steps = [np.arccos((np.trace(a.T @ b) - 1) / 2) for a, b in itertools.pairwise(chain)]
    assert max(steps) < 0.75 * sum(steps)
    assert off(bpy, rig, performance, 5, ("left_shoulder", "right_elbow")) < 0.1
    again = sample_take(rig, take)
    wanted, found = WorldTurns(performance, rig), WorldTurns(again, rig)
    for joint in ("spine1", "spine2", "spine3", "neck", "head", "left_wrist"):
        cosine = np.abs((wanted.joint(joint) * found.joint(joint)).sum(axis=1))
        assert np.degrees(2 * np.arccos(np.clip(cosine, -1, 1))).max() < 6.0


def test_two_bones_of_a_back_bend_as_far_as_three(armature: Any) -> None:
    _remove(armature, "spine3")
    rig, performance = _rig(armature, {}), small_performance(8)
    bake(performance, rig, BODY)
    whole = _performed(performance, 5, "pelvis", "spine1", "spine2", "spine3")
    assert np.abs(_turn(rig, "spine2", 6) - whole).max() < 1e-4


def test_halves_of_an_arm_point_alike_and_share_its_twist(armature: Any) -> None:
    links = {"left_shoulder": _split(armature, "left_shoulder", 2)}
    rig, performance = _rig(armature, links), small_performance(8)
    performance.joint("left_shoulder")[:, 0] = 0.8
    bake(performance, rig, BODY)
    assert off(bpy, rig, performance, 5, ("left_shoulder", "left_elbow", "left_wrist")) < 0.1
    first, second = (_turn(rig, name, 6) for name in links["left_shoulder"])
    between = np.degrees(np.arccos((np.trace(first.T @ second) - 1) / 2))
    assert 10.0 < between < 35.0


def test_a_finger_of_two_bones_curls_as_far_as_one_of_three(armature: Any) -> None:
    _remove(armature, "left_index3", "right_ring3")
    rig, performance = _rig(armature, {}), small_performance(8)
    bake(performance, rig, BODY)
    arm = ("pelvis", "spine1", "spine2", "spine3", "left_collar", "left_shoulder", "left_elbow", "left_wrist")
    curl = _performed(performance, 5, "left_index1", "left_index2", "left_index3")
    correction = rig.joints["left_index2"].correction
    shown = _turn(rig, "left_index2", 6) @ correction.T
    assert np.abs(_performed(performance, 5, *arm) @ curl - shown).max() < 1e-4


def test_a_bone_for_every_joint_takes_just_that() -> None:
    bones = {joint: joint for joint in ("pelvis", "spine1", "spine2", "spine3", "neck", "head", "left_index1")}
    places = {joint: np.array([0.0, index, 0.0]) for index, joint in enumerate(bones)}
    found = takes_of(bones, {}, {}, places)
    assert {joint: chain[0][1] for joint, chain in found.items() if joint != "left_index1"} == {
        joint: Takes(joint) for joint in bones if joint != "left_index1"
    }
