"""The measures of acting say what a motion made by hand does."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.metrics.acting import Acting, acting
from soliloquy.training.metrics.expression_units import blinks, unit

FPS = 30.0
TIMES = np.arange(300) / FPS
SPOKEN = np.ones(300, bool)


def measured(turns: dict[str, np.ndarray], trans: np.ndarray | None = None, spoken: np.ndarray = SPOKEN) -> Acting:
    poses = np.zeros((300, 55, 3))
    for joint, degrees in turns.items():
        poses[:, JOINT_INDEX[joint]] = np.radians(degrees)
    trans = np.zeros((300, 3)) if trans is None else trans
    places = joint_positions(poses, trans, load_character().joints)
    return acting(poses.reshape(300, -1), trans, places, FPS, spoken)


def sine(period: float, axis: int, size: float) -> np.ndarray:
    return size * np.sin(2 * np.pi * TIMES / period)[:, None] * np.eye(3)[axis]


def test_neck_and_head_count_as_one() -> None:
    found = measured({"neck": sine(5.0, 1, 4.0), "head": sine(5.0, 1, 6.0)})
    assert found.head == pytest.approx([0, 20, 0], abs=0.2)
    assert found.head_speed == pytest.approx(4 * 10 / 5, rel=0.02)
    assert found.head_speed_p95 == pytest.approx(10 * 2 * np.pi / 5, rel=0.03)


def test_the_spine_is_all_its_joints_and_a_constant_pose_is_no_movement() -> None:
    lean = np.tile([30.0, 0.0, 0.0], (300, 1))
    found = measured({name: sine(2.5, 0, 2.0) + lean for name in ("spine1", "spine2", "spine3")} | {"pelvis": lean})
    assert found.spine == pytest.approx([12, 0, 0], abs=0.2)
    assert found.pelvis == pytest.approx([0, 0, 0], abs=1e-6)


def test_windows_are_still_where_nothing_leaves_its_mean_by_two_degrees() -> None:
    assert measured({"head": sine(2.0, 1, 1.9)}).head_still == 1
    moving = measured({"head": sine(2.0, 1, 2.1)})
    assert (moving.head_still, moving.head_joint_still, moving.all_still) == (0, 0, 0)
    neck = measured({"neck": sine(2.0, 1, 2.1)})
    assert (neck.head_still, neck.head_joint_still) == (0, 1)
    assert measured({"left_wrist": sine(2.0, 1, 2.1)}).all_still == 0


def test_only_windows_of_speech_count() -> None:
    nods = sine(2.0, 0, 5.0)
    nods[150:] = 0
    assert measured({"head": nods}, spoken=TIMES < 5.0).head_still == 0
    assert 0.3 < measured({"head": nods}).head_still < 0.7
    assert np.isnan(measured({"head": nods}, spoken=np.zeros(300, bool)).head_still)


def test_the_farthest_arm_joint_gives_the_span_and_all_must_be_slow() -> None:
    found = measured({"left_elbow": sine(2.0, 1, 20.0), "right_wrist": sine(2.0, 2, 5.0)})
    assert found.arm_span == pytest.approx(20, abs=0.3)
    assert found.elbows == pytest.approx(20, abs=0.3)  # mean of 40 and none
    assert found.slow_frames < 0.2
    assert measured({"left_elbow": sine(10.0, 1, 5.0)}).slow_frames == 1


def test_travel_and_sliding_feet() -> None:
    trans = np.zeros((300, 3))
    trans[:, 0] = 0.03 * np.sin(2 * np.pi * TIMES / 10)
    trans[:, 2] = 0.04 * np.sin(2 * np.pi * TIMES / 10)
    found = measured({}, trans)
    assert found.pelvis_travel == pytest.approx(10, abs=0.1)
    assert found.feet_slide == pytest.approx(4 * 5 / 10, rel=0.02)  # the feet go along
    trans[:, 1] = 0.02
    trans[150:] = [0, 0, 0]
    assert measured({}, trans).feet_slide < 0.05  # what moves in the air does not slide


def test_a_smile_that_comes_and_goes() -> None:
    arkit = np.zeros((300, 52))
    curve = np.interp(TIMES, [0, 2, 3, 5, 7, 10], [0.1, 0.1, 0.9, 0.9, 0.1, 0.1])
    arkit[:, ARKIT_INDEX["mouthSmileLeft"]] = 1.1 * curve
    arkit[:, ARKIT_INDEX["mouthSmileRight"]] = 0.9 * curve
    found = unit(arkit, "mouthSmile", FPS)
    assert found.spread == pytest.approx(0.8)
    assert found.difference == pytest.approx(0.2)
    assert found.onset == pytest.approx(0.8, abs=0.07)
    assert found.apex == pytest.approx(3.5, abs=0.07)
    assert found.offset == pytest.approx(1.6, abs=0.07)
    assert found.saturated == 0
    arkit[:, [ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]]] = 0.97
    mask = unit(arkit, "mouthSmile", FPS)
    assert (mask.saturated, mask.spread) == (1, 0)
    assert np.isnan(mask.onset)


def test_blinks_are_counted_and_doubles_found() -> None:
    arkit = np.zeros((300, 52))
    for frame in (30, 39, 150):
        arkit[frame : frame + 4, ARKIT_INDEX["eyeBlinkLeft"]] = [0.5, 1, 1, 0.5]
        arkit[frame : frame + 4, ARKIT_INDEX["eyeBlinkRight"]] = [0.4, 0.9, 1, 0.6]
    found = blinks(arkit, FPS)
    assert found.per_minute == pytest.approx(18)
    assert found.doubles == pytest.approx(1 / 3)
    assert found.apart > 0.02
