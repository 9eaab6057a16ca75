"""CloudRig's rigs are animated on the FK controls that an artist sees, whatever they were switched to."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import small_performance
from small_cloud_rig import NAMES, add_small_cloud_rig

from soliloquy.rigs.measures.body import directions, travel, trunk
from soliloquy.rigs.measures.case import Case
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake


def test_its_controls_are_found_and_what_switches_ik_off(blank_scene) -> None:
    rig = find_rig(add_small_cloud_rig(bpy))
    assert rig is not None
    assert rig.skeleton == "cloud_rig"
    wanted = {joint: f"FK-{bone}" for joint, bone in NAMES.items()}
    assert rig.bones == {**wanted, "pelvis": "TORSO-Spine"}
    assert {switch.path.split('"')[3]: switch.value for switch in rig.switches} == dict.fromkeys(
        ("ik_spine", "ik_left_shoulder", "ik_right_shoulder", "ik_left_hip", "ik_right_hip"), 0.0
    )
    assert rig.joints["left_shoulder"].parent == "left_collar"
    assert rig.joints["left_foot"].parent == "left_ankle"
    assert rig.joints["neck"].parent is None, "the root carries it"
    assert rig.loose == {}


def test_deforming_bones_go_where_performed_and_switches_come_back(blank_scene) -> None:
    armature, performance = add_small_cloud_rig(bpy), small_performance(20)
    performance.trans[:, 0] = np.linspace(0.0, 0.3, len(performance.trans))
    rig = find_rig(armature)
    assert rig is not None
    properties = armature.pose.bones["Properties"]
    before = dict(properties.items())
    bpy.context.scene.render.fps = 30
    report = bake(performance, rig, BakeOptions(first_frame=1.0))
    assert not [said for said in report.warnings if "held" in said or "moved by" in said]
    case = Case("small", rig, performance, report)
    off = {**directions(case), **travel(case), **trunk(case)}
    limits = {"upper arm max": 1.0, "forearm max": 1.0, "shin max": 1.0, "hand max": 1.0, "head max": 1.0,
              "travel %": 1.0}  # fmt: skip
    assert {name: off[name] for name, most in limits.items() if off[name] > most} == {}
    bpy.context.scene.frame_set(12)
    shown = armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
    for joint, bone in NAMES.items():
        if joint != "pelvis":
            assert np.allclose(shown[f"DEF-{bone}"].matrix, shown[f"FK-{bone}"].matrix, atol=1e-4), bone
    assert np.allclose(shown["FK-Neck"].head, shown["ROOT-Neck"].head, atol=1e-4), "the neck stays on the body"
    takes.remove(rig, report.take)
    assert dict(properties.items()) == before
