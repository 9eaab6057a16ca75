"""The sampled gestures as a body engine: what an artist asks for is what is seen."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("scipy")
pytest.importorskip("soundfile")
import soundfile
from directed_gestures import check_directed

from soliloquy.inference.body.body import gestured, ground_track
from soliloquy.inference.body.sampled.engine import SampledGesturesEngine
from soliloquy.inference.body.sampled.networks import WEIGHTS
from soliloquy.inference.body.track import SpokenBody
from soliloquy.inference.body.upper_body import UPPER_BODY_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.gestures.strokes import wrist_speed
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.prosody import analyse
from soliloquy.inference.settings import AnimateSettings
from soliloquy.inference.skeleton import JOINT_INDEX

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def engine() -> SampledGesturesEngine:
    return SampledGesturesEngine()


@pytest.fixture(scope="module")
def samples(speech_wav) -> np.ndarray:
    return np.tile(soundfile.read(speech_wav, dtype="float32")[0], 2)


def spoken(samples: np.ndarray, fps: float = 30.0, seed: int = 1, posture: str = "standing") -> SpokenBody:
    prosody = analyse(samples)
    times = np.arange(int(len(samples) / 16_000 * fps)) / fps
    calm = np.zeros((len(times), 8))
    calm[:, 0] = 1
    asked = AnimateSettings(body="sampled", gestures=GestureSettings(posture=posture), seed=seed)
    ground = ground_track(times, prosody, asked, load_character(), calm)
    return SpokenBody(samples, prosody, fps, ground, np.zeros(len(times)), seed)


@pytest.fixture(scope="module")
def speech(samples) -> SpokenBody:
    return spoken(samples)


@pytest.fixture(scope="module")
def track(engine, speech):
    return gestured(engine, speech, GestureSettings(style="enthusiastic", rate=1.3))


def travelled(poses: np.ndarray, side: str) -> float:
    """Radians that one arm's shoulder and elbow turn, frame by frame, summed."""
    joints = poses.reshape(len(poses), -1, 3)[:, [JOINT_INDEX[f"{side}_{name}"] for name in ("shoulder", "elbow")]]
    return float(np.linalg.norm(np.diff(joints, axis=0), axis=-1).sum())


def test_the_card_names_the_file(engine):
    card = WEIGHTS.with_suffix(".md").read_text(encoding="utf-8")
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() in card
    assert engine.weights == WEIGHTS
    assert WEIGHTS.stat().st_size < 10e6


def test_only_what_gestures_is_moved(speech, track):
    poses, ground = (values.reshape(speech.frames, 55, 3) for values in (track.poses, speech.ground.poses))
    still = [index for index in range(55) if index not in UPPER_BODY_INDEX]
    assert np.array_equal(poses[:, still], ground[:, still])
    assert np.array_equal(track.trans, speech.ground.trans)
    assert np.isfinite(track.poses).all()


def test_hands_gesture_smoothly_and_never_hang_in_the_air_as_a_t(speech, track):
    speed = wrist_speed(track.poses, 30)
    assert speed.max() > 0.4, "somebody who is enthusiastic moves the hands"
    assert speed.max() < 6
    shoulders = track.poses.reshape(-1, 55, 3)[:, [JOINT_INDEX["left_shoulder"], JOINT_INDEX["right_shoulder"]]]
    assert np.linalg.norm(shoulders, axis=-1).min() > 0.2, "no T-pose"
    assert np.abs(np.diff(track.poses, axis=0)).max() < 0.6, "no jump"
    moved = np.abs(np.diff(track.poses, axis=0)).max(1)
    frozen = np.convolve(moved < 1e-5, np.ones(15), "valid").max()
    assert frozen < 15, "no half second in which nothing at all moves"


def test_hands_are_not_restless(track):
    places = joint_positions(track.poses, track.trans, load_character().joints)
    wrists = places[:, [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]]
    jerk = 30**3 * np.linalg.norm(np.diff(wrists, 3, axis=0), axis=-1).mean()
    speed = 30 * np.linalg.norm(np.diff(wrists, axis=0), axis=-1).mean()
    assert jerk / speed < 220, "no shaking on the way"


def test_strokes_are_on_accents_and_rising(speech, track):
    assert len(track.strokes) >= 2
    assert (np.diff(track.strokes[:, 0]) > 0).all()
    assert ((track.strokes[:, 1] >= 0) & (track.strokes[:, 1] <= 1)).all()
    assert np.abs(track.strokes[:, :1] - speech.prosody.accent_times).min(1).max() <= 0.25


def test_the_same_seed_is_the_same_and_another_one_is_seen(engine, samples, speech, track):
    asked = GestureSettings(style="enthusiastic", rate=1.3)
    assert np.array_equal(engine.animate(speech, asked).poses, track.poses)
    other = engine.animate(dataclasses.replace(speech, seed=2), asked)
    assert np.abs(other.poses - track.poses).max() > 0.3


def test_energy_and_handedness_mean_what_they_mean_everywhere(engine, speech):
    check_directed(engine, speech, GestureSettings(style="enthusiastic", rate=1.3))


def test_styles_and_postures_are_seen(engine, samples):
    takes = [spoken(samples, seed=seed) for seed in (1, 2, 3)]
    moved = {
        style: np.mean(
            [wrist_speed(engine.animate(speech, GestureSettings(style=style)).poses, 30).mean() for speech in takes]
        )
        for style in ("shy", "agitated")
    }
    # The scheduler that it learnt from, on the same takes: 1.28 times as fast.
    assert moved["agitated"] > 1.15 * moved["shy"]
    seated = spoken(samples, posture="seated")
    poses = engine.animate(seated, GestureSettings(posture="seated")).poses.reshape(-1, 55, 3)
    ground = seated.ground.poses.reshape(-1, 55, 3)
    knees = [JOINT_INDEX["left_knee"], JOINT_INDEX["right_hip"]]
    assert np.array_equal(poses[:, knees], ground[:, knees])


@pytest.mark.parametrize("fps", [23.976, 60.0])
def test_another_frame_rate_is_the_same_motion(engine, samples, track, fps):
    other = engine.animate(spoken(samples, fps), GestureSettings(style="enthusiastic", rate=1.3))
    elbow = slice(3 * JOINT_INDEX["left_elbow"], 3 * JOINT_INDEX["left_elbow"] + 3)
    place = np.arange(len(other.poses)) / fps * 30
    inside = place < len(track.poses) - 2
    expected = np.stack([np.interp(place, np.arange(len(track.poses)), c) for c in track.poses[:, elbow].T], 1)
    assert np.abs(other.poses[inside, elbow] - expected[inside]).max() < 0.08


def test_the_breath_stays(engine, speech):
    louder = dataclasses.replace(speech.ground, poses=speech.ground.poses.copy())
    chest = 3 * JOINT_INDEX["spine3"]
    louder.poses[:, chest] += 0.05 * np.sin(np.arange(speech.frames) / 20)
    asked = GestureSettings(style="formal")
    plain = engine.animate(speech, asked).poses[:, chest]
    heaving = engine.animate(dataclasses.replace(speech, ground=louder), asked).poses[:, chest]
    assert heaving - plain == pytest.approx(louder.poses[:, chest] - speech.ground.poses[:, chest], abs=0.01)


def test_progress_is_told_and_cancelling_stops_at_once(engine, speech):
    told: list[float] = []
    engine.animate(speech, GestureSettings(), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    asked: list[bool] = []
    with pytest.raises(Cancelled):
        engine.animate(speech, GestureSettings(), progress=told.append, cancelled=lambda: not asked.append(True))
    assert len(asked) == 1


def test_missing_and_damaged_weights_are_said_in_a_sentence(tmp_path):
    with pytest.raises(SoliloquyError, match="missing"):
        SampledGesturesEngine(tmp_path / "none.safetensors")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(WEIGHTS.read_bytes()[:5000])
    with pytest.raises(SoliloquyError, match="damaged"):
        SampledGesturesEngine(broken)
