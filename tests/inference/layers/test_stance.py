"""Standing: the weight moves, feet step and pivot under it, and what stands on the floor does not slide."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.body.track import BodyTrack
from soliloquy.inference.character import load_character
from soliloquy.inference.layers import posture
from soliloquy.inference.layers.head import phrase_poses
from soliloquy.inference.layers.stance import stance
from soliloquy.inference.layers.trunk import living_trunk, turned_towards
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.prosody import analyse
from soliloquy.inference.skeleton import JOINT_INDEX

FPS = 30.0
TIMES = np.arange(1800) / FPS
BALLS = [JOINT_INDEX["left_foot"], JOINT_INDEX["right_foot"]]


@lru_cache
def standing(seed: int, shaped: bool = False) -> tuple[BodyTrack, np.ndarray, np.ndarray]:
    """A minute of standing, its (T, 55, 3) joints, and the rest joints."""
    character = load_character()
    joints = character.shaped_joints(np.array([1.5], np.float32)) if shaped else character.joints
    silence = analyse(np.zeros(16000 * 60, np.float32))
    track = posture.posture_layer(TIMES, silence, joints, seed)
    return track, joint_positions(track.poses, track.trans, joints), np.asarray(joints, np.float64)


@pytest.mark.parametrize(("seed", "shaped"), [(0, False), (1, False), (2, True)])
def test_feet_on_the_floor_never_slide_and_one_always_stands(seed: int, shaped: bool) -> None:
    _, places, rest = standing(seed, shaped)
    balls = places[:, BALLS]
    height = balls[..., 1] - rest[BALLS, 1]
    moved = np.linalg.norm(np.diff(balls[..., [0, 2]], axis=0), axis=-1) * FPS
    down = np.maximum(height[1:], height[:-1]) < 0.024
    assert moved[down].max() < 1e-3
    assert height.min() > -1e-3
    assert height.max() < 0.05
    assert height.min(1).max() < 1e-3


def test_feet_really_step_and_pivot_when_the_other_leg_has_the_weight() -> None:
    for seed in range(3):
        track, places, rest = standing(seed)
        lifted = places[:, BALLS, 1] - rest[BALLS, 1] > 0.01
        assert 1 <= sum(np.count_nonzero(np.diff(lifted[:, k].astype(int)) > 0) for k in (0, 1)) <= 12
        # The pelvis is on the side of the foot that stands.
        centre = places[:, BALLS, 0].mean(1)
        over = places[:, 0, 0] - centre
        assert (over[lifted[:, 0]] < 0).all()
        assert (over[lifted[:, 1]] > 0).all()
        heels = track.poses[:, [3 * ball for ball in BALLS]]
        assert np.degrees(heels).min() < -3  # toes stay on the floor where a heel rises


def test_a_step_pushes_off_and_the_weight_goes_over_the_other_leg() -> None:
    seen = 0
    for seed in range(3):
        track, places, rest = standing(seed)
        for number, held in enumerate(stance(60.0, 1.0, seed).feet):
            side = ("left", "right")[number]
            ball = places[:, BALLS[number]]
            heel = -np.degrees(track.poses[:, 3 * BALLS[number]])
            knee = np.degrees(track.poses[:, 3 * JOINT_INDEX[f"{side}_knee"]])
            for start, length, place in zip(held.starts, held.lengths, held.places, strict=True):
                if place[3] or start < 1 or start + length > 59:
                    continue
                rows = np.arange(round(start * FPS), round((start + length) * FPS))
                up = rows[ball[rows, 1] - rest[BALLS[number], 1] > 0.004]
                # The heel has peeled off and the knee has given way before the ball leaves the floor.
                assert heel[up[0] - 1] > 12
                assert knee[up[0]] > knee[rows[0]] + 8
                # The ball is down before the heel is.
                assert heel[up[-1] + 1] > 3
                assert heel[rows[-1]] < heel[up[0]] / 2
                away = np.abs(places[:, 0, 0] - places[:, BALLS[1 - number], 0])
                assert away[up[0]] < away[rows[0] - 3] - 0.002
                seen += 1
    assert seen >= 5


def test_the_weight_moves_by_centimetres_and_the_free_knee_gives_way() -> None:
    for seed in range(3):
        track, places, _ = standing(seed)
        low, high = np.percentile(track.trans[:, [0, 2]], [2.5, 97.5], axis=0)
        assert 0.03 < np.linalg.norm(high - low) < 0.1
        bend = {side: np.degrees(track.poses[:, 3 * JOINT_INDEX[f"{side}_knee"]]) for side in ("left", "right")}
        over = places[:, 0, 0] - places[:, BALLS, 0].mean(1)
        far = np.abs(over) > 0.01
        free = np.where(over > 0, bend["right"], bend["left"])
        standing_leg = np.where(over > 0, bend["left"], bend["right"])
        assert np.median(free[far]) > np.median(standing_leg[far]) + 8
        assert standing_leg.min() > -2


def test_steps_come_back_and_stay_near_where_the_character_was_placed() -> None:
    plan = stance(600.0, 1.0, 3)
    for held in plan.feet:
        assert np.abs(held.places[:, :2]).max() < 0.06
        assert len(held.starts) > 15
        assert (held.starts[1:] >= held.starts[:-1] + held.lengths[:-1]).all()
    assert (np.diff(plan.weight.starts) > 3).all()
    assert np.ptp(stance(60.0, 0.0, 3).weight.places) == 0


def test_the_trunk_follows_the_head_later_and_less() -> None:
    silence = analyse(np.zeros(16000 * 60, np.float32))
    trunk, poses = living_trunk(TIMES, silence, 4), phrase_poses(60.0, silence, 4).at(TIMES)
    yaw = trunk.pelvis[:, 1] + trunk.spine[:, 1]

    def match(late: int) -> float:
        return float(np.corrcoef(yaw[late:], poses[: len(poses) - late, 1])[0, 1])

    assert match(6) > 0.8
    assert match(6) > match(0)
    assert 0.2 < yaw.std() / poses[:, 1].std() < 0.8


def test_the_trunk_turns_a_part_of_the_way_to_who_is_looked_at_after_the_eyes() -> None:
    trunk = living_trunk(TIMES, analyse(np.zeros(16000 * 60, np.float32)), 4)
    right, left = np.array([-1.0, 1.6, 1.2]), np.array([1.0, 1.6, 1.2])
    half = len(TIMES) // 2
    turned = turned_towards(trunk, TIMES, np.where(np.arange(len(TIMES))[:, None] < half, right, left))
    yaw = (turned.pelvis + turned.spine - trunk.pelvis - trunk.spine)[:, 1]
    assert -16 < yaw[0] < -9  # of 40 degrees
    assert yaw[-1] == pytest.approx(-yaw[0])
    assert np.interp(0.0, yaw, TIMES) - TIMES[half] == pytest.approx(0.25, abs=0.05)
    assert np.abs(np.diff(yaw)).max() / np.diff(TIMES)[0] < 40
    assert turned_towards(trunk, TIMES, ()) is trunk
