"""The cast in Blender: people and parts stand as numpy composes them, take performances and stay who they are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Vector
from small_character import small_performance

from soliloquy.inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from soliloquy.inference.cast import compose
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.looks import look_of, looks
from soliloquy.inference.person import load_people, parsed, written
from soliloquy.inference.rotation import axis_angle_to_quaternion
from soliloquy.inference.skeleton import JOINT_INDEX, JOINT_NAMES
from soliloquy.rigs.character import shape
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.character.marker import CHARACTER_PROPERTY
from soliloquy.rigs.mappings.arkit import JAW_CORRECTIVE
from soliloquy.rigs.render import studio
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake


def evaluated(obj: Any) -> np.ndarray:
    """Return the deformed vertices (V, 3) as Blender computes them, in the SMPL-X frame."""
    bpy.context.view_layer.update()
    mesh = obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    x, y, z = points.reshape(-1, 3).T
    return np.stack([x, z, -y], 1)


@pytest.mark.parametrize("name", ["child", "stylised"])
def test_a_person_moves_in_blender_as_numpy_skins(blank_scene: Any, name: str) -> None:
    rig = add_character(bpy.context, person=name, look="T")
    character = look_of(name).character()
    pose, arkit = np.zeros((55, 3)), np.zeros(52)
    pose[JOINT_INDEX["jaw"], 0] = 0.5 * character.jaw_open_radians
    pose[JOINT_INDEX["left_elbow"]], pose[JOINT_INDEX["head"]] = (0.2, -1.0, 0.1), (0.1, 0.4, 0)
    arkit[[ARKIT_INDEX["jawOpen"], ARKIT_INDEX["eyeBlinkLeft"]]] = 0.5, 1.0
    for joint, turn in zip(JOINT_NAMES, axis_angle_to_quaternion(pose), strict=True):
        rig.armature.pose.bones[joint].rotation_quaternion = turn
    keys = rig.meshes[0].data.shape_keys.key_blocks
    keys[JAW_CORRECTIVE].value, keys["eyeBlinkLeft"].value = 0.5, 1.0
    np.testing.assert_allclose(evaluated(rig.meshes[0]), character.skin(pose, arkit), rtol=0, atol=2e-5)


@pytest.mark.parametrize("name", ["woman", "child"])
def test_a_person_takes_a_performance(blank_scene: Any, name: str) -> None:
    rig = add_character(bpy.context, person=name)
    assert find_rig(rig.armature) is not None
    assert rig.face == "arkit"
    assert not rig.notes
    assert {key.name for key in rig.keys} >= set(ARKIT_NAMES) - {"jawOpen"}
    report = bake(small_performance(60), rig, BakeOptions())
    assert report.keys > 100


def test_the_travel_goes_with_the_legs(blank_scene: Any) -> None:
    roots = [add_character(bpy.context, person=name).root for name in ("default", "child")]
    assert roots[0].metres == 1.0
    assert 1.2 < roots[1].metres < 1.6, "a child's step is shorter"


def test_sliders_shape_a_person_about_his_own_joints(blank_scene: Any) -> None:
    mine = not hasattr(bpy.types.Object, "soliloquy_shape")
    if mine:
        shape.register()
    try:
        rig = add_character(bpy.context, person="child", look="T")
        before = rig.armature.pose.bones["head"].head.z
        rig.armature.soliloquy_shape.height = 1.0
        assert before + 0.02 < rig.armature.pose.bones["head"].head.z < before + 0.3
        rig.armature.soliloquy_shape.height = 0.0
        assert rig.armature.pose.bones["head"].head.z == pytest.approx(before, abs=1e-4)
    finally:
        if mine:
            shape.unregister()


def test_two_people_are_mixed_and_hair_exchanged(blank_scene: Any) -> None:
    rig = add_character(bpy.context, mix=("woman", "man", 0.25), hair="none", look="T")
    wanted = compose({"woman": 0.75, "man": 0.25}, hair="none", brows="thin")
    assert len(rig.meshes[0].data.vertices) <= len(look_of("woman").character().vertices)
    mixed = rig.armature[CHARACTER_PROPERTY]
    assert parsed(mixed) == pytest.approx({"woman": 0.75, "man": 0.25})
    head = np.array(rig.armature.pose.bones["head"].head)
    assert head[2] == pytest.approx(wanted.joints[JOINT_INDEX["head"], 1], abs=1e-4)
    assert written({"man": 1.0}) == "man"


def test_every_look_is_a_person_with_words_and_a_picture(root: Any) -> None:
    assert set(looks()) == {"default", *load_people()}
    for name, look in looks().items():
        assert look.title
        assert 60 < look.voice[0] < look.voice[1] < 500
        assert (root / "assets" / "cast" / "thumbnails" / f"{name}.jpg").stat().st_size < 30_000


def test_who_is_not_there_is_answered_with_who_is(blank_scene: Any) -> None:
    with pytest.raises(SoliloquyError, match="older_woman"):
        add_character(bpy.context, person="grandmother")
    with pytest.raises(SoliloquyError, match="hair"):
        add_character(bpy.context, hair="mohican")
    assert not [obj for obj in bpy.data.objects if obj.type == "ARMATURE"]


def test_the_eye_light_is_mirrored_inside_the_pupils_outline(blank_scene: Any) -> None:
    rig = add_character(bpy.context)
    scene = bpy.context.scene
    studio.set_up(scene, rig, view="head", size=(64, 64), samples=1, engine="WORKBENCH")
    lens = scene.camera.matrix_world.translation
    lamp = scene.objects["Soliloquy Eye Light"].matrix_world.translation
    for side in ("left", "right"):
        eye = rig.armature.pose.bones[f"{side}_eye_smplhf"].head
        toward, lit = (lens - eye).normalized(), (lamp - eye).normalized()
        # Where a ball that looks at the lens mirrors the lamp into it; an iris reaches to 29 degrees, a lid to 20.
        assert math.degrees((toward + lit).angle(toward)) < 12


def test_eyes_turn_into_the_camera(blank_scene: Any) -> None:
    rig = add_character(bpy.context, person="woman")
    studio.set_up(bpy.context.scene, rig, view="head", size=(64, 64), samples=1, engine="WORKBENCH")
    studio.look_at_camera(bpy.context.scene, rig)
    lens = bpy.context.scene.camera.matrix_world.translation
    for side in ("left", "right"):
        bone = rig.armature.pose.bones[f"{side}_eye_smplhf"]
        ahead = bone.matrix.to_3x3() @ bone.bone.matrix_local.to_3x3().inverted() @ Vector((0.0, -1.0, 0.0))
        toward = (lens - bone.head).normalized()
        assert ahead.dot(toward) > 0.9999
