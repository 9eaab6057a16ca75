"""More arms than two, and meshes with two armatures, are said; a plain character has nothing odd."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from small_character import add_small_character, hang_on

from soliloquy.rigs.rig import find_rig


def test_a_plain_character_has_nothing_odd(blank_scene: Any) -> None:
    assert add_small_character(bpy).notes == ()


def test_a_third_arm_is_said_and_left_alone(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    bones = rig.armature.data.edit_bones
    first = bones["left_shoulder"]
    copies = {}
    for bone in (first, *first.children_recursive):
        copy = copies[bone.name] = bones.new(f"third {bone.name}")
        copy.head, copy.tail = bone.head, bone.tail
        copy.parent = copies.get(bone.parent.name, bones["spine3"])
    bpy.ops.object.mode_set(mode="OBJECT")
    found = find_rig(rig.armature)
    assert len(found.joints) == 55
    (note,) = found.notes
    assert "a further arm at 'third left_shoulder'; it is left alone" in note


def test_a_mesh_with_two_armatures_is_said(blank_scene: Any) -> None:
    rig, other = add_small_character(bpy), add_small_character(bpy, "Other")
    rig.meshes[0].modifiers.new("Second", "ARMATURE").object = other.armature
    assert "is deformed by 'Small' and by 'Other'; only 'Small' is animated" in find_rig(rig.armature).notes[0]


def test_clothes_on_an_armature_of_their_own_are_said_with_the_remedy(blank_scene: Any) -> None:
    rig, other = add_small_character(bpy), add_small_character(bpy, "Clothes")
    assert find_rig(rig.armature).notes == ()  # two characters, each with its face
    shirt = other.meshes[0]
    shirt.shape_key_clear()
    other.armature.location.x = 1.0
    bpy.context.view_layer.update()
    assert find_rig(rig.armature).notes == ()  # apart
    other.armature.location.x = 0.0
    bpy.context.view_layer.update()
    (note,) = find_rig(rig.armature).notes
    assert f"'{shirt.name}' hangs on 'Clothes', another armature with the same bones, and stays behind" in note
    next(modifier for modifier in shirt.modifiers if modifier.type == "ARMATURE").object = rig.armature
    assert not any("stays behind" in note for note in find_rig(rig.armature).notes)


def _character_with_clothes_apart() -> tuple[Any, Any]:
    """Return the armature of a character and the one that a shirt in its place hangs on."""
    armature, other = add_small_character(bpy).armature, add_small_character(bpy, "Clothes")
    other.meshes[0].shape_key_clear()
    bpy.context.view_layer.update()
    return armature, other.armature


def test_clothes_that_follow_already_or_are_hidden_are_not_said(blank_scene: Any) -> None:
    armature, clothes = _character_with_clothes_apart()
    assert find_rig(armature).notes
    clothes.hide_viewport = True
    assert find_rig(armature).notes == ()
    clothes.hide_viewport = False
    constraint = clothes.pose.bones["head"].constraints.new("COPY_TRANSFORMS")
    constraint.target, constraint.subtarget = armature, "head"
    assert find_rig(armature).notes == ()


def test_clothes_with_bones_of_their_own_keep_their_armature_and_all_are_counted(blank_scene: Any) -> None:
    armature, clothes = _character_with_clothes_apart()
    shirt = next(item for item in blank_scene.objects if item.type == "MESH" and item.find_armature() == clothes)
    blank_scene.collection.objects.link(shirt.copy())
    clothes.data.bones["left_index3"].name = "Hem"
    (note,) = find_rig(armature).notes
    assert f"'{shirt.name}' and 1 more hang on 'Clothes'" in note
    assert note.endswith(f"Give its bones Copy Transforms constraints to those of '{armature.name}'.")


def test_uneven_scale_is_said_and_a_mirrored_object_is_not(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    rig.armature.scale = (-0.01, 0.01, 0.01)
    bpy.context.view_layer.update()
    mirrored = find_rig(rig.armature)
    assert mirrored.notes == ()
    assert mirrored.bones == rig.bones
    assert mirrored.size > 0.0
    rig.armature.scale = (1.0, 1.0, 1.3)
    bpy.context.view_layer.update()
    (note,) = find_rig(rig.armature).notes
    assert "scaled by different amounts along its axes" in note
    assert "Ctrl A" in note


def test_a_body_that_leans_with_what_carries_it_is_said(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    posed = hang_on(bpy, rig, "Carrier", (0.0, 0.3, 0.0))
    posed.rotation_mode = "XYZ"
    # The bone lies along Y: about its own Y (world Y) it leans, about its own Z (world up) it turns where it stands.
    for turn, leans in (((0.0, 0.5, 0.0), True), ((0.0, 0.0, 1.0), False), ((0.0, 0.0, 0.0), False)):
        posed.rotation_euler = turn
        bpy.context.view_layer.update()
        said = [note for note in find_rig(rig.armature).notes if "'Carrier', which is posed aslant" in note]
        assert bool(said) == leans, turn


def test_keys_that_lost_their_names_in_import_are_said_unless_the_file_told_them(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    body = rig.meshes[0]
    body.shape_key_clear()
    for name in ("Basis", "target_0", "target_1", "target_2"):
        body.shape_key_add(name=name)
    (note,) = find_rig(rig.armature).notes
    assert note.startswith(f"The shape keys of '{body.name}' lost their names in import ('target_0' ...)")
    assert "Add VRM Character" in note
    body.data.shape_keys.key_blocks["target_2"].name = "Smile"
    assert find_rig(rig.armature).notes == ()
    body.data.shape_keys.key_blocks["Smile"].name = "target_2"
    rig.armature["soliloquy_vrm_humanoid"] = "{}"
    assert find_rig(rig.armature).notes == ()
