"""Keys that follow the joints: what Blender's expression says is what numpy computes, and each stays in its place."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.cast import compose
from soliloquy.inference.character import load_character
from soliloquy.inference.pose_correctives import pose_corrective_values
from soliloquy.inference.rotation import axis_angle_to_quaternion
from soliloquy.inference.skeleton import JOINT_INDEX, JOINT_NAMES


def test_a_drivers_expression_gives_the_value_that_numpy_computes() -> None:
    correctives = load_character().pose_correctives
    pose = np.random.default_rng(0).normal(0, 1, (55, 3))
    turns = axis_angle_to_quaternion(pose)
    expected = pose_corrective_values(correctives, pose)
    for item, value in zip(correctives, expected, strict=True):
        assert len(item.expression) < 256
        found = eval(item.expression, {}, dict(zip("wxyz", turns[item.joint].tolist(), strict=True)))
        assert found == pytest.approx(value, abs=1e-5)


def test_shoulders_elbows_wrists_hips_knees_and_neck_have_correctives_of_their_own_names() -> None:
    correctives = load_character().pose_correctives
    joints = {JOINT_NAMES[item.joint].split("_")[-1] for item in correctives}
    assert joints == {"shoulder", "elbow", "wrist", "hip", "knee", "neck", "head"}
    assert len({item.name for item in correctives}) == len(correctives)


def test_nothing_moves_at_rest_and_no_bend_moves_the_face() -> None:
    character = load_character()
    assert not pose_corrective_values(character.pose_correctives, np.zeros((55, 3))).any()
    face = character.weights[:, 0] == 1
    face &= np.isin(character.weight_joints[:, 0], [JOINT_INDEX["head"], JOINT_INDEX["jaw"]])
    moved = np.zeros(len(face), bool)
    for key in character.pose_keys:
        moved[key.indices[np.abs(key.offsets).max(1) > 1e-4]] = True
    assert face.sum() > 5000
    assert moved.sum() > 2000
    assert not moved[character.landmarks].any()
    assert not (moved & face & (character.base >= 0)).any()


def test_clothes_go_with_the_bends_and_a_child_has_less_flesh_to_bend() -> None:
    adult, child = load_character(), compose("child")
    cloth = np.unique(adult.loops[np.repeat(adult.materials == adult.material_names.index("top"), adult.sizes)])
    elbow = next(k for k, item in enumerate(adult.pose_correctives) if item.joint == JOINT_INDEX["left_elbow"])
    assert np.isin(cloth, adult.pose_keys[elbow].indices).sum() > 50
    reach = [np.linalg.norm(item.pose_keys[elbow].offsets, axis=1).max() for item in (adult, child)]
    assert 0.5 < reach[1] / reach[0] < 0.85
