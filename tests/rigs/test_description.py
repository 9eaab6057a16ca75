"""The line about a character says what it is, how it stands at rest and what it lacks."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from small_character import add_small_character

from soliloquy.rigs.description import describe, facts
from soliloquy.rigs.rig import find_rig


def _edit(rig: Any, change: Any) -> Any:
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    change(rig.armature.data.edit_bones)
    bpy.ops.object.mode_set(mode="OBJECT")
    return find_rig(rig.armature)


def test_the_line_of_a_whole_character(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    assert describe(rig) == "SMPL-X skeleton, 55 bones, T-pose; face: ARKit 52/52"
    rig.armature.pose.bones["left_shoulder"].rotation_quaternion = (0.9, 0.0, 0.4, 0.0)
    bpy.context.view_layer.update()
    assert describe(rig) == describe(find_rig(rig.armature)), "what is shown does not count"


def test_arms_that_hang_make_an_a(blank_scene: Any) -> None:
    def lower(bones: Any) -> None:
        for side in ("left", "right"):
            move = bones[f"{side}_elbow"].head - bones[f"{side}_shoulder"].head
            down = (0.0, 0.0, -abs(move.x) - move.z)
            for bone in (bones[f"{side}_elbow"], *bones[f"{side}_elbow"].children_recursive):
                bone.head, bone.tail = bone.head + type(move)(down), bone.tail + type(move)(down)

    rig = _edit(add_small_character(bpy), lower)
    assert describe(rig).startswith("SMPL-X skeleton, 55 bones, A-pose 45 deg;")
    assert facts(rig)["rest_pose"] == {"pose": "A", "degrees": pytest.approx(45.0, abs=0.1)}


def test_what_is_missing_is_said(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    body = rig.meshes[0]

    def bare(bones: Any) -> None:
        for name in [
            bone.name for bone in bones if "eye" in bone.name or (bone.name[-1] in "123" and "spine" not in bone.name)
        ]:
            bones.remove(bones[name])

    rig = _edit(rig, bare)
    assert describe(rig) == "SMPL-X skeleton, 23 bones, T-pose; face: ARKit 52/52; no eye or finger bones"
    body.shape_key_clear()
    assert "; face: bones (jaw)" in describe(find_rig(rig.armature))
    bpy.data.objects.remove(body)
    assert "no mesh: motion only" in describe(find_rig(rig.armature))


def test_everyday_names_are_a_motion_file_only_without_meshes(blank_scene: Any) -> None:
    from made_up_skeleton import add_skeleton, made_up_body, renamed
    from skeleton_makers import MAKERS, names_of

    armature = add_skeleton(renamed(made_up_body(1, arms=0.6), names_of(*MAKERS["bvh"])))
    rig = find_rig(armature)
    assert rig is not None
    assert rig.skeleton == "bvh"
    assert describe(rig).startswith("Humanoid skeleton, ")
    for mesh in list(armature.children):
        bpy.data.objects.remove(mesh)
    bare = find_rig(armature)
    assert bare is not None
    assert describe(bare).startswith("BVH skeleton, ")


def test_a_face_alone_is_said_to_be_one(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    body = rig.meshes[0]
    bpy.data.objects.remove(rig.armature)
    assert describe(find_rig(body)) == "Face only, no skeleton; face: ARKit 51/52"


def test_facts_are_json_and_name_bones_and_keys(blank_scene: Any) -> None:
    found = json.loads(json.dumps(facts(add_small_character(bpy))))
    assert found["kind"] == "smplx"
    assert found["joints"]["left_elbow"] == "left_elbow"
    assert found["eye_bones"] == ["left_eye_smplhf", "right_eye_smplhf"]
    assert found["jaw_bone"] == "jaw"
    assert found["face"]["kind"] == "arkit"
    assert found["face"]["meshes"] == ["Small body"]
    assert found["face"]["keys"]["Small body"]["mouthSmileLeft"]["shows"] == {"mouthSmileLeft": 1.0}
    assert len(found["face"]["coefficients"]) == 52
    assert all(said == {"animated": True, "lacks": ""} for said in found["regions"].values())
    assert found["warnings"] == []
