"""Hands that networks leave at home lie where the body at rest has them."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.body.body import ground_track
from soliloquy.inference.body.resting import HOME, brought_home, laid_at_rest
from soliloquy.inference.body.track import BodyTrack
from soliloquy.inference.body.upper_body import UPPER_BODY, upper_body_of, with_upper_body
from soliloquy.inference.character import load_character
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.layers.arms import ARM_PARTS, laid_arm
from soliloquy.inference.layers.noise import quintic
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.prosody import analyse
from soliloquy.inference.rotation import quaternion_to_axis_angle
from soliloquy.inference.settings import EMOTIONS, AnimateSettings
from soliloquy.inference.skeleton import JOINT_INDEX

FPS = 30
FRAMES = 180
ELBOWS = {side: UPPER_BODY.index(f"{side}_elbow") for side in ("left", "right")}


def ground_of(rest: str, posture: str = "standing") -> BodyTrack:
    settings = AnimateSettings(gestures=GestureSettings(rest=rest, posture=posture), seed=3)
    calm = np.zeros((FRAMES, len(EMOTIONS)))
    calm[:, EMOTIONS.index("neutral")] = 1
    quiet = analyse(np.zeros(16_000 * FRAMES // FPS, np.float32))
    return ground_track(np.arange(FRAMES) / FPS, quiet, settings, load_character(), calm)


def drawn_at_home(ground: BodyTrack, posture: str = "standing") -> np.ndarray:
    """(T, 41, 3) what networks draw for hands that do nothing, a little off."""
    rotations = upper_body_of(ground.poses, ground.poses).astype(np.float64)
    for side in ("left", "right"):
        arm = laid_arm(side, "thighs" if posture == "seated" else HOME, ground.poses)
        rows = [UPPER_BODY.index(f"{side}_{part}") for part in ARM_PARTS]
        rotations[:, rows] = quaternion_to_axis_angle(arm)
    wobble = np.sin(np.arange(FRAMES) * 0.3)[:, None] * np.array([0.0, 0.06, 0.0])
    for elbow in ELBOWS.values():
        rotations[:, elbow] += wobble
    return rotations


def raised_arm(rotations: np.ndarray, side: str, first: int = 60, last: int = 140) -> np.ndarray:
    """The same with a forearm that comes up and goes down again."""
    frames = np.arange(FRAMES)
    up = quintic((frames - first) / 15) * (1 - quintic((frames - last) / 15))
    result = rotations.copy()
    result[:, ELBOWS[side], 1] += (-1.7 if side == "left" else 1.7) * up
    return result


def wrist_heights(rotations: np.ndarray, ground: BodyTrack, side: str) -> np.ndarray:
    places = joint_positions(with_upper_body(ground.poses, rotations), ground.trans, load_character().joints)
    return places[:, JOINT_INDEX[f"{side}_wrist"], 1]


@pytest.mark.parametrize(
    ("rest", "posture"), [("together", "standing"), ("crossed", "standing"), ("pockets", "standing"), ("lap", "seated")]
)
def test_hands_that_do_nothing_lie_where_the_body_lays_them(rest, posture):
    ground = ground_of(rest, posture)
    laid, raised = laid_at_rest(
        drawn_at_home(ground, posture), ground.poses, ground.rests, FPS, seated=posture == "seated"
    )
    assert np.abs(laid - upper_body_of(ground.poses, ground.poses)).max() < 1e-6, "a wobble is no gesture"
    assert not raised.any()


def test_a_gesture_is_made_as_it_was_drawn():
    ground = ground_of("together")
    drawn = raised_arm(drawn_at_home(ground), "right")
    laid, raised = laid_at_rest(drawn, ground.poses, ground.rests, FPS, seated=False)
    held = slice(85, 130)
    assert raised[held, 1].min() > 0.999
    right = [row for row, name in enumerate(UPPER_BODY) if name.startswith("right")]
    assert np.abs(laid[held][:, right] - drawn[held][:, right]).max() < 0.01


def test_a_hand_comes_up_from_its_rest_and_does_not_drop_to_its_home_first():
    ground = ground_of("together")
    laid, _ = laid_at_rest(
        raised_arm(drawn_at_home(ground), "right"), ground.poses, ground.rests, FPS, seated=False
    )  # fmt: skip
    height = wrist_heights(laid, ground, "right")
    home = wrist_heights(drawn_at_home(ground), ground, "right").mean()
    rest, top = height[40], height[100]
    assert rest > home + 0.08
    assert height[40:100].min() > home + 0.6 * (rest - home)
    assert top > rest + 0.05
    steps = np.abs(np.diff(height))
    assert steps.max() < 0.05, "nothing jumps"


def test_a_hand_left_alone_sinks_meanwhile_and_comes_back():
    ground = ground_of("together")
    drawn = raised_arm(drawn_at_home(ground), "right", 30, 120)
    laid, _ = laid_at_rest(drawn, ground.poses, ground.rests, FPS, seated=False)
    height = wrist_heights(laid, ground, "left")
    rest, home = height[10], wrist_heights(drawn_at_home(ground), ground, "left").mean()
    assert height[110] < home + 0.4 * (rest - home)
    assert height[-1] > rest - 0.03


def test_networks_see_hands_at_home_and_gestures_as_they_are():
    ground = ground_of("crossed")
    home = drawn_at_home(ground)
    laid, _ = laid_at_rest(raised_arm(home, "right"), ground.poses, ground.rests, FPS, seated=False)
    back = brought_home(laid, ground.poses, FPS, seated=False)
    calm = slice(0, 40)
    assert np.abs(back[calm] - home[calm]).max() < 0.1, "as far as it was drawn off home"
    held = slice(90, 125)
    right = [row for row, name in enumerate(UPPER_BODY) if name.startswith("right")]
    assert np.abs(back[held][:, right] - laid[held][:, right]).max() < 0.02
