"""The stage in the user's scene: put up in one go, replaced by the next, with eyes on its camera."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Vector

from soliloquy.inference.errors import SoliloquyError
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.render.set_stage import COLLECTION, set_stage


def test_a_stage_is_put_up_and_replaced_by_the_next(blank_scene: Any) -> None:
    rig = add_character(bpy.context)
    before = {item.name for item in bpy.data.objects}
    set_stage(bpy.context, rig, view="body")
    camera = set_stage(bpy.context, rig, view="head")
    kinds = sorted(item.type for item in bpy.data.objects if item.name not in before)
    assert kinds == ["CAMERA", *["LIGHT"] * 4, "MESH"]
    assert bpy.context.scene.camera == camera
    assert len([item for item in bpy.data.collections if item.name.startswith(COLLECTION)]) == 1
    bpy.context.view_layer.update()
    bone = rig.armature.pose.bones["left_eye_smplhf"]
    ahead = bone.matrix.to_3x3() @ bone.bone.matrix_local.to_3x3().inverted() @ Vector((0.0, -1.0, 0.0))
    assert ahead.dot((camera.matrix_world.translation - bone.head).normalized()) > 0.9999
    stage = next(item for item in bpy.data.objects if item.name.startswith("Soliloquy Backdrop"))
    lowest = min((stage.matrix_world @ vertex.co).z for vertex in stage.data.vertices)
    assert lowest == pytest.approx(0.0, abs=1e-5)


def test_eyes_that_something_moves_are_left_alone(blank_scene: Any) -> None:
    rig = add_character(bpy.context)
    rig.armature.animation_data_create().action = bpy.data.actions.new("hers")
    set_stage(bpy.context, rig)
    assert rig.armature.pose.bones["left_eye_smplhf"].rotation_quaternion.angle == pytest.approx(0.0)


def test_a_view_that_there_is_not_is_named(blank_scene: Any) -> None:
    rig = add_character(bpy.context)
    with pytest.raises(SoliloquyError, match="feet"):
        set_stage(bpy.context, rig, view="feet")
