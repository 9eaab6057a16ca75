"""Joints of a human: what cannot be is bent back, what can be stays."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.plausibility.limits import LIMITS, joint_coordinates, limit_joints
from soliloquy.inference.rotation import axis_angle_to_matrix, compose_axis_angle
from soliloquy.inference.skeleton import JOINT_INDEX

from .motions import BEFORE_THE_CHEST, at_rest, with_arm


def one(name: str, degrees: tuple[float, float, float]) -> np.ndarray:
    poses = np.zeros((1, 165))
    poses[0, 3 * JOINT_INDEX[name] : 3 * JOINT_INDEX[name] + 3] = np.radians(degrees)
    return poses


def held(name: str, degrees: tuple[float, float, float]) -> np.ndarray:
    return np.degrees(joint_coordinates(limit_joints(one(name, degrees)))[0, UPPER_BODY.index(name)])


@pytest.mark.parametrize(
    ("name", "degrees"),
    [
        ("left_elbow", (0, 40, 0)),  # backwards
        ("right_elbow", (0, -40, 0)),
        ("left_elbow", (0, -170, 0)),
        ("left_wrist", (0, 0, -130)),
        ("right_wrist", (0, -110, 0)),
        ("left_index2", (0, 0, 60)),
        ("right_middle1", (0, 0, 150)),
        ("spine2", (75, 0, 0)),
        ("left_collar", (0, 0, 80)),
        ("right_shoulder", (0, -110, 0)),
    ],
)
def test_an_impossible_angle_is_brought_within_range(name: str, degrees: tuple[float, float, float]) -> None:
    limit = LIMITS[name.split("_")[-1]]
    angles = held(name, degrees)
    for angle, (low, high) in zip(angles, (limit.x, limit.y, limit.z), strict=True):
        assert low - 1e-6 <= angle <= high + 1e-6
    assert np.abs(angles).max() > 0.6 * min(np.abs(degrees).max(), 5)  # bent back to the limit, not to nothing


def test_no_elbow_is_bent_backwards_further_than_a_human_one() -> None:
    for degrees in (10.0, 30.0, 80.0):
        assert held("left_elbow", (0, degrees, 0))[1] < 6.5
        assert held("right_elbow", (0, -degrees, 0))[1] < 6.5


def test_normal_poses_come_back_bit_for_bit() -> None:
    for track in (at_rest(), at_rest(which="seated"), with_arm(at_rest(), "left", BEFORE_THE_CHEST, slice(60, 120))):
        assert np.array_equal(limit_joints(track.poses), track.poses)


def test_a_sweep_through_a_limit_has_no_corner() -> None:
    sweep = np.linspace(-20, 140, 641)
    poses = np.zeros((len(sweep), 165))
    poses[:, 3 * JOINT_INDEX["left_wrist"] + 2] = np.radians(sweep)
    angle = np.degrees(joint_coordinates(limit_joints(poses))[:, UPPER_BODY.index("left_wrist"), 2])
    slope = np.gradient(angle, sweep)
    assert slope.min() > -1e-6
    assert slope.max() < 1 + 1e-6
    assert np.abs(np.diff(slope)).max() < 0.03
    assert np.allclose(angle[sweep < 75], sweep[sweep < 75], atol=1e-9)


def test_left_and_right_are_held_alike() -> None:
    rng = np.random.default_rng(0)
    poses = rng.normal(0, 1.0, (40, 55, 3))
    swap = np.arange(55)
    for name, index in JOINT_INDEX.items():
        if name.startswith("left"):
            swap[index], swap[JOINT_INDEX["right" + name[4:]]] = JOINT_INDEX["right" + name[4:]], index
    mirror = np.array([1.0, -1.0, -1.0])
    straight = limit_joints(poses.reshape(-1, 165)).reshape(-1, 55, 3)
    mirrored = limit_joints((poses[:, swap] * mirror).reshape(-1, 165)).reshape(-1, 55, 3)
    arms = [JOINT_INDEX[name] for name in UPPER_BODY]
    difference = axis_angle_to_matrix((mirrored[:, swap] * mirror)[:, arms]) - axis_angle_to_matrix(straight[:, arms])
    assert np.abs(difference).max() < 1e-9


def test_legs_and_head_are_not_touched() -> None:
    poses = np.random.default_rng(1).normal(0, 1.5, (5, 55, 3))
    result = limit_joints(poses.reshape(-1, 165)).reshape(-1, 55, 3)
    others = [index for name, index in JOINT_INDEX.items() if name not in UPPER_BODY]
    assert np.array_equal(result[:, others], poses[:, others])
    assert not np.array_equal(result, poses)


def test_split_angles_are_the_rotation() -> None:
    """A pose made of a known swing and twist is read back as those angles."""
    swing, twist = np.radians([0.0, -40.0, 20.0]), np.radians([35.0, 0.0, 0.0])
    poses = np.zeros((1, 55, 3))
    poses[0, JOINT_INDEX["left_elbow"]] = compose_axis_angle(swing, twist)
    angles = joint_coordinates(poses.reshape(1, 165))[0, UPPER_BODY.index("left_elbow")]
    assert np.allclose(np.degrees(angles), [35, -40, 20], atol=1e-6)
