"""The default character in Blender: built in few calls, and skinned exactly as numpy skins it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from work import work_of

bpy = pytest.importorskip("bpy")

from soliloquy.inference import cast
from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.character import load_character
from soliloquy.inference.character_pack import load_pack
from soliloquy.inference.looks import look_of
from soliloquy.inference.person import DEFAULT
from soliloquy.inference.rotation import axis_angle_to_quaternion
from soliloquy.inference.skeleton import JOINT_NAMES, PARENTS
from soliloquy.inference.twist import BONE_NAMES
from soliloquy.rigs.character import shape
from soliloquy.rigs.character.default_character import ROOT_BONE, add_character
from soliloquy.rigs.mappings.arkit import JAW_CORRECTIVE
from soliloquy.rigs.rig import Rig


@pytest.fixture
def sliders(blank_scene: Any) -> Iterator[None]:
    """The shape sliders, registered unless the add-on already did."""
    mine = not hasattr(bpy.types.Object, "soliloquy_shape")
    if mine:
        shape.register()
    yield
    if mine:
        shape.unregister()


def evaluated(obj: Any) -> np.ndarray:
    """Return the deformed vertices (V, 3) as Blender computes them, in the SMPL-X frame."""
    bpy.context.view_layer.update()
    final = obj.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = final.to_mesh()
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    final.to_mesh_clear()
    x, y, z = points.reshape(-1, 3).T
    return np.stack([x, z, -y], 1)


def test_adding_takes_few_calls_and_leaves_it_selected(blank_scene: Any) -> None:
    cast._composed.cache_clear()
    load_character.cache_clear()
    load_pack.cache_clear()
    made: list[Rig] = []
    work = work_of(lambda: made.append(add_character(bpy.context, name="Anna")))
    rig = made[0]
    assert work["read_pack"] == 1
    assert work.total() < 15 * len(rig.meshes[0].data.polygons)
    assert bpy.context.view_layer.objects.active is rig.armature
    assert rig.armature.name == "Anna"
    assert rig.armature.mode == "OBJECT"
    assert not rig.meshes[0].data.validate(), "Blender had to mend the mesh"


def test_bones_follow_the_smplx_convention(blank_scene: Any) -> None:
    armature = add_character(bpy.context).armature
    bones = armature.data.bones
    assert {bone.name for bone in bones} == {ROOT_BONE, *BONE_NAMES}
    joints = load_character().joints
    for index, name in enumerate(JOINT_NAMES):
        bone = bones[name]
        expected = ROOT_BONE if PARENTS[index] < 0 else JOINT_NAMES[PARENTS[index]]
        assert bone.parent.name == expected
        assert not bone.use_connect
        x, y, z = joints[index]
        assert tuple(bone.head_local) == pytest.approx((x, -z, y), abs=1e-6)
        axes = np.array(bone.matrix_local.to_3x3())
        assert axes == pytest.approx(np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]), abs=1e-6)
    assert bones[ROOT_BONE].parent is None
    assert {armature.pose.bones[joint].rotation_mode for joint in JOINT_NAMES} == {"QUATERNION"}


def test_bones_lie_in_collections_and_helpers_are_hidden(blank_scene: Any) -> None:
    collections = add_character(bpy.context).armature.data.collections
    assert [item.name for item in collections] == ["Body", "Left Hand", "Right Hand", "Face", "Hidden"]
    assert [item.name for item in collections if not item.is_visible] == ["Hidden"]
    assert [len(item.bones) for item in collections] == [23, 15, 15, 3, len(BONE_NAMES) - len(JOINT_NAMES)]


def test_keys_are_named_ordered_and_at_rest(blank_scene: Any) -> None:
    rig = add_character(bpy.context)
    blocks = rig.meshes[0].data.shape_keys.key_blocks
    names = [block.name for block in blocks]
    assert [group.name for group in rig.meshes[0].vertex_groups] == list(BONE_NAMES)
    assert names[1:11] == [f"Shape{index:03d}" for index in range(10)]
    assert tuple(names[11:63]) == ARKIT_NAMES
    assert rig.shape_keys == {**{name: name for name in ARKIT_NAMES}, "jawOpen": JAW_CORRECTIVE}
    assert rig.shape_keys["jawOpen"] in names
    assert all(block.value == 0 for block in blocks[1:] if "_pose" not in block.name)
    assert all(block.slider_min == -5 and block.slider_max == 5 for block in blocks[1:11])


def test_blender_holds_weights_that_sum_to_one(blank_scene: Any) -> None:
    mesh = add_character(bpy.context).meshes[0].data
    for vertex in list(mesh.vertices)[::97]:
        assert np.float32(sum(np.float32(group.weight) for group in vertex.groups)) == np.float32(1)
        assert 1 <= len(vertex.groups) <= 4


@pytest.mark.parametrize("seed", [0, 1])
def test_numpy_and_blender_skin_alike(sliders: None, seed: int) -> None:
    random = np.random.default_rng(seed)
    character = look_of(DEFAULT).character()
    rig = add_character(bpy.context)
    pose, face = random.normal(0, 0.5, (55, 3)), random.random(52)
    trans = random.normal(0, 0.3, 3)
    values = dict(zip(character.slider_names, random.uniform(-1, 1, 5), strict=True))
    for name, value in values.items():
        setattr(rig.armature.soliloquy_shape, name, float(value))
    for joint, turn in zip(JOINT_NAMES, axis_angle_to_quaternion(pose), strict=True):
        rig.armature.pose.bones[rig.bones[joint]].rotation_quaternion = turn
    rig.armature.pose.bones[rig.bones["pelvis"]].location = trans
    blocks = rig.meshes[0].data.shape_keys.key_blocks
    for name, value in zip(ARKIT_NAMES, face, strict=True):
        blocks[rig.shape_keys[name]].value = value
    expected = character.skin(pose, face, character.betas(values), trans)
    assert np.abs(evaluated(rig.meshes[0]) - expected).max() < 1e-5


def test_the_a_look_lowers_the_arms_and_keeps_the_rest_pose(blank_scene: Any) -> None:
    t_pose = add_character(bpy.context, look="T")
    a_pose = add_character(bpy.context, look="A")
    fingers = look_of(DEFAULT).character().vertices[:, 0] > 0.7
    level, lowered = evaluated(t_pose.meshes[0])[fingers], evaluated(a_pose.meshes[0])[fingers]
    assert lowered[:, 1].mean() < level[:, 1].mean() - 0.3
    assert lowered[:, 0].mean() < level[:, 0].mean()
    for joint in ("left_shoulder", "right_elbow"):
        rests = [rig.armature.data.bones[joint].matrix_local for rig in (t_pose, a_pose)]
        assert np.array(rests[0]) == pytest.approx(np.array(rests[1]))


def test_solid_view_tells_the_materials_apart(blank_scene: Any) -> None:
    mesh = add_character(bpy.context).meshes[0].data
    assert len(mesh.materials) == len(look_of(DEFAULT).character().material_names)
    solid = {tuple(round(x, 3) for x in material.diffuse_color) for material in mesh.materials}
    assert len(solid) == len(mesh.materials) - 1  # the skin of face and body is one to the eye


def test_adding_from_pose_mode_works(blank_scene: Any) -> None:
    add_character(bpy.context)
    bpy.ops.object.mode_set(mode="POSE")
    second = add_character(bpy.context)
    assert bpy.context.mode == "OBJECT"
    assert bpy.context.object is second.armature
