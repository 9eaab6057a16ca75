"""A skeleton that moves no mesh is refused with the remedy; one without meshes is a motion and is not."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from small_character import add_small_character

from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.stillness import why_still


def _bare() -> Any:
    rig = add_small_character(bpy)
    rig.armature.data.bones["jaw"].name = "chin"
    rig.meshes[0].shape_key_clear()
    return find_rig(rig.armature)


def test_meshes_without_weights_are_said(blank_scene: Any) -> None:
    rig = _bare()
    assert why_still(rig) is None
    rig.attached[0].vertex_groups.clear()
    refused = why_still(find_rig(rig.armature))
    assert refused is not None
    assert "None of the meshes of 'Small' is weighted to a bone that deforms" in refused.message
    assert "Automatic Weights" in refused.hint


def test_bones_that_deform_nothing_are_said(blank_scene: Any) -> None:
    rig = _bare()
    for bone in rig.armature.data.bones:
        bone.use_deform = False
    assert why_still(find_rig(rig.armature)) is not None
    rig.attached[0].parent_type, rig.attached[0].parent_bone = "BONE", "head"
    assert why_still(find_rig(rig.armature)) is None


def test_a_face_and_a_motion_need_no_weights(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    rig.meshes[0].vertex_groups.clear()
    assert why_still(find_rig(rig.armature)) is None
    bpy.data.objects.remove(rig.meshes[0])
    assert why_still(find_rig(rig.armature)) is None
