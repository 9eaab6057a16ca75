"""Bodies that jitter, freeze, slide, float, stand like a T or put a hand through themselves are caught."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("torch")

from soliloquy.inference.character import load_character
from soliloquy.inference.plausibility.capsules import capsules_of
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.rotation import compose_axis_angle
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.metrics import diversity
from soliloquy.training.metrics.beat_consistency import angular_speed, beat_scores, kinematic_beats, nearness
from soliloquy.training.metrics.foot_slide import foot_slide
from soliloquy.training.metrics.jerk import jerk
from soliloquy.training.metrics.joint_limits import limit_violation
from soliloquy.training.metrics.pelvis_drift import pelvis_drift
from soliloquy.training.metrics.penetration import penetration
from soliloquy.training.metrics.stillness import longest_stillness
from soliloquy.training.metrics.t_pose import t_pose_share

FPS = 30.0
JOINTS = load_character().joints.astype(float)


def _hanging(frames: int) -> np.ndarray:
    """Arms down, (T, 55, 3)."""
    poses = np.zeros((frames, 55, 3))
    for side, sign in (("left", 1), ("right", -1)):
        poses[:, JOINT_INDEX[f"{side}_shoulder"], 2] = sign * np.radians(-74)
    return poses


def _places(poses: np.ndarray, trans: np.ndarray | None = None) -> np.ndarray:
    return joint_positions(poses, np.zeros((len(poses), 3)) if trans is None else trans, JOINTS)


def _waving(hertz: float = 1.0, frames: int = 300, radians: float = 0.5) -> np.ndarray:
    """Both elbows bend and stretch, (T, 6, 3) of shoulders, elbows, wrists."""
    arms = np.zeros((frames, 6, 3))
    arms[:, 2:4, 1] = radians * np.sin(2 * np.pi * hertz * np.arange(frames) / FPS)[:, None]
    return arms


def test_jerk_is_that_of_a_known_wave_and_grows_with_noise():
    times = np.arange(600) / 120
    wave = np.stack([0.2 * np.sin(2 * np.pi * times), 0 * times, 0 * times], 1)[:, None]
    found = jerk([wave], 120)
    assert found.mean == pytest.approx(0.2 * (2 * np.pi) ** 3 * 2 / np.pi, rel=0.01)
    assert found.mean < found.moving < found.high < 0.2 * (2 * np.pi) ** 3 + 1e-3
    shaken = wave + 0.002 * np.random.default_rng(0).standard_normal(wave.shape)
    assert jerk([shaken], 120).mean > 20 * found.mean


def test_rest_does_not_dilute_the_jerk_of_what_moves():
    wave = np.zeros((900, 1, 3))
    wave[:150, 0, 0] = 0.2 * np.sin(2 * np.pi * np.arange(150) / FPS) * np.sin(np.pi * np.arange(150) / 150) ** 2
    short, whole = jerk([wave[:150]], FPS), jerk([wave], FPS)
    assert whole.mean < 0.4 * short.mean
    assert whole.moving == pytest.approx(short.moving, rel=0.2)
    assert np.isnan(jerk([np.zeros((50, 2, 3))], FPS).moving)


def test_kinematic_beats_are_where_the_arms_turn_round():
    beats = kinematic_beats(_waving(), FPS)
    turning = np.arange(0.25, 10, 0.5)
    assert len(beats) == pytest.approx(len(turning), abs=1)
    assert nearness(turning[1:-1], beats, sigma=0.02) > 0.7
    assert angular_speed(_waving(), FPS).max() == pytest.approx(0.5 * 2 * np.pi / 3, rel=0.05)


def test_beats_on_the_accents_stand_out_from_chance():
    accents = np.cumsum(np.random.default_rng(1).uniform(0.5, 1.6, 25))
    seconds = accents[-1] + 1
    on_time, _ = beat_scores(accents, accents + 0.03, seconds)
    assert on_time.score > 0.9
    assert on_time.chance < 0.6
    late, _ = beat_scores(accents, (accents + 7.77) % seconds, seconds)
    assert abs(late.score - late.chance) < 0.15


def test_jitter_raises_consistency_but_neither_its_lead_over_chance_nor_precision():
    rng = np.random.default_rng(2)
    accents = np.cumsum(rng.uniform(0.5, 1.6, 25))
    seconds = accents[-1] + 1
    many = np.arange(0, seconds, 0.1)
    consistency, precision = beat_scores(accents, many, seconds)
    assert consistency.score > 0.85
    assert consistency.score - consistency.chance < 0.03
    assert precision.score < 0.5


def test_a_motionless_body_has_no_beats():
    assert len(kinematic_beats(np.zeros((100, 6, 3)), FPS)) == 0
    assert nearness([1.0, 2.0], []) == 0


def test_planted_feet_do_not_slide_and_a_gliding_body_does():
    poses, trans = _hanging(60), np.zeros((60, 3))
    planted = foot_slide(_places(poses), JOINTS, FPS)
    assert (planted.slide, planted.float_cm, planted.sink_cm) == pytest.approx((0, 0, 0), abs=1e-9)
    trans[:, 0] = 0.1 * np.arange(60) / FPS
    assert foot_slide(_places(poses, trans), JOINTS, FPS).slide == pytest.approx(10)
    trans[:] = (0, 0.04, 0)
    floating = foot_slide(_places(poses, trans), JOINTS, FPS)
    assert floating.float_cm == pytest.approx(4)
    assert np.isnan(floating.slide)
    trans[:] = (0, -0.03, 0)
    assert foot_slide(_places(poses, trans), JOINTS, FPS).sink_cm == pytest.approx(3)


def test_a_hand_in_the_belly_is_caught():
    body = capsules_of(load_character())
    poses = _hanging(4)
    assert penetration(poses.reshape(4, -1), np.zeros((4, 3)), body).share == 0
    # The upper arm hangs, turned inwards, and the elbow folds the forearm into the belly.
    inwards = np.radians([90.0, 0, 0])
    poses[2:, JOINT_INDEX["left_shoulder"]] = compose_axis_angle(poses[0, JOINT_INDEX["left_shoulder"]], inwards)
    poses[2:, JOINT_INDEX["left_elbow"], 1] = np.radians(-100)
    found = penetration(poses.reshape(4, -1), np.zeros((4, 3)), body)
    assert found.share == pytest.approx(0.5)
    assert found.deepest > 0.03


def test_an_elbow_bent_backwards_is_beyond_its_range():
    poses = _hanging(10)
    assert limit_violation(poses)[0] == 0
    poses[:3, JOINT_INDEX["left_elbow"], 1] = np.radians(60)
    share, worst = limit_violation(poses)
    assert share == pytest.approx(0.3)
    assert worst > 40


def test_frozen_seconds():
    points = np.zeros((300, 2, 3))
    points[:, 0, 0] = 0.1 * np.sin(np.arange(300) / 5)
    assert longest_stillness(points, FPS) < 0.3
    points[90:210, 0] = points[90, 0]
    assert longest_stillness(points, FPS) == pytest.approx(4, abs=0.1)
    assert longest_stillness(np.zeros((61, 2, 3)), FPS) == pytest.approx(2)


def test_t_poses_and_hanging_arms():
    poses = _hanging(10)
    assert t_pose_share(_places(poses)) == 0
    poses[:4] = 0
    assert t_pose_share(_places(poses)) == pytest.approx(0.4)


def test_a_pelvis_that_wanders_off():
    trans = np.zeros((300, 3))
    trans[:, 2] = 0.02 * np.sin(np.arange(300) / 10)
    farthest, net = pelvis_drift(trans, FPS)
    assert farthest == pytest.approx(2, abs=0.3)
    assert net < 1
    trans[:, 0] += np.linspace(0, 0.3, 300)
    assert pelvis_drift(trans, FPS)[1] > 20


def test_diversity_between_and_within_takes():
    take = np.zeros((50, 3, 3))
    assert diversity.between_takes([take, take]) == 0
    assert diversity.between_takes([take, take + np.array([0.1, 0, 0]), take + np.array([0, 0.1, 0])]) == pytest.approx(
        (0.1 + 0.1 + 0.1 * np.sqrt(2)) / 3
    )
    assert diversity.within_take(take) == 0
    take[25:, :, 1] = 0.2
    assert diversity.within_take(take) == pytest.approx(0.1)
