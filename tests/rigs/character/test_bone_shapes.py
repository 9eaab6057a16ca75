"""What is drawn of the bones lies along the limbs, while their axes stay those of SMPL-X."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")
from mathutils import Vector

from soliloquy.rigs.character.default_character import add_character


def tip(armature: Any, name: str) -> np.ndarray:
    """Return where the drawn shape of a bone ends at rest, in the armature's space."""
    bone = armature.pose.bones[name]
    along = bone.custom_shape_rotation_euler.to_matrix() @ Vector((0.0, bone.custom_shape_scale_xyz[1], 0.0))
    return np.array(bone.bone.matrix_local @ along)


@pytest.mark.parametrize(
    ("bone", "ends_at"),
    [
        ("left_shoulder", "left_elbow"), ("right_knee", "right_ankle"), ("spine1", "spine2"),
        ("left_index1", "left_index2"), ("right_wrist", "right_middle1"),
    ],
)  # fmt: skip
def test_shapes_lie_along_the_limbs(blank_scene: Any, bone: str, ends_at: str) -> None:
    armature = add_character(bpy.context, person="child").armature
    assert not armature.pose.bones[bone].use_custom_shape_bone_size
    assert tip(armature, bone) == pytest.approx(np.array(armature.data.bones[ends_at].head_local), abs=1e-4)


def test_two_characters_share_the_shapes_and_no_scene_shows_them(blank_scene: Any) -> None:
    rigs = [add_character(bpy.context), add_character(bpy.context)]
    shapes = {bone.custom_shape for rig in rigs for bone in rig.armature.pose.bones} - {None}
    assert len(shapes) == 2
    assert not any(shape.users_scene or shape.users_collection for shape in shapes)
    colours = {
        rigs[0].armature.data.bones[name].color.palette for name in ("head", "left_index1", "right_index1", "jaw")
    }
    assert len(colours) == 4
