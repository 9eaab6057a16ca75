"""A bust with a neck, a head and eyes nods and looks; what has limbs of any kind is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import small_performance

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.rotation import axis_angle_to_matrix
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake

_BONES = {
    "Chest_Joint": (None, (0, 0, 1.3)), "Neck_Joint": ("Chest_Joint", (0, 0, 1.45)),
    "Head_Joint": ("Neck_Joint", (0, -0.02, 1.55)), "LeftEye_Joint": ("Head_Joint", (0.03, -0.09, 1.62)),
    "RightEye_Joint": ("Head_Joint", (-0.03, -0.09, 1.62)), "Hair_Root": ("Head_Joint", (0, 0.05, 1.7)),
}  # fmt: skip


def _bust(more: dict[str, tuple[str | None, tuple[float, ...]]] | None = None) -> Any:
    armature = bpy.data.objects.new("Bust", bpy.data.armatures.new("Bust"))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    for name, (parent, place) in {**_BONES, **(more or {})}.items():
        bone = armature.data.edit_bones.new(name)
        bone.head, bone.tail = place, (place[0] + 0.05, place[1], place[2])
        bone.parent = armature.data.edit_bones[parent] if parent is not None else None
    bpy.ops.object.mode_set(mode="OBJECT")
    mesh = bpy.data.meshes.new("Face")
    mesh.from_pydata([(0, -0.1, 1.6), (0.02, -0.1, 1.6), (0, -0.1, 1.62)], [], [(0, 1, 2)])
    face = bpy.data.objects.new("Face", mesh)
    bpy.context.scene.collection.objects.link(face)
    face.parent = armature
    face.vertex_groups.new(name="Head_Joint").add([0, 1, 2], 1.0, "REPLACE")
    face.modifiers.new("Armature", "ARMATURE").object = armature
    for name in ("Basis", *ARKIT_NAMES):
        face.shape_key_add(name=name)
    return armature


def test_a_bust_nods_and_looks(blank_scene) -> None:
    armature, performance = _bust(), small_performance(20)
    rig = find_rig(armature)
    assert rig is not None
    assert (rig.kind, rig.skeleton) == ("arkit", "bust")
    assert rig.bones == {
        "neck": "Neck_Joint", "head": "Head_Joint",
        "left_eye_smplhf": "LeftEye_Joint", "right_eye_smplhf": "RightEye_Joint",
    }  # fmt: skip
    assert "no body" in rig.lacks["body"]
    performance.joint("head")[:, 1] = np.linspace(0.0, 0.5, performance.frames)
    bpy.context.scene.render.fps = int(performance.fps)
    bake(performance, rig, BakeOptions(first_frame=1.0))
    bpy.context.scene.frame_set(16)
    turn = np.eye(3)
    for joint in ("neck", "head"):
        turn = turn @ axis_angle_to_matrix(performance.joint(joint)[15].astype(float))
    shown = armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones["Head_Joint"]
    turned = np.array(shown.matrix.to_3x3()) @ np.array(shown.bone.matrix_local.to_3x3()).T
    axes = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)
    assert np.allclose(turned, axes @ turn @ axes.T, atol=5e-3)


def test_what_has_limbs_is_no_bust(blank_scene) -> None:
    paws: dict[str, tuple[str | None, tuple[float, ...]]] = {
        f"Paw.{side}": ("Chest_Joint", (way * 0.1, 0, 0.2)) for side, way in (("L", 1.0), ("R", -1.0))
    }
    rig = find_rig(_bust(paws))
    assert rig is not None
    assert rig.bones == {}
