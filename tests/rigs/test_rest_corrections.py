"""Whatever pose a rig rests in, its limbs, hands and fingers point where they were performed to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Matrix
from performed import HANDS, LIMBS, heads, off
from small_character import add_small_character, small_performance
from turned_data import hang_arms, roll_bones, turn_data, turn_rest

from soliloquy.inference.character import load_character
from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.rigs.reference_skeleton import LEG_LENGTH, PLACES, leg_length, points_at
from soliloquy.rigs.rest_corrections import smallest_turn
from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.sample import sample_take
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.world_turns import WorldTurns

FINGERS = tuple(
    f"{side}_{finger}{n}"
    for side in ("left", "right") for finger in ("index", "middle", "ring", "pinky", "thumb") for n in (1, 2)
)  # fmt: skip
Y_UP_CM = Matrix.Rotation(-np.pi / 2, 4, "X") @ Matrix.Scale(100, 4)
FACING_BACK = Matrix.Rotation(np.pi, 4, "Z")


def _edit(rig: Rig, turns: dict[str, Matrix]) -> None:
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    for name, turn in turns.items():
        turn_rest(rig.armature, name, turn)
    bpy.ops.object.mode_set(mode="OBJECT")


def _rig(angle: float = 0.8, turn: Matrix | None = None, *, rolled: bool = False) -> Rig:
    """Return a character whose arms hang by an angle at rest, so that it does not pass for one in T-pose."""
    rig = add_small_character(bpy)
    hang_arms(bpy, rig.armature, angle)
    if turn is not None:
        turn_data(bpy, rig, turn)
    if rolled:
        roll_bones(bpy, rig.armature)
    return find_rig(rig.armature)


def test_the_reference_skeleton_is_the_default_characters() -> None:
    joints = load_character().joints
    assert np.abs(np.array([PLACES[name] for name in JOINT_NAMES]) - joints).max() < 1e-4
    assert pytest.approx(leg_length(PLACES)) == LEG_LENGTH


@pytest.mark.parametrize("rolled", [False, True], ids=["alike", "rolled"])
@pytest.mark.parametrize("turn", [None, Y_UP_CM, FACING_BACK], ids=["as_is", "y_up_cm", "facing_back"])
def test_limbs_hands_and_fingers_point_as_performed(blank_scene: Any, turn: Matrix | None, rolled: bool) -> None:
    blank_scene.render.fps = 30
    rig = _rig(0.8, turn, rolled=rolled)
    performance = small_performance(8)
    bake(performance, rig, BakeOptions(tolerance=0.0))
    for row in (2, 5):
        assert off(bpy, rig, performance, row, (*LIMBS, *HANDS, *FINGERS)) < 0.1


def test_hands_that_are_turned_at_rest_show_their_palms_as_performed(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    rig = _rig()
    _edit(rig, {"left_wrist": Matrix.Rotation(0.9, 4, (0.6, 0.0, -0.8)), "right_elbow": Matrix.Rotation(0.3, 4, "Z")})
    rig = find_rig(rig.armature)
    performance = small_performance(8)
    bake(performance, rig, BakeOptions(tolerance=0.0))
    shown, turns = heads(bpy, rig, 6), WorldTurns(performance, rig)
    for side in ("left", "right"):
        wrist, middle, index, pinky = (f"{side}_{name}" for name in ("wrist", "middle1", "index1", "pinky1"))
        wanted = np.cross(
            turns.place(middle)[5] - turns.place(wrist)[5], turns.place(index)[5] - turns.place(pinky)[5]
        )  # fmt: skip
        found = np.cross(shown[middle] - shown[wrist], shown[index] - shown[pinky])
        cosine = wanted @ found / np.linalg.norm(wanted) / np.linalg.norm(found)
        assert np.degrees(np.arccos(min(1.0, cosine))) < 0.5


def test_a_take_sampled_back_is_what_was_performed(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    rig = _rig(0.7, Y_UP_CM, rolled=True)
    performance = small_performance(8)
    take = bake(performance, rig, BakeOptions(tolerance=0.0)).take
    again = sample_take(rig, take)
    assert np.abs(again.poses - performance.poses).max() < 1e-3
    assert np.abs(again.trans - performance.trans).max() < 1e-4


def test_legs_that_stand_apart_at_rest_leave_the_feet_on_the_ground(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    rig = _rig()
    _edit(rig, {"left_hip": Matrix.Rotation(-0.4, 4, "Y"), "right_hip": Matrix.Rotation(0.4, 4, "Y")})
    rig = find_rig(rig.armature)
    still = small_performance(4)
    still.poses[:], still.trans[:] = 0.0, 0.0
    ground = min(rig.armature.data.bones[f"{side}_ankle"].head_local.z for side in ("left", "right"))
    bake(still, rig, BakeOptions(tolerance=0.0))
    shown = heads(bpy, rig, 2)
    for side in ("left", "right"):
        assert shown[f"{side}_ankle"][1] == pytest.approx(ground, abs=1e-3)
        assert points_at(f"{side}_hip", rig.joints) == (f"{side}_knee",)


def test_the_smallest_turn_takes_opposite_directions_too() -> None:
    for one, other in (((1.0, 0, 0), (-1.0, 0, 0)), ((0, 0.6, 0.8), (0, -0.6, -0.8)), ((0, 1.0, 0), (0, 1.0, 0))):
        turn = smallest_turn(np.array(one), np.array(other))
        assert np.abs(turn @ one - other).max() < 1e-9
        assert np.linalg.det(turn) == pytest.approx(1.0)
