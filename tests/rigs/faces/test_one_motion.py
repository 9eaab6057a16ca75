"""A bone and a shape key never do one motion twice: a mouth opens once, an eyeball turns once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, small_performance

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake

_OPEN = 0.1
"""Metres by which the key opens the mouth."""


def _character(
    weights: dict[str, float], key: str = "jawOpen", joint: str = "jaw", far: float = _OPEN, front: float = 0.0
) -> Rig:
    """Return the small character whose points at a joint, or before it, hang on some bones and are moved by a key."""
    small = add_small_character(bpy)
    body = small.meshes[0]
    body.shape_key_remove(body.data.shape_keys.key_blocks["jawOpen_corrective"])
    points = range(4 * JOINT_INDEX[joint], 4 * JOINT_INDEX[joint] + 4)
    for index in points:
        for shape in (body.data.vertices, *(block.data for block in body.data.shape_keys.key_blocks)):
            shape[index].co.y -= front
    block = body.data.shape_keys.key_blocks.get(key) or body.shape_key_add(name=key)
    for index in range(len(block.data)):
        block.data[index].co = body.data.shape_keys.reference_key.data[index].co
    for index in points:
        block.data[index].co.z -= far
    for group in body.vertex_groups:
        group.remove(list(points))
    for bone, weight in weights.items():
        body.vertex_groups[bone].add(list(points), weight, "REPLACE")
    rig = find_rig(small.armature)
    assert rig is not None
    return rig


def _drop(rig: Rig, pose: dict[str, float], joint: str = "jaw") -> float:
    """Return how far the points at a joint come down in a performance of one pose."""
    performance = small_performance(4)
    performance.poses[:], performance.arkit[:], performance.trans[:] = 0.0, 0.0, 0.0
    for name, value in pose.items():
        performance.arkit[1:, ARKIT_INDEX[name]] = value
        performance.joint("jaw")[1:, 0] = load_character().jaw_open_radians * pose.get("jawOpen", 0.0)
    bpy.context.scene.render.fps = 30
    bake(performance, rig, BakeOptions(regions=("lips", "eyes"), tolerance=0.0))
    heights = []
    for frame in (1, 3):
        bpy.context.scene.frame_set(frame)
        shown: Any = rig.meshes[0].evaluated_get(bpy.context.evaluated_depsgraph_get()).data.vertices
        first = 4 * JOINT_INDEX[joint]
        heights.append(np.mean([shown[index].co.z for index in range(first, first + 4)]))
    return float(heights[0] - heights[1])


def test_where_both_open_the_mouth_the_key_opens_it_once(blank_scene) -> None:
    rig = _character({"jaw": 1.0})
    assert _drop(rig, {"jawOpen": 1.0}) == pytest.approx(_OPEN, rel=0.15)
    assert tuple(rig.armature.pose.bones["jaw"].rotation_quaternion) == (1.0, 0.0, 0.0, 0.0)


def test_a_jaw_that_carries_only_teeth_follows(blank_scene) -> None:
    rig = _character({"head": 1.0})
    assert _drop(rig, {"jawOpen": 1.0}) == pytest.approx(_OPEN, rel=0.15)
    assert rig.armature.pose.bones["jaw"].rotation_quaternion.angle == pytest.approx(0.424, abs=0.01)


def test_a_key_that_mends_what_the_bone_does_goes_with_it(blank_scene) -> None:
    by_bone = _drop(_character({"jaw": 1.0}, far=0.0, front=0.1), {"jawOpen": 1.0})
    assert by_bone > 0.0
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    rig = _character({"jaw": 1.0}, far=0.2 * by_bone, front=0.1)
    assert _drop(rig, {"jawOpen": 1.0}) == pytest.approx(1.2 * by_bone, rel=0.1)


@pytest.mark.parametrize("by", ["weights", "parent"])
def test_where_teeth_hang_on_the_jaw_the_bone_opens_the_mouth_and_the_key_rests(blank_scene, by) -> None:
    by_bone = _drop(_character({"jaw": 1.0}, far=0.0, front=0.1), {"jawOpen": 1.0})
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    rig = _character({"jaw": 1.0}, far=by_bone, front=0.1)
    teeth = bpy.data.objects.new("Teeth", bpy.data.meshes.new("Teeth"))
    teeth.data.from_pydata([(0.0, -0.1, 1.5), (0.01, -0.1, 1.5), (0.0, -0.1, 1.51)], [], [(0, 1, 2)])
    bpy.context.scene.collection.objects.link(teeth)
    teeth.parent = rig.armature
    if by == "weights":
        teeth.vertex_groups.new(name="jaw").add([0, 1, 2], 1.0, "REPLACE")
        teeth.modifiers.new("Armature", "ARMATURE").object = rig.armature
    else:
        teeth.parent_type, teeth.parent_bone = "BONE", "jaw"
    rig = find_rig(rig.armature)
    assert rig is not None
    assert "jawOpen" not in rig.shape_keys
    assert _drop(rig, {"jawOpen": 1.0}) == pytest.approx(by_bone, rel=0.1)
    assert rig.armature.pose.bones["jaw"].rotation_quaternion.angle > 0.3


def test_the_default_characters_corrective_goes_with_its_jaw_bone(blank_scene) -> None:
    rig = add_small_character(bpy)
    assert not [drive for drive in rig.drives if "jaw" in drive.joints]
    assert rig.shape_keys["jawOpen"] == "jawOpen_corrective"


@pytest.mark.parametrize(("bone", "kept"), [("left_eye_smplhf", False), ("head", True)])
def test_a_key_that_turns_an_eyeball_stays_at_rest_where_its_bone_turns_it(blank_scene, bone, kept) -> None:
    rig = _character({bone: 1.0}, "eyeLookDownLeft", "left_eye_smplhf")
    assert ("eyeLookDownLeft" in rig.shape_keys) == kept
