"""A finished performance re-shaped: what fades, what stays where it was, and what no setting may do."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.eye_aim import EYE_COLUMNS, eye_directions, head_frames
from soliloquy.inference.eye_look import look_coefficients
from soliloquy.inference.performance import Performance
from soliloquy.inference.plausibility.capsules import capsules_of, penetration
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.setting import settings_of
from soliloquy.inference.shape import body
from soliloquy.inference.shape.reshape import Shaping, reshaped
from soliloquy.inference.shape.settings import Reshape
from soliloquy.inference.skeleton import JOINT_INDEX

FRAMES, FPS = 240, 30.0
Doubles = npt.NDArray[np.float64]


def _columns(joint: str) -> slice:
    return slice(3 * JOINT_INDEX[joint], 3 * JOINT_INDEX[joint] + 3)


@pytest.fixture(scope="module")
def spoken() -> Performance:
    """A performance of eight seconds: hanging arms of which the right one gestures, nods, glances, blinks, a smile."""
    time = np.arange(FRAMES) / FPS
    poses = np.zeros((FRAMES, 165))
    poses[:, _columns("left_shoulder")] = (0.0, -0.2, -1.1)
    lift = np.clip(np.sin(np.pi * (time - 3) / 2), 0, 1) * (time > 3) * (time < 5)
    poses[:, _columns("right_shoulder")] = (0.0, 0.2, 1.1)
    poses[:, _columns("right_shoulder")] += lift[:, None] * np.array([0.2, 0.5, -0.4])
    poses[:, _columns("right_elbow")] = np.array([0.0, 1.0, 0.0]) * (0.2 + 1.2 * lift[:, None])
    poses[:, _columns("right_index1")] = np.array([0.0, 0.0, 0.4]) * (1 + np.sin(4 * time))[:, None]
    poses[:, _columns("head")] = np.array([0.15, 0.1, 0.0]) * np.sin(5 * time)[:, None]
    poses[:, _columns("spine2")] = np.array([0.05, 0.0, 0.05]) * np.sin(4 * time)[:, None]
    poses[:, _columns("left_hip")] = np.array([0.05, 0.0, 0.0]) * np.sin(time)[:, None]
    eyes = np.zeros((FRAMES, 2, 3))
    eyes[:, :, 1] = 0.3 * ((time % 4) > 3)[:, None]
    eyes[:, :, 0] = -0.15 * np.sin(5 * time)[:, None]
    for number, column in enumerate(EYE_COLUMNS):
        poses[:, column] = eyes[:, number]
    arkit = np.zeros((FRAMES, 52), np.float32)
    look_coefficients(arkit, eyes)
    blink = np.exp(-(((time % 3) - 1.5) ** 2) / 0.005)
    for name, values in (
        ("eyeBlinkLeft", blink), ("eyeBlinkRight", blink), ("mouthSmileLeft", 0.4), ("mouthSmileRight", 0.4),
        ("browInnerUp", 0.2 + 0.2 * np.sin(6 * time)), ("jawOpen", 0.15 - 0.15 * np.cos(8 * time)),
    ):  # fmt: skip
        arkit[:, ARKIT_INDEX[name]] = values
    poses[:, _columns("jaw").start] = load_character().jaw_open_radians * arkit[:, ARKIT_INDEX["jawOpen"]]
    flat, trans = poses.astype(np.float32), np.zeros((FRAMES, 3), np.float32)
    return Performance(FPS, flat, trans, arkit, load_character().lip_aperture(flat, arkit), meta={"seed": 7})


def _places(performance: Performance) -> Doubles:
    return joint_positions(performance.poses, performance.trans, load_character().joints)


def _looked(performance: Performance) -> Doubles:
    turned, _ = head_frames(performance.poses, performance.trans, load_character().joints)
    return np.einsum("tij,tj->ti", turned, eye_directions(performance.poses[:, EYE_COLUMNS[0]]))


def _moved(performance: Performance, joint: str) -> float:
    return float(np.ptp(performance.joint(joint), axis=0).max())


def test_neutral_settings_change_no_bit(spoken: Performance) -> None:
    same = reshaped(spoken, Reshape())
    for name in ("poses", "trans", "arkit", "lip_aperture"):
        np.testing.assert_array_equal(getattr(same, name), getattr(spoken, name))
        assert getattr(same, name) is not getattr(spoken, name)
    assert same.meta == spoken.meta


@pytest.mark.parametrize(
    ("name", "joint"),
    [("head", "head"), ("body", "spine2"), ("gestures", "right_shoulder"), ("fingers", "right_index1")],
)
def test_strength_fades_to_what_is_held_and_grows(spoken: Performance, name: str, joint: str) -> None:
    still, half, more = (_moved(reshaped(spoken, Reshape(**{name: size})), joint) for size in (0, 0.5, 1.7))
    assert still < 0.35 * _moved(spoken, joint)
    assert still < half < 0.9 * _moved(spoken, joint)
    assert more > 1.25 * _moved(spoken, joint)


def test_arms_without_gestures_hang_where_they_hung(spoken: Performance) -> None:
    still = reshaped(spoken, Reshape(gestures=0))
    wrist = _places(still)[:, JOINT_INDEX["right_wrist"]]
    before = _places(spoken)[:, JOINT_INDEX["right_wrist"]]
    assert np.ptp(before[:, 1]) > 0.15
    assert np.abs(wrist - before[0]).max() < 0.03 + np.abs(before[:60] - before[0]).max()


def test_only_what_a_setting_names_changes(spoken: Performance) -> None:
    made = reshaped(spoken, Reshape(fingers=0.5))
    changed = {name for name in JOINT_INDEX if (made.joint(name) != spoken.joint(name)).any()}
    assert changed == {"right_index1"}
    np.testing.assert_array_equal(made.arkit, spoken.arkit)
    made = reshaped(spoken, Reshape(blinks=0))
    assert made.coefficient("eyeBlinkLeft").max() < 0.05
    np.testing.assert_array_equal(made.poses, spoken.poses)
    rest = [index for name, index in ARKIT_INDEX.items() if not name.startswith("eyeBlink")]
    np.testing.assert_array_equal(made.arkit[:, rest], spoken.arkit[:, rest])


def test_feet_never_slide(spoken: Performance) -> None:
    made = reshaped(spoken, Reshape(head=1.8, body=1.8, gestures=1.8, openness=0.7, motion_smoothing=0.2))
    for joint in ("left_ankle", "right_ankle", "left_foot", "pelvis"):
        np.testing.assert_array_equal(_places(made)[:, JOINT_INDEX[joint]], _places(spoken)[:, JOINT_INDEX[joint]])


@pytest.mark.parametrize("choice", [{"head": 0.0}, {"head": 1.6}, {"body": 0.0}, {"motion_smoothing": 0.3}])
def test_eyes_keep_their_target_when_the_head_moves_otherwise(spoken: Performance, choice: dict[str, float]) -> None:
    made = reshaped(spoken, Reshape(**choice))
    assert (made.joint("left_eye_smplhf") != spoken.joint("left_eye_smplhf")).any()
    off = np.degrees(np.arccos(np.clip((_looked(made) * _looked(spoken)).sum(1), -1, 1)))
    assert np.quantile(off, 0.95) < 3.0
    turned = np.stack([made.poses[:, column] for column in EYE_COLUMNS], 1)
    expected = made.arkit.copy()
    look_coefficients(expected, turned)
    np.testing.assert_allclose(made.arkit, expected, atol=1e-5)


def test_glances_stay_or_go_further(spoken: Performance) -> None:
    def swing(size: float) -> float:
        return float(np.ptp(_looked(reshaped(spoken, Reshape(gaze=size)))[:, 0]))

    assert swing(0) < 0.1 * swing(1)
    assert swing(1.5) > 1.3 * swing(1)


def test_a_mood_goes_and_the_lips_keep_their_distance(spoken: Performance) -> None:
    made = reshaped(spoken, Reshape(emotion=0))
    assert made.coefficient("mouthSmileLeft").max() < 0.05
    assert made.coefficient("browInnerUp").max() < 0.25
    np.testing.assert_allclose(made.lip_aperture, spoken.lip_aperture, atol=0.004)
    np.testing.assert_allclose(
        made.joint("jaw")[:, 0], load_character().jaw_open_radians * made.coefficient("jawOpen"), atol=1e-5
    )


def test_everything_but_the_lips_comes_later(spoken: Performance) -> None:
    made = reshaped(spoken, Reshape(motion_offset=0.2))
    np.testing.assert_allclose(made.joint("head")[6:], spoken.joint("head")[:-6], atol=1e-5)
    np.testing.assert_allclose(made.coefficient("eyeBlinkLeft")[6:], spoken.coefficient("eyeBlinkLeft")[:-6], atol=1e-5)
    for name in ("jawOpen", "mouthSmileLeft"):
        np.testing.assert_array_equal(made.coefficient(name), spoken.coefficient(name))
    np.testing.assert_array_equal(made.joint("jaw"), spoken.joint("jaw"))


def test_a_hand_on_the_hip_stays_there_and_none_enters_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = 120
    time = np.arange(frames) / FPS
    poses = np.zeros((frames, 165))
    poses[:, _columns("left_shoulder")] = (0.0, -0.2, -1.1)
    poses[:, _columns("right_shoulder")] = (0.0, 0.15, 1.25)
    poses[:, _columns("spine1")] = np.array([0.0, 0.0, 0.12]) * np.sin(3 * time)[:, None]
    trans = np.zeros((frames, 3), np.float32)
    capsules = capsules_of(load_character())
    # The arm is let down until it lies on the thigh.
    for angle in np.arange(1.2, 1.6, 0.01):
        poses[:, _columns("right_shoulder").stop - 1] = angle
        if penetration(poses[:1], trans[:1], capsules)[0] > 0.0:
            break
    flat = poses.astype(np.float32)
    made = Performance(FPS, flat, trans, np.zeros((frames, 52), np.float32), np.zeros(frames, np.float32))
    touching = Shaping(made)._touches.hips[:, 1] > 0.99
    assert touching.any()
    leaning = reshaped(made, Reshape(body=0.0))
    assert (leaning.joint("spine1") != made.joint("spine1")).any()
    wrist = JOINT_INDEX["right_wrist"]
    off = np.linalg.norm(_places(leaning)[:, wrist] - _places(made)[:, wrist], axis=1)
    with monkeypatch.context() as without:
        without.setattr(body, "_hold_hands", lambda *_: None)
        carried = reshaped(made, Reshape(body=0.0))
    let_go = np.linalg.norm(_places(carried)[:, wrist] - _places(made)[:, wrist], axis=1)
    # The arm is all but straight and cannot reach further.
    assert off[touching].max() < 0.7 * let_go[touching].max()
    assert off[touching].max() < 0.02
    was = penetration(made.poses, trans, capsules)
    for openness in (-1.0, 1.0):
        now = penetration(reshaped(made, Reshape(openness=openness, gestures=2.0)).poses, trans, capsules)
        assert (now - was).max() < 0.02


def test_settings_are_remembered_once_each(spoken: Performance) -> None:
    once = reshaped(spoken, Reshape(head=0.5))
    assert once.meta["reshape"]["head"] == 0.5
    again = reshaped(once, Reshape(blinks=0.5))
    assert again.meta["reshape"]["blinks"] == 0.5
    assert [item["head"] for item in again.meta["earlier_reshapes"]] == [0.5]


def test_what_is_at_rest_stays_at_rest() -> None:
    zeros = {"poses": (90, 165), "trans": (90, 3), "arkit": (90, 52)}
    made = Performance(FPS, **{k: np.zeros(v, np.float32) for k, v in zeros.items()}, lip_aperture=np.zeros(90))  # type: ignore[arg-type]
    every = Reshape(0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.5, 0.3, 0.1, 0.1)
    assert not np.abs(reshaped(made, every).poses).max() > 1e-6
    single = dataclasses.replace(made, **{k: getattr(made, k)[:1] for k in (*zeros, "lip_aperture")})
    assert np.isfinite(reshaped(single, every).poses).all()


def test_damaged_values_are_refused(spoken: Performance) -> None:
    broken = dataclasses.replace(spoken, poses=np.where(np.arange(165) == 20, np.nan, spoken.poses))
    with pytest.raises(SoliloquyError, match="not numbers"):
        reshaped(broken, Reshape(head=0.5))


@pytest.mark.parametrize("end", ["low", "high"])
def test_every_end_gives_finite_numbers_within_range(spoken: Performance, end: str) -> None:
    chosen = Reshape(**{name: getattr(item, end) for name, item in settings_of(Reshape).items()})
    made = reshaped(spoken, chosen)
    assert np.isfinite(made.poses).all()
    assert made.arkit.min() >= 0
    assert made.arkit.max() <= 1
