"""A stool stands on the floor under a character that sits, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.character import load_character
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.stool import NAME, put_stool
from soliloquy.rigs.takes.bake import BakeOptions, bake


def seated() -> Performance:
    """Thighs forward and level, shins down, the hips at the height of the knees."""
    poses = np.zeros((10, 165), np.float32)
    for side in ("left", "right"):
        for joint, degrees in (("hip", -88.0), ("knee", 88.0)):
            poses[:, 3 * JOINT_INDEX[f"{side}_{joint}"]] = np.radians(degrees)
    trans = np.tile(np.array([0.0, -0.39, -0.4], np.float32), (10, 1))
    return Performance(30.0, poses, trans, np.zeros((10, 52), np.float32), np.zeros(10, np.float32))


def test_under_the_hips_on_the_floor_and_only_one(blank_scene: Any) -> None:
    rig = add_character(bpy.context, location=(1.0, 2.0, 0.5))
    with pytest.raises(SoliloquyError, match="does not sit"):
        put_stool(bpy.context, rig)
    bake(seated(), rig, BakeOptions(first_frame=1.0))
    blank_scene.frame_set(5)
    put_stool(bpy.context, rig)
    stool = put_stool(bpy.context, rig)
    assert [item.name for item in blank_scene.objects if item.name.startswith(NAME)] == [stool.name]
    bpy.context.view_layer.update()
    corners = np.array([stool.matrix_world @ vertex.co for vertex in stool.data.vertices])
    assert corners[:, 2].min() == pytest.approx(0.5, abs=1e-4)
    hips = load_character().joints[JOINT_INDEX["left_hip"]]
    assert corners[:, 2].max() == pytest.approx(0.5 + hips[1] - 0.39 - 0.088, abs=0.02)
    # SMPL-X's +Z is Blender's -Y: the hips are 0.4 m behind the character's place.
    assert corners[:, :2].mean(0) == pytest.approx([1.0, 2.4], abs=0.06)
    rig.armature.location.x += 1.0
    bpy.context.view_layer.update()
    stool = put_stool(bpy.context, rig)
    assert stool.location[0] == pytest.approx(2.0, abs=0.01)
    assert stool.parent is None
    assert len([item for item in blank_scene.objects if item.name.startswith(NAME)]) == 1
