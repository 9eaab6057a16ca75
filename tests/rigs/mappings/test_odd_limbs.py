"""Limbs that are named or hang otherwise than most: feet on the root, parts between joints, legs above shins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from made_up_skeleton import Bones, add_skeleton, made_up_body, renamed
from skeleton_makers import MAKERS, names_of
from small_character import small_performance

from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.rigs.mappings.register import match_skeleton
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake


def _standing_feet(aside: float) -> Bones:
    """Return a game rig whose feet IK held: they hang on the root beside the body."""
    names = {j: n for j, n in names_of(*MAKERS["game"]).items() if j != "spine3" and not j.endswith("foot")}
    bones = {"Root": ("", np.zeros(3)), **renamed(made_up_body(3), names)}
    bones["Hips"] = "Root", bones["Hips"][1]
    for side in "LR":
        bones[f"Foot.{side}"] = "Root", bones[f"Foot.{side}"][1] + np.array([0.0, aside, 0.0])
    return bones


def test_feet_that_stand_apart_go_where_the_shins_end(blank_scene: Any) -> None:
    rig = find_rig(add_skeleton(_standing_feet(0.0)))
    assert rig is not None
    assert (rig.bones["left_ankle"], rig.notes) == ("Foot.L", ())
    posed, rest = rig.armature.pose.bones, rig.armature.data.bones
    ends = {side: rest[f"Foot.{side}"].head_local.copy() for side in "LR"}
    performance = small_performance(30)
    performance.joint("left_hip")[:, 0] = -0.8
    performance.joint("left_knee")[:, 0] = 1.2
    performance.trans[:, 0] = np.linspace(0.0, 0.3, performance.frames)
    bake(performance, rig, BakeOptions(tolerance=0.0))
    bpy.context.scene.frame_set(20)
    for side, end in ends.items():
        shin = posed[f"LowerLeg.{side}"].matrix @ rest[f"LowerLeg.{side}"].matrix_local.inverted()
        assert (posed[f"Foot.{side}"].head - shin @ end).length < 1e-3
        assert (posed[f"Foot.{side}"].head - end).length > 0.1


def test_what_is_called_a_foot_and_stands_elsewhere_is_left_alone(blank_scene: Any) -> None:
    rig = find_rig(add_skeleton(_standing_feet(-0.8)))
    assert rig is not None
    assert rig.bones["left_knee"] == "LowerLeg.L"
    assert "left_ankle" not in rig.bones
    assert any("'Foot.L' does not hang on 'LowerLeg.L'" in note for note in rig.notes)


def test_a_leg_above_a_shin_is_a_thigh(blank_scene: Any) -> None:
    names = names_of(*MAKERS["game"])
    for side, letter in (("left", "L"), ("right", "R")):
        names[f"{side}_hip"], names[f"{side}_knee"] = f"Leg.{letter}", f"Shin.{letter}"
    rig = find_rig(add_skeleton(renamed(made_up_body(1), names)))
    assert rig is not None
    assert rig.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in names}


def test_parts_of_limbs_between_their_joints_are_of_the_limbs(blank_scene: Any) -> None:
    names = names_of(*MAKERS["advanced_skeleton"])
    bones = renamed(made_up_body(1, arms=0.4), names)
    for side in "LR":
        for part, lower in (("Shoulder", "Elbow"), ("Elbow", "Wrist"), ("Hip", "Knee"), ("Knee", "Ankle")):
            end = bones[f"{lower}_{side}"][1]
            for number, share in ((1, 1 / 3), (2, 2 / 3)):
                place = bones[f"{part}_{side}"][1] * (1 - share) + end * share
                bones[f"{part}Part{number}_{side}"] = f"{part}{f'Part{number - 1}' if number > 1 else ''}_{side}", place
            bones[f"{lower}_{side}"] = f"{part}Part2_{side}", end
    armature = add_skeleton(bones)
    found = match_skeleton(armature, list(armature.children))
    assert found is not None
    assert found.bones == {joint: names[joint] for joint in JOINT_NAMES if joint in names}
    assert found.links["left_knee"] == ("Knee_L", "KneePart1_L", "KneePart2_L")
    plain = {bone: f"b{index:03d}" for index, bone in enumerate(bones)}
    alone = find_rig(add_skeleton(renamed(bones, plain)))
    assert alone is not None
    assert {joint: bone for joint, bone in alone.bones.items() if plain[names[joint]] != bone} == {}


def test_doubles_of_legs_that_nothing_ties_any_more_go_with_the_legs(blank_scene: Any) -> None:
    names = names_of(*MAKERS["mmd"])
    bones = renamed(made_up_body(2, arms=0.6), names)
    doubles = {f"{part}_{side}": f"{part}D_{side}" for part in ("Leg", "Knee", "Ankle") for side in "LR"}
    for name, double in doubles.items():
        parent, place = bones[name]
        bones[double] = doubles.get(parent, parent), place
    armature = add_skeleton(bones)
    rig = find_rig(armature)
    assert rig is not None
    assert (rig.skeleton, rig.bones["left_knee"]) == ("mmd", "Knee_L")
    performance = small_performance(30)
    performance.joint("left_hip")[:, 0] = -0.8
    performance.joint("left_knee")[:, 0] = 1.2
    bake(performance, rig, BakeOptions(tolerance=0.0))
    bpy.context.scene.frame_set(20)
    posed, rest = armature.pose.bones, armature.data.bones
    for name, double in doubles.items():
        turns = [posed[b].matrix @ rest[b].matrix_local.inverted() for b in (name, double)]
        assert np.abs(np.array(turns[0]) - np.array(turns[1])).max() < 1e-4
    constraint = posed["LegD_L"].constraints.new("COPY_ROTATION")
    constraint.target, constraint.subtarget = armature, "Leg_L"
    tied = find_rig(armature)
    assert tied is not None
    assert [part.bone for part in tied.joints["left_hip"].riders] == []
    assert [part.bone for part in tied.joints["right_hip"].riders] == ["LegD_R"]
