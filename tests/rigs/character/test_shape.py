"""Shape sliders: mesh and bones move together, everything else stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from work import work_of

bpy = pytest.importorskip("bpy")

from soliloquy.inference.character import load_character
from soliloquy.rigs.character import shape
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.character.marker import CHARACTER_PROPERTY
from soliloquy.rigs.character.shape import apply_shape
from soliloquy.rigs.rig import Rig


@pytest.fixture
def rig(blank_scene: Any) -> Iterator[Rig]:
    """A character with sliders."""
    mine = not hasattr(bpy.types.Object, "soliloquy_shape")
    if mine:
        shape.register()
    yield add_character(bpy.context)
    if mine:
        shape.unregister()


def head_height(rig: Rig) -> float:
    """Return the height of the head bone in the scene."""
    bpy.context.view_layer.update()
    return rig.armature.pose.bones["head"].head.z


def top(rig: Rig) -> float:
    """Return the highest point of the deformed mesh."""
    bpy.context.view_layer.update()
    final = rig.meshes[0].evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = final.to_mesh()
    highest = max(vertex.co.z for vertex in mesh.vertices)
    final.to_mesh_clear()
    return highest


def test_a_taller_body_has_higher_bones_too(rig: Rig) -> None:
    before = head_height(rig), top(rig)
    rig.armature.soliloquy_shape.height = 1.0
    assert head_height(rig) > before[0] + 0.08
    assert top(rig) - head_height(rig) == pytest.approx(before[1] - before[0], abs=0.03)
    rig.armature.soliloquy_shape.height = 0.0
    assert (head_height(rig), top(rig)) == pytest.approx(before, abs=1e-5)


def test_bones_keep_their_convention(rig: Rig) -> None:
    rig.armature.soliloquy_shape.masculine = -0.8
    betas = load_character().betas({"masculine": -0.8})
    x, y, z = load_character().shaped_joints(betas)[15]
    head = rig.armature.data.bones["head"]
    assert tuple(head.head_local) == pytest.approx((x, -z, y), abs=1e-5)
    assert np.array(head.matrix_local.to_3x3()) == pytest.approx(np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]), abs=1e-5)


def test_one_change_is_one_step_of_work_that_walks_over_no_vertex(rig: Rig) -> None:
    def change() -> None:
        rig.armature.soliloquy_shape.weight = 0.7

    work = work_of(change)
    assert work["apply_shape"] == 1
    assert work.total() < len(rig.meshes[0].data.vertices) / 2


@pytest.mark.parametrize("mode", ["OBJECT", "POSE"])
def test_mode_selection_pose_and_animation_stay(rig: Rig, mode: str) -> None:
    bone = rig.armature.pose.bones["head"]
    bone.rotation_quaternion = (0.9, 0.1, 0, 0)
    bone.keyframe_insert("rotation_quaternion", frame=3)
    rig.meshes[0].select_set(True)
    bpy.ops.object.mode_set(mode=mode)
    rig.armature.soliloquy_shape.age = 0.7
    assert bpy.context.view_layer.objects.active is rig.armature
    assert rig.armature.mode == mode
    assert rig.meshes[0].select_get()
    assert rig.armature.select_get()
    assert tuple(rig.armature.pose.bones["head"].rotation_quaternion) == pytest.approx((0.9, 0.1, 0, 0))
    assert rig.armature.animation_data.action is not None


def test_a_hidden_character_with_another_object_active_follows_too(rig: Rig) -> None:
    other = bpy.data.objects.new("Other", None)
    bpy.context.collection.objects.link(other)
    bpy.context.view_layer.objects.active = other
    rig.armature.select_set(False)
    rig.armature.hide_set(True)
    before = rig.armature.data.bones["head"].head_local.z
    rig.armature.soliloquy_shape.height = 0.5
    assert rig.armature.data.bones["head"].head_local.z > before + 0.04
    assert rig.armature.hide_get()
    assert not rig.armature.select_get()
    assert bpy.context.view_layer.objects.active is other


def test_other_armatures_are_left_alone(rig: Rig) -> None:
    del rig.armature[CHARACTER_PROPERTY]
    before = head_height(rig)
    rig.armature.soliloquy_shape.height = 1.0
    apply_shape(rig)
    assert head_height(rig) == pytest.approx(before)
