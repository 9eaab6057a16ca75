"""Recognising characters: ours, other SMPL-X armatures, faces with ARKit keys; and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

import numpy as np
from small_character import add_small_character, small_performance
from small_cloud_rig import add_small_cloud_rig
from small_control_rig import add_small_control_rig

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.character import load_character
from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.rest_frame import SMPLX_TO_BLENDER
from soliloquy.rigs.rig import find_rig, rigs_in_scene, why_no_rig
from soliloquy.rigs.rig_parts import JAW_OPEN_PROPERTY, JAW_OPEN_RADIANS
from soliloquy.rigs.sample import sample_take
from soliloquy.rigs.takes.bake import BakeOptions, bake


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
    assert set(rig.bones) == set(JOINT_NAMES)


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


def test_a_few_names_that_fit_by_accident_move_no_body(blank_scene: Any) -> None:
    armature = add_armature("Hero", ["Hips", "Spine", "Spine1", "Spine2", "Neck", "Head", "LeftArm", "RightArm"])
    assert find_rig(armature) is None
    assert "8 of 55 joints found; body left alone" in why_no_rig(armature)
    face = add_mesh("Face", list(ARKIT_NAMES))
    face.parent = armature
    rig = find_rig(armature)
    assert rig is not None
    assert (rig.bones, rig.skeleton, rig.face, rig.kind) == ({}, "", "arkit", "arkit")
    for region in ("head", "body", "hands"):
        assert "8 of 55 joints found; body left alone" in rig.lacks[region]
    assert "lips" not in rig.lacks


def test_what_a_skeleton_lacks_is_said_by_region(blank_scene: Any) -> None:
    kept = [name for name in JOINT_NAMES if "pinky" not in name and name != "spine2"]
    armature = add_armature("Hero", kept)
    rig = find_rig(armature)
    assert rig is not None
    assert len(rig.bones) == 48
    assert "24 of 30 joints of the hands" in rig.lacks["hands"]
    assert "'spine2'" in rig.lacks["body"]
    assert "head" not in rig.lacks
    assert "no mesh" in rig.lacks["lips"]


def test_a_body_without_hands_and_face_bones_is_a_body(blank_scene: Any) -> None:
    armature = add_armature("SMPL", list(JOINT_NAMES[:22]))
    keys = [name for name in ARKIT_NAMES if not name.startswith("eyeLook") or name == "eyeLookUpLeft"]
    add_mesh("Face", keys).parent = armature
    rig = find_rig(armature)
    assert rig is not None
    assert len(rig.bones) == 22
    assert list(rig.lacks) == ["hands"]
    assert "hands left alone" in rig.lacks["hands"]


def test_a_missing_bone_leaves_its_turn_to_the_next_one(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    armature = add_small_character(bpy).armature
    bpy.ops.object.mode_set(mode="EDIT")
    bones = armature.data.edit_bones
    bones.remove(bones["spine2"])
    bones["spine3"].parent = bones["spine1"]
    bpy.ops.object.mode_set(mode="OBJECT")
    rig = find_rig(armature)
    assert rig.joints["spine3"].carries == ("spine2", "spine3")
    assert rig.joints["spine3"].parent == "spine1"
    performance = small_performance(6)
    take = bake(performance, rig, BakeOptions(tolerance=0.0)).take
    bpy.context.scene.frame_set(4)
    shown = np.array(armature.pose.bones["head"].matrix.to_3x3())
    wanted = np.eye(3)
    for joint in ("pelvis", "spine1", "spine2", "spine3", "neck", "head"):
        wanted = wanted @ axis_angle_to_matrix(performance.joint(joint)[3].astype(float))
    assert np.abs(shown - SMPLX_TO_BLENDER @ wanted).max() < 1e-4
    again = sample_take(rig, take)
    both = axis_angle_to_matrix(performance.joint("spine2")) @ axis_angle_to_matrix(performance.joint("spine3"))
    assert np.abs(axis_angle_to_matrix(again.joint("spine3")) - both).max() < 1e-4


def test_a_face_of_components_alone_is_named(blank_scene: Any) -> None:
    armature = add_armature("SMPLX", ["root", *JOINT_NAMES])
    add_mesh("SMPLX-mesh", [f"Exp{index:03d}" for index in range(10)]).parent = armature
    rig = find_rig(armature)
    assert rig is not None
    assert rig.keys == ()
    assert [drive.title for drive in rig.drives] == ["10 components of expression"]


def test_a_flame_head_turns_with_its_neck(blank_scene: Any) -> None:
    armature = add_armature("FLAME", ["root", "neck", "jaw", "left_eye", "right_eye"])
    rig = find_rig(armature)
    assert rig is not None
    assert rig.skeleton == "flame"
    assert set(rig.bones) == {"neck", "jaw", "left_eye_smplhf", "right_eye_smplhf"}
    assert rig.joints["neck"].carries == ("neck", "head")
    assert "no hands" in rig.lacks["hands"]
    assert find_rig(add_armature("Body", ["neck", "jaw", "left_eye", "right_eye", *"abcdef"])) is None


def test_each_mesh_is_driven_by_its_own_key_names(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    armature = add_armature("Hero", ["bone"])
    head, teeth = add_mesh("Head", list(ARKIT_NAMES)), add_mesh("Teeth", ["JawOpen", "mouthSmile_L", "Chipped"])
    for mesh in (head, teeth):
        mesh.parent = armature
    performance = small_performance(6)
    bake(performance, find_rig(teeth), BakeOptions(tolerance=0.0))
    bpy.context.scene.frame_set(3)
    for mesh, jaw, smile in ((head, "jawOpen", "mouthSmileLeft"), (teeth, "JawOpen", "mouthSmile_L")):
        blocks = mesh.data.shape_keys.key_blocks
        assert blocks[jaw].value == pytest.approx(performance.coefficient("jawOpen")[2], abs=1e-5)
        assert blocks[smile].value == pytest.approx(performance.coefficient("mouthSmileLeft")[2], abs=1e-5)
    assert teeth.data.shape_keys.key_blocks["Chipped"].value == 0.0


def test_an_armature_may_say_how_far_its_jaw_turns(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    assert pytest.approx(load_character().jaw_open_radians, rel=1e-6) == JAW_OPEN_RADIANS
    armature = add_small_character(bpy).armature
    armature[JAW_OPEN_PROPERTY] = JAW_OPEN_RADIANS / 2
    rig = find_rig(armature)
    performance = small_performance(6)
    take = bake(performance, rig, BakeOptions(tolerance=0.0)).take
    bpy.context.scene.frame_set(3)
    turned = 2.0 * np.array(armature.pose.bones["jaw"].rotation_quaternion.to_exponential_map())
    assert np.abs(turned - performance.joint("jaw")[2]).max() < 1e-4
    assert np.abs(sample_take(rig, take).joint("jaw") - performance.joint("jaw")).max() < 1e-4


def test_why_a_thing_is_no_character_is_said_of_characters_only(blank_scene: Any) -> None:
    assert why_no_rig(None) == ""
    assert why_no_rig(add_mesh("Crate", [])) == ""
    assert "body left alone" in why_no_rig(add_armature("Crane", ["base", "boom"]))
    assert why_no_rig(add_mesh("Ball", ["Squash", "Stretch"])) == ""
    assert "No face keys were found on 'Blob'" in why_no_rig(add_mesh("Blob", list("VWXYZ")))


@pytest.mark.parametrize(
    ("add", "kind", "prefix"),
    [(add_small_control_rig, "rigify", "ORG-"), (add_small_cloud_rig, "cloud_rig", "FK-")],
    ids=["Rigify", "CloudRig"],
)
def test_a_metarig_leads_to_what_was_generated_from_it(
    blank_scene: Any, add: Callable[..., Any], kind: str, prefix: str
) -> None:
    generated = add(bpy, "Hero")
    if not generated.children:
        add_mesh("Skin", []).parent = generated
    limbs = ("upper_arm", "forearm", "hand", "UpperArm", "Forearm", "Thigh", "Neck", "Hand")
    names = [bone.name.removeprefix(prefix) for bone in generated.data.bones if bone.name.startswith(prefix)]
    metarig = add_armature("AAA metarig", [name for name in names if name.startswith(limbs)])
    found = find_rig(metarig)
    assert found is not None
    assert (found.armature, found.skeleton) == (generated, kind)
    assert (
        found.notes[0] == "'AAA metarig' is a metarig; 'Hero', which was generated from it, is animated in its place."
    )
    assert [rig.armature for rig in rigs_in_scene(bpy.context.scene)] == [generated]
    for rig in (find_rig(generated), *rigs_in_scene(bpy.context.scene)):
        assert rig is not None
        assert not any("metarig" in note for note in rig.notes), "said of the metarig alone"
    bpy.data.objects.remove(generated)
    alone = find_rig(metarig)
    assert alone is None or alone.armature is metarig
