"""Arms and legs that hang on nothing go with the body all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, small_performance

from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake

LOOSE = ("left_collar", "left_shoulder", "right_hip")


def _places(rig: Rig, frames: tuple[int, ...]) -> np.ndarray:
    found = []
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        posed = rig.armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
        found.append([posed[rig.joints[joint].bone].head for joint in rig.joints])
    return np.array(found)


@pytest.mark.parametrize("scale", [1.0, 0.01])
def test_bones_that_hang_on_nothing_stay_where_the_body_carries_them(blank_scene: Any, scale: float) -> None:
    blank_scene.render.fps = 30
    frames = (5, 22, 41)
    performance = small_performance(60)
    whole = add_small_character(bpy, "Whole")
    bake(performance, whole, BakeOptions(tolerance=0.0))
    rig = add_small_character(bpy, "Parts")
    bpy.ops.object.mode_set(mode="EDIT")
    for name in LOOSE:
        rig.armature.data.edit_bones[name].parent = None
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.armature.scale = (scale, scale, scale)
    bpy.context.view_layer.update()
    found = find_rig(rig.armature)
    assert found is not None
    assert found.loose == {"left_collar": "spine3", "left_shoulder": "left_collar", "right_hip": "pelvis"}
    take = bake(performance, found, BakeOptions(tolerance=0.0)).take
    np.testing.assert_allclose(_places(found, frames), _places(whole, frames), atol=2e-3)
    takes.remove(found, take)
    assert all(bone.location.length == 0.0 for bone in rig.armature.pose.bones)
