"""Channels reach the right bones and keys, whatever the bones' own axes are."""

from __future__ import annotations

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from key_meshes import named_mesh
from small_character import SmallRig, add_small_character, small_performance

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.rigs.rest_frame import SMPLX_TO_BLENDER
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.sample import sample_take
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.channels import quaternions, region_channels


@pytest.fixture
def rig(blank_scene) -> SmallRig:
    return add_small_character(bpy)


def _turn_bones(rig: SmallRig) -> None:
    """Give the bones the axes of an ordinary rig: along the limb, rolled."""
    bpy.ops.object.mode_set(mode="EDIT")
    for index, bone in enumerate(rig.armature.data.edit_bones):
        child = bone.children[0].head if bone.children else bone.head + bone.vector
        bone.tail = child if (child - bone.head).length > 0.01 else bone.head + bone.vector
        bone.roll = 0.3 * index
    bpy.ops.object.mode_set(mode="OBJECT")


def test_smplx_bones_take_the_rotations_unchanged(rig) -> None:
    assert np.array_equal(rig.joints["left_elbow"].axes, np.eye(3))


def test_other_bone_axes_show_the_same_motion(rig) -> None:
    _turn_bones(rig)
    rig = find_rig(rig.armature)
    assert not np.allclose(rig.joints["left_elbow"].axes, np.eye(3), atol=0.1)
    performance = small_performance(8)
    bpy.context.scene.render.fps = 30
    take = bake(performance, rig, BakeOptions(tolerance=0.0)).take
    bpy.context.scene.frame_set(5)
    # Rotations of the joints down the left arm, in armature space.
    wanted = np.eye(3)
    for joint in ("pelvis", "spine1", "spine2", "spine3", "left_collar", "left_shoulder", "left_elbow"):
        local = axis_angle_to_matrix(performance.joint(joint)[4].astype(float))
        wanted = wanted @ SMPLX_TO_BLENDER @ local @ SMPLX_TO_BLENDER.T
    bone = rig.armature.pose.bones["left_elbow"]
    shown = np.array(bone.matrix.to_3x3()) @ np.array(bone.bone.matrix_local.to_3x3()).T
    assert np.abs(shown - wanted).max() < 1e-4
    pelvis = rig.armature.pose.bones["pelvis"]
    moved = np.array(pelvis.head) - np.array(pelvis.bone.head_local)
    assert np.abs(moved - SMPLX_TO_BLENDER @ performance.trans[4]).max() < 1e-5
    # And back again.
    again = sample_take(rig, take)
    assert np.abs(again.poses - performance.poses).max() < 1e-4
    assert np.abs(again.trans - performance.trans).max() < 1e-5


def test_jaw_open_goes_to_the_corrective_where_a_jaw_bone_opens_the_mouth(rig) -> None:
    paths = {
        target.data_path for channel in region_channels(small_performance(3), rig, "lips") for target in channel.targets
    }
    assert 'key_blocks["jawOpen_corrective"].value' in paths
    assert 'key_blocks["jawOpen"].value' not in paths
    assert 'pose.bones["jaw"].rotation_quaternion' in paths


def test_a_face_without_bones_opens_its_mouth_with_the_key(rig) -> None:
    rig.meshes[0].shape_key_add(name="jawOpen")
    rig.meshes[0].modifiers.clear()
    rig.meshes[0].parent = None
    face = find_rig(rig.meshes[0])
    performance = small_performance(6)
    report = bake(performance, face, BakeOptions(tolerance=0.0))
    assert report.take.regions == ("lips", "upper_face", "eyes")
    bpy.context.scene.render.fps = 30
    bpy.context.scene.frame_set(1)
    shown = rig.meshes[0].data.shape_keys.key_blocks["jawOpen"].value
    assert shown == pytest.approx(performance.coefficient("jawOpen")[0], abs=1e-5)


def test_every_mesh_with_the_key_gets_it(rig) -> None:
    twin = rig.meshes[0].copy()
    twin.data = rig.meshes[0].data.copy()
    bpy.context.scene.collection.objects.link(twin)
    both = find_rig(rig.armature)
    assert set(both.meshes) == {rig.meshes[0], twin}
    performance = small_performance(5)
    bake(performance, both)
    bpy.context.scene.frame_set(1)
    for mesh in both.meshes:
        value = mesh.data.shape_keys.key_blocks["mouthPucker"].value
        assert value == pytest.approx(performance.coefficient("mouthPucker")[0], abs=0.004)


def test_quaternions_stay_on_one_side() -> None:
    vectors = np.outer(np.linspace(0, 12, 200), (0, 0.6, 0.8))
    turns = quaternions(vectors)
    assert np.abs(np.linalg.norm(turns, axis=1) - 1).max() < 1e-12
    assert np.abs(np.diff(turns, axis=0)).max() < 0.05


def test_a_look_does_not_lift_the_lids_that_a_blink_has_shut(blank_scene) -> None:
    rig = find_rig(named_mesh(ARKIT_NAMES))
    assert rig is not None
    performance = small_performance(30)
    performance.arkit[:] = 0.0
    performance.coefficient("eyeBlinkLeft")[10:20] = 1.0
    for name in ("eyeLookUpLeft", "eyeLookOutLeft", "eyeLookUpRight"):
        performance.coefficient(name)[:] = 0.5
    bake(performance, rig, BakeOptions(tolerance=0.0, first_frame=1.0))
    keys = rig.meshes[0].data.shape_keys.key_blocks

    def shown(frame: int) -> list[float]:
        bpy.context.scene.frame_set(frame)
        return [keys[name].value for name in ("eyeBlinkLeft", "eyeLookUpLeft", "eyeLookOutLeft", "eyeLookUpRight")]

    assert shown(5) == pytest.approx([0.0, 0.5, 0.5, 0.5], abs=1e-3)
    assert shown(16) == pytest.approx([1.0, 0.0, 0.0, 0.5], abs=1e-3)
