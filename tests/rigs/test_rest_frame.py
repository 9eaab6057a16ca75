"""However a character's data lies in its armature, a performance takes its joints to the same places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Matrix, Vector
from small_character import add_small_character, small_performance
from turned_data import joint_heads, roll_bones, turn_data

from soliloquy.rigs.rest_frame import SMPLX_TO_BLENDER, measure
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.sample import sample_take
from soliloquy.rigs.takes.bake import BakeOptions, bake

FRAME = 5
Y_UP = Matrix.Rotation(-math.pi / 2, 4, "X")
ODD = Matrix.Rotation(0.65, 4, Vector((1.0, 2.0, 3.0)).normalized())


@pytest.fixture
def plain(blank_scene: Any) -> np.ndarray:
    """Where the joints of the character as it is go."""
    blank_scene.render.fps = 30
    heads = _baked(add_small_character(bpy))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.context.scene.render.fps = 30
    return heads


def _baked(rig: Rig) -> np.ndarray:
    bake(small_performance(8), rig, BakeOptions(tolerance=0.0))
    return joint_heads(bpy, rig, FRAME)


@pytest.mark.parametrize("rolled", [False, True], ids=["alike", "rolled"])
@pytest.mark.parametrize(
    "turn",
    [
        Matrix.Identity(4),
        Y_UP,
        Matrix.Scale(100, 4),
        Y_UP @ Matrix.Scale(100, 4),
        Matrix.Rotation(math.pi / 2, 4, "Z"),
        Matrix.Scale(39.37, 4),
        ODD,
        ODD @ Matrix.Scale(1000, 4),
    ],
    ids=["as_is", "y_up", "centimetres", "y_up_centimetres", "sideways", "inches", "odd", "odd_millimetres"],
)
def test_turned_and_scaled_data_shows_the_same(plain: np.ndarray, turn: Matrix, rolled: bool) -> None:
    rig = add_small_character(bpy)
    turn_data(bpy, rig, turn)
    if rolled:
        roll_bones(bpy, rig.armature)
    rig = find_rig(rig.armature)
    assert np.abs(_baked(rig) - plain).max() < 1e-3


def test_a_parent_may_carry_turn_and_scale(plain: np.ndarray) -> None:
    rig = add_small_character(bpy)
    turn_data(bpy, rig, Y_UP @ Matrix.Scale(100, 4))
    mover = bpy.data.objects.new("Mover", None)
    bpy.context.scene.collection.objects.link(mover)
    mover.matrix_world = rig.armature.matrix_world
    rig.armature.parent = mover
    rig.armature.matrix_basis = Matrix.Identity(4)
    # Found before Blender has evaluated the parent.
    assert np.abs(_baked(find_rig(rig.armature)) - plain).max() < 1e-3


def test_a_character_that_was_turned_and_moved_performs_where_it_stands(plain: np.ndarray) -> None:
    rig = add_small_character(bpy)
    place = Matrix.Translation((2.0, -1.0, 0.3)) @ Matrix.Rotation(0.5, 4, "Z")
    rig.armature.matrix_world = place
    bpy.context.view_layer.update()
    wanted = np.array([place @ Vector(head) for head in plain])
    assert np.abs(_baked(find_rig(rig.armature)) - wanted).max() < 1e-3


@pytest.mark.parametrize("size", [1.0, 100.0])
def test_the_scenes_unit_does_not_change_how_far_it_walks(plain: np.ndarray, size: float) -> None:
    bpy.context.scene.unit_settings.scale_length = 0.01
    rig = add_small_character(bpy)
    rig.armature.data.transform(Matrix.Scale(size, 4))
    rig = find_rig(rig.armature)
    assert np.abs(_baked(rig) / size - plain).max() < 1e-3


def test_tolerance_and_error_are_in_metres_whatever_the_data_is_in(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    performance, counted = small_performance(60), []
    for size in (1.0, 100.0):
        rig = add_small_character(bpy)
        turn_data(bpy, rig, Matrix.Scale(size, 4))
        report = bake(performance, find_rig(rig.armature), BakeOptions(regions=("body",)))
        counted.append((report.keys, round(report.errors["metres"], 5)))
    assert counted[0] == counted[1]
    assert 1e-4 < counted[0][1] < 5e-4


def test_a_pelvis_stuck_to_its_parent_travels_with_what_is_above(plain: np.ndarray) -> None:
    rig = add_small_character(bpy)
    bpy.ops.object.mode_set(mode="EDIT")
    bones = rig.armature.data.edit_bones
    root = bones.new("root")
    root.head, root.tail, root.roll = (0, 0, 0), bones["pelvis"].head, 0.4
    bones["pelvis"].parent, bones["pelvis"].use_connect = root, True
    bpy.ops.object.mode_set(mode="OBJECT")
    rig = find_rig(rig.armature)
    assert rig.root.bone == "root"
    performance = small_performance(8)
    take = bake(performance, rig, BakeOptions(tolerance=0.0)).take
    assert np.abs(joint_heads(bpy, rig, FRAME) - plain).max() < 1e-3
    again = sample_take(rig, take)
    assert np.abs(again.trans - performance.trans).max() < 1e-5
    assert np.abs(again.poses - performance.poses).max() < 1e-4


@pytest.mark.parametrize("turn", [Matrix.Identity(4), Y_UP @ Matrix.Scale(100, 4), ODD])
def test_how_it_stands_in_the_world_does_not_depend_on_its_data(blank_scene: Any, turn: Matrix) -> None:
    rig = add_small_character(bpy)
    turn_data(bpy, rig, turn)
    place = Matrix.Translation((2.0, -1.0, 0.3)) @ Matrix.Rotation(0.5, 4, "Z")
    rig.armature.matrix_world = place @ rig.armature.matrix_world
    bpy.context.view_layer.update()
    rig = find_rig(rig.armature)
    assert np.abs(rig.turn - np.array(place.to_3x3())).max() < 1e-5
    assert rig.size == pytest.approx(1.0, abs=1e-4)
    # A metre in front of the eyes, half a metre to its left.
    assert np.abs(rig.own_place(place @ Vector((0.5, -1.0, 1.6))) - (0.5, 1.6, 1.0)).max() < 1e-4


@pytest.mark.parametrize(("size", "metres"), [(1.4, 1.0), (4.0, 0.0), (140.0, 0.01)])
def test_people_travel_in_metres_and_giants_in_proportion(blank_scene: Any, size: float, metres: float) -> None:
    rig = add_small_character(bpy)
    human = measure(rig.armature, rig.bones, 1.0, strides=True).scale
    rig.armature.data.transform(Matrix.Scale(size, 4))
    assert measure(rig.armature, rig.bones, 1.0, strides=True).scale == pytest.approx(human / size, rel=1e-4)
    wanted = metres or human / size
    assert measure(rig.armature, rig.bones, 1.0).scale == pytest.approx(wanted, rel=1e-4)


def test_the_default_characters_frame_is_exact(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    assert np.array_equal(rig.frame.axes, SMPLX_TO_BLENDER)
    assert rig.frame.scale == 1.0
    assert np.array_equal(rig.root.axes, np.eye(3))
