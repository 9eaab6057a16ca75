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


def _character(weights: dict[str, float], key: str = "jawOpen", joint: str = "jaw") -> Rig:
    """Return the small character whose points at a joint hang on some bones and are moved by a key."""
    small = add_small_character(bpy)
    body = small.meshes[0]
    body.shape_key_remove(body.data.shape_keys.key_blocks["jawOpen_corrective"])
    points = range(4 * JOINT_INDEX[joint], 4 * JOINT_INDEX[joint] + 4)
    block = body.data.shape_keys.key_blocks.get(key) or body.shape_key_add(name=key)
    for index in range(len(block.data)):
        block.data[index].co = body.data.shape_keys.reference_key.data[index].co
    for index in points:
        block.data[index].co.z -= _OPEN
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


def test_the_default_characters_corrective_goes_with_its_jaw_bone(blank_scene) -> None:
    rig = add_small_character(bpy)
    assert not [drive for drive in rig.drives if "jaw" in drive.joints]
    assert rig.shape_keys["jawOpen"] == "jawOpen_corrective"


@pytest.mark.parametrize(("bone", "kept"), [("left_eye_smplhf", False), ("head", True)])
def test_a_key_that_turns_an_eyeball_stays_at_rest_where_its_bone_turns_it(blank_scene, bone, kept) -> None:
    rig = _character({bone: 1.0}, "eyeLookDownLeft", "left_eye_smplhf")
    assert ("eyeLookDownLeft" in rig.shape_keys) == kept
