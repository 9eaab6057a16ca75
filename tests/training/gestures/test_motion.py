"""Clips made ready for the library."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("torch")

from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.character import load_character
from soliloquy.inference.rotation import axis_angle_to_quaternion, quaternion_to_axis_angle
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.gestures.motion import arm_paths, smooth_motion, upper_body_motion


def _rows(side: str) -> list[int]:
    return [row for row, name in enumerate(UPPER_BODY) if name.startswith(side) and name[-1].isdigit()]


def test_a_leaning_clip_does_not_lean_for_ever() -> None:
    poses = np.zeros((60, 55, 3))
    poses[:, JOINT_INDEX["spine2"], 0] = np.linspace(0.3, 0.4, 60) + 0.2 * np.sin(np.linspace(0, np.pi, 60))
    spine = quaternion_to_axis_angle(upper_body_motion(poses)[:, 1])
    assert np.abs(spine[[0, -1]]).max() < 1e-9
    assert abs(spine[30, 0] - 0.2) < 0.01


def test_fingers_that_were_not_recorded_follow_the_other_hand() -> None:
    poses = np.zeros((60, 55, 3))
    curl = 0.8 * np.sin(np.linspace(0, 6, 60))
    for name in ("index1", "middle2", "thumb1"):
        poses[:, JOINT_INDEX[f"right_{name}"], 2] = curl
    assert np.ptp(upper_body_motion(poses)[:, _rows("left")], axis=0).max() == 0
    turned = quaternion_to_axis_angle(upper_body_motion(poses, still_left_fingers=True))
    assert np.ptp(turned[:, _rows("left")], axis=0).max() > 0.8
    left, right = turned[:, _rows("left")], turned[:, _rows("right")]
    assert np.abs(left[2:] + right[:-2] * [-1, 1, 1]).max() < 1e-9


def test_wrists_are_where_they_stand_on_the_character() -> None:
    joints = np.asarray(load_character().joints)
    rest = np.tile([1.0, 0.0, 0.0, 0.0], (3, 41, 1))
    for side, title in enumerate(("left", "right")):
        expected = joints[JOINT_INDEX[f"{title}_wrist"]] - joints[0]
        assert np.abs(arm_paths(rest, joints)[:, side] - expected).max() < 1e-6


def test_tremor_goes_and_movement_stays() -> None:
    rng = np.random.default_rng(0)
    time = np.arange(90) / 30
    turn = np.zeros((90, 41, 3))
    turn[:, 5, 1] = 0.6 * np.sin(2 * np.pi * 0.8 * time)
    clean = axis_angle_to_quaternion(turn)
    shaken = axis_angle_to_quaternion(turn + 0.01 * rng.standard_normal(turn.shape))
    smooth = smooth_motion(shaken, 1.2)
    third = [np.abs(np.diff(item[:, 5], n=3, axis=0)).mean() for item in (shaken, smooth)]
    assert third[1] < 0.25 * third[0]
    assert np.abs(smooth[5:-5, 5] - clean[5:-5, 5]).max() < 0.02
