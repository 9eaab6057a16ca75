"""Arms that twist keep their girth, and only arms are touched."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from soliloquy.inference.character import Character, load_character
from soliloquy.inference.lbs import blend_skin, joint_transforms
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.inference.twist import BONE_NAMES, twist_angles

SLICE = 0.006
"""Metres from the middle of a slice of an arm to its ends."""


def narrowest(character: Character, moved: np.ndarray, joint: str, reach: float = 0.05) -> float:
    """Return the smallest girth of slices of the arm around a joint against that at rest."""
    rest, at = character.vertices.astype(np.float64), character.joints[JOINT_INDEX[joint]]
    named = [character.material_names.index(name) for name in ("skin", "top")]
    skin = np.zeros(len(rest), bool)
    skin[character.loops[np.repeat(np.isin(character.materials, named), character.sizes)]] = True
    arm = skin & (np.linalg.norm(rest[:, 1:] - at[1:], axis=1) < 0.09)
    found = []
    for offset in np.arange(-reach, reach + 1e-3, 0.008):
        ring = arm & (np.abs(rest[:, 0] - at[0] - offset) < SLICE)
        if ring.sum() >= 12:
            before, after = (np.median(np.linalg.norm(v[ring] - v[ring].mean(0), axis=1)) for v in (rest, moved))
            found.append(after / before)
    return min(found)


@pytest.mark.parametrize("joint", ["left_wrist", "right_wrist", "left_elbow", "right_elbow", "left_shoulder"])
@pytest.mark.parametrize("degrees", [-90, 90])
def test_an_arm_keeps_its_girth_when_it_twists(joint: str, degrees: int) -> None:
    character = load_character()
    pose = np.zeros((55, 3))
    pose[JOINT_INDEX[joint], 0] = np.radians(degrees)
    assert narrowest(character, character.skin(pose), joint) >= 0.92


def test_without_a_twist_nothing_changes_but_what_four_bones_a_vertex_leave_out() -> None:
    character = load_character()
    pose = np.zeros((55, 3))
    pose[JOINT_INDEX["left_elbow"], 1] = -1.5
    pose[JOINT_INDEX["right_shoulder"], 2] = 1.0
    plain = blend_skin(
        character.vertices, joint_transforms(pose, character.joints), character.weight_joints, character.weights
    )
    blended = dataclasses.replace(character, pose_correctives=(), pose_keys=())
    assert np.abs(blended.skin(pose) - plain).max() < 4e-3


def test_shares_sum_to_one_and_only_arms_hang_on_helpers() -> None:
    character = load_character()
    bones, shares = character.hung
    assert (shares.sum(1, dtype=np.float32) == np.float32(1)).all()
    assert bones.max() < len(BONE_NAMES)
    helped = (bones >= 55).any(1)
    assert 1000 < helped.sum() < len(helped) / 2
    assert (bones[~helped] == character.weight_joints[~helped]).all()
    arms = [JOINT_INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("shoulder", "elbow")]
    assert np.isin(character.weight_joints[helped], arms).any(1).all(), "trunk, hands and head are left alone"


def test_a_turn_beyond_half_twists_the_short_way() -> None:
    pose = np.zeros((55, 3))
    pose[JOINT_INDEX["left_wrist"], 0] = np.radians(200)
    turned = dict(zip(BONE_NAMES[55:], np.degrees(twist_angles(pose)), strict=True))
    assert turned["left_forearm_twist3"] == pytest.approx(-160)
    assert turned["right_forearm_twist3"] == 0
