"""Recognising characters: ours, other SMPL-X armatures, faces with ARKit keys; and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.rig import find_rig, rigs_in_scene


def add_mesh(name: str, keys: list[str]) -> Any:
    """Add a triangle with shape keys."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.collection.objects.link(obj)
    obj.shape_key_add(name="Basis")
    for key in keys:
        obj.shape_key_add(name=key).value = 0
    return obj


def add_armature(name: str, bones: list[str]) -> Any:
    """Add an armature of loose bones."""
    armature = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    bpy.context.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for index, bone in enumerate(bones):
        edit = armature.data.edit_bones.new(bone)
        edit.head, edit.tail = (index, 0, 0), (index, 0, 0.1)
    bpy.ops.object.mode_set(mode="OBJECT")
    return armature


def test_any_part_of_the_character_leads_to_it(blank_scene: Any) -> None:
    rig = add_character(bpy.context)
    hat = add_mesh("Hat", [])
    hat.parent = rig.meshes[0]
    for obj in (rig.armature, rig.meshes[0], hat):
        found = find_rig(obj)
        assert found is not None
        assert found.armature is rig.armature
        assert found.meshes == rig.meshes
        assert found.jaw_open_radians == pytest.approx(rig.jaw_open_radians)
    assert set(rig.bones) == set(JOINT_NAMES)
    assert 0.35 < rig.jaw_open_radians < 0.5


def test_another_smplx_armature_with_arkit_keys_in_other_spelling(blank_scene: Any) -> None:
    names = [name.replace("_eye_smplhf", "_eye") for name in JOINT_NAMES]
    armature = add_armature("SMPLX-neutral", ["root", *names])
    keys = [name.upper() for name in ARKIT_NAMES[:20]] + ["mouthSmile_L", "browDown_R"]
    face = add_mesh("SMPLX-mesh-neutral", keys)
    face.modifiers.new("Armature", "ARMATURE").object = armature
    rig = find_rig(face)
    assert rig is not None
    assert rig.armature is armature
    assert rig.bones["left_eye_smplhf"] == "left_eye"
    assert rig.shape_keys["jawOpen"] == "JAWOPEN"
    assert rig.shape_keys["mouthSmileLeft"] == "mouthSmile_L"
    assert rig.shape_keys["browDownRight"] == "browDown_R"
    assert rig.jaw_corrective is None
    assert find_rig(armature).meshes == [face]


def test_a_face_without_bones_is_a_rig_too(blank_scene: Any) -> None:
    face = add_mesh("Face", list(ARKIT_NAMES))
    rig = find_rig(face)
    assert rig is not None
    assert rig.armature is None
    assert len(rig.shape_keys) == 52


def test_ordinary_objects_are_no_characters(blank_scene: Any) -> None:
    assert find_rig(None) is None
    assert find_rig(add_mesh("Crate", ["Key 1"])) is None
    assert find_rig(add_armature("Crane", ["base", "boom", "hook"])) is None
    empty = bpy.data.objects.new("Empty", None)
    bpy.context.collection.objects.link(empty)
    assert find_rig(empty) is None


def test_each_rig_of_a_scene_is_listed_once(blank_scene: Any) -> None:
    first, second = add_character(bpy.context), add_character(bpy.context)
    face = add_mesh("Face", list(ARKIT_NAMES))
    add_mesh("Crate", [])
    found = rigs_in_scene(bpy.context.scene)
    assert len(found) == 3
    assert {rig.armature for rig in found} == {first.armature, second.armature, None}
    assert [rig.meshes for rig in found if rig.armature is None] == [[face]]
