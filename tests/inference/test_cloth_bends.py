"""Cloth in bends: sleeves hang from the point of the shoulder; folds at elbows, knees, armpits, groins and waists."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from soliloquy.inference.cast import compose
from soliloquy.inference.character_model import Character
from soliloquy.inference.cloth_bends import worn
from soliloquy.inference.lbs import joint_transforms
from soliloquy.inference.looks import looks
from soliloquy.inference.pose_correctives import pose_corrective_values
from soliloquy.inference.skeleton import JOINT_INDEX

HANGING = {"left_shoulder": (0.63, -0.34, -1.34), "right_shoulder": (0.63, 0.34, 1.34)}
TOPS = ("sweater", "shirt", "jacket", "tshirt", "dress")


def posed(**turns: tuple[float, float, float]) -> npt.NDArray[Any]:
    """Return a (55, 3) pose."""
    pose = np.zeros((len(JOINT_INDEX), 3))
    for joint, turn in turns.items():
        pose[JOINT_INDEX[joint]] = turn
    return pose


def shoulder_line(character: Character) -> tuple[float, float]:
    """Return degrees by which the left shoulder falls from beside the neck to above the joint, arms hanging, and how
    far the sleeve stands out from the joint, over the upper arm's length."""
    pose = posed(**HANGING)
    cloth = character.skin(pose)[worn(character, TOPS)]
    transforms = joint_transforms(pose, character.joints)
    shoulder, elbow = (
        transforms[k, :, :3] @ character.joints[k] + transforms[k, :, 3]
        for k in (JOINT_INDEX["left_shoulder"], JOINT_INDEX["left_elbow"])
    )
    heights = [cloth[np.abs(cloth[:, 0] - share * shoulder[0]) < 0.07 * shoulder[0], 1].max() for share in (0.55, 1.05)]
    arm = np.linalg.norm(elbow - shoulder)
    beside = np.abs(cloth[:, 1] - shoulder[1] + 0.12 * arm) < 0.06 * arm
    fall = np.degrees(np.arctan2(heights[0] - heights[1], 0.5 * shoulder[0]))
    return float(fall), float((cloth[beside, 0].max() - shoulder[0]) / arm)


@pytest.mark.parametrize("person", ["default", "man", "woman", "east_asian_man", "black_woman", "child"])
def test_shoulders_fall_and_sleeves_do_not_stand_out_as_domes(person: str) -> None:
    fall, out = shoulder_line(looks()[person].character())
    assert fall > 21.2
    assert out < 0.222


@pytest.mark.parametrize(
    ("joint", "outfit", "materials", "axis"),
    [("left_elbow", "shirt", TOPS, 0), ("left_knee", "sweater", ("jeans",), 1)],
)
def test_cloth_folds_as_far_as_a_limb_bends(joint: str, outfit: str, materials: tuple[str, ...], axis: int) -> None:
    character = compose("default", outfit=outfit)
    cloth = worn(character, materials)
    np.testing.assert_allclose(character.skin(posed())[cloth], character.vertices[cloth], atol=1e-6)
    away = character.vertices[cloth] - character.joints[JOINT_INDEX[joint]]
    folding = cloth[(np.abs(away[:, axis]) < 0.06) & (np.abs(away).max(1) < 0.12)]

    def folds(bend: float) -> float:
        """Return metres between crests and hollows that the correctives make."""
        turn = (0.0, -bend, 0.0) if axis == 0 else (bend, 0.0, 0.0)
        values = pose_corrective_values(character.pose_correctives, posed(**{joint: turn}))
        offset = np.zeros_like(character.vertices)
        for value, key in zip(values, character.pose_keys, strict=True):
            offset[key.indices] += value * key.offsets
        across = offset[folding] * np.delete(np.eye(3), axis, 0).sum(0)
        away = (character.vertices[folding] - character.joints[JOINT_INDEX[joint]]) * np.delete(np.eye(3), axis, 0).sum(
            0
        )
        return float(np.ptp((across * away).sum(1) / np.linalg.norm(away, axis=1)))

    assert folds(0.1) < 0.002
    assert folds(1.5) > 0.014


SEATED = {"left_hip": (-1.5, 0.0, 0.0), "right_hip": (-1.5, 0.0, 0.0)}


@pytest.mark.parametrize(
    ("person", "outfit", "material", "joint", "bend", "least"),
    [
        ("default", "sweater", "jeans", "left_hip", SEATED, 0.012),
        ("woman", "shirt", "suit trousers", "right_hip", SEATED, 0.010),
        ("man", "sweater", "sweater", "spine1", SEATED, 0.012),
        ("child", "tshirt", "tshirt", "spine1", SEATED, 0.009),
        ("default", "sweater", "sweater", "left_shoulder", HANGING, 0.010),
        ("woman", "shirt", "shirt", "right_shoulder", HANGING, 0.009),
    ],
)
def test_trunk_and_legs_fold_where_the_pose_bends_them(
    person: str, outfit: str, material: str, joint: str, bend: dict[str, tuple[float, float, float]], least: float
) -> None:
    character = compose(person, outfit=outfit)
    pleated = folds_of(character, material, joint, bend)
    assert pleated > least
    assert folds_of(character, material, joint, {}) < 0.001


def folds_of(character: Character, material: str, joint: str, bend: dict[str, tuple[float, float, float]]) -> float:
    """Return metres between crests and hollows of a garment's front around a joint, in a pose: what its correctives
    move from row to row, not what they move as a whole."""
    cloth = worn(character, (material,))
    away = character.vertices[cloth] - character.joints[JOINT_INDEX[joint]]
    size = float(character.joints[JOINT_INDEX["neck"], 1]) / 1.4
    near = cloth[(np.linalg.norm(away[:, :2], axis=1) < 0.13 * size) & (away[:, 2] > 0.02 * size)]
    values = pose_corrective_values(character.pose_correctives, posed(**bend))
    offset = np.zeros_like(character.vertices)
    for value, key in zip(values, character.pose_keys, strict=True):
        offset[key.indices] += value * key.offsets
    at, depth = character.vertices[near, :2] - character.vertices[near, :2].mean(0), offset[near, 2]
    terms = np.stack([at[:, 0] ** i * at[:, 1] ** j for i in range(3) for j in range(3) if i + j <= 2], 1)
    left = depth - terms @ np.linalg.lstsq(terms, depth, rcond=None)[0]
    return float(np.ptp(np.percentile(left, [3, 97])))
