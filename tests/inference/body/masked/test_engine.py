"""The masked gestures as a body engine: what an artist asks for is what is seen."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("scipy")
pytest.importorskip("safetensors")
pytest.importorskip("soundfile")
import itertools

import soundfile
from directed_gestures import check_directed
from spoken_body import spoken_body

from soliloquy.inference.body.body import gestured
from soliloquy.inference.body.masked.engine import MaskedGesturesEngine
from soliloquy.inference.body.masked.networks import OVERLAP_STEPS, WEIGHTS, WINDOW_STEPS, _passes
from soliloquy.inference.body.track import BodyTrack, SpokenBody
from soliloquy.inference.body.upper_body import UPPER_BODY_INDEX, upper_body_of
from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.gestures.strokes import wrist_speed

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def engine() -> MaskedGesturesEngine:
    return MaskedGesturesEngine()


@pytest.fixture(scope="module")
def samples(speech_wav: Path) -> np.ndarray:
    return np.tile(soundfile.read(speech_wav, dtype="float32")[0], 3)


@pytest.fixture(scope="module")
def speech(samples: np.ndarray) -> SpokenBody:
    return spoken_body(samples)


@pytest.fixture(scope="module")
def track(engine: MaskedGesturesEngine, speech: SpokenBody) -> BodyTrack:
    return gestured(engine, speech, GestureSettings())


def movement(track: BodyTrack, speech: SpokenBody) -> float:
    """Mean speed of the faster wrist, metres per second."""
    return float(wrist_speed(track.poses, speech.fps).mean())


def test_the_weights_are_the_ones_the_card_names() -> None:
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() in WEIGHTS.with_suffix(".md").read_text()
    assert WEIGHTS.stat().st_size < 16e6


def test_what_comes_back_is_whole(track: BodyTrack, speech: SpokenBody) -> None:
    assert track.poses.shape == (speech.frames, 165)
    assert np.isfinite(track.poses).all()
    kept = [joint for joint in range(55) if joint not in UPPER_BODY_INDEX]
    ours, ground = track.poses.reshape(-1, 55, 3), speech.ground.poses.reshape(-1, 55, 3)
    assert (ours[:, kept] == ground[:, kept]).all()
    assert (track.trans == speech.ground.trans).all()
    assert movement(track, speech) > 0.03


def test_strokes_fall_on_accents(track: BodyTrack, speech: SpokenBody) -> None:
    strokes, accents = track.strokes, speech.prosody.accent_times
    assert len(strokes) >= 2
    assert (np.diff(strokes[:, 0]) > 0).all()
    assert ((strokes[:, 1] > 0) & (strokes[:, 1] <= 1)).all()
    assert np.abs(strokes[:, :1] - accents).min(1).max() <= 0.25


def test_the_same_seed_is_the_same_take_and_another_another(
    engine: MaskedGesturesEngine, speech: SpokenBody, track: BodyTrack
) -> None:
    assert (engine.animate(speech, GestureSettings()).poses == track.poses).all()
    other = engine.animate(dataclasses.replace(speech, seed=2), GestureSettings())
    apart = np.abs(upper_body_of(other.poses) - upper_body_of(track.poses))[:, 3:11].mean()
    assert np.degrees(apart) > 2


def test_energy_and_handedness_mean_what_they_mean_everywhere(engine: MaskedGesturesEngine, speech: SpokenBody) -> None:
    check_directed(engine, speech)


def test_styles_move_differently(engine: MaskedGesturesEngine, speech: SpokenBody) -> None:
    takes = [dataclasses.replace(speech, seed=seed) for seed in (1, 2)]
    lively, shy = (
        np.mean([movement(engine.animate(take, GestureSettings(style=style)), take) for take in takes])
        for style in ("enthusiastic", "shy")
    )
    assert lively > 1.15 * shy


def test_the_hand_that_is_asked_for_moves_more(engine: MaskedGesturesEngine, speech: SpokenBody) -> None:
    ground = speech.ground.poses
    for handedness in (-1.0, 1.0):
        turns = upper_body_of(gestured(engine, speech, GestureSettings(handedness=handedness)).poses)
        away = np.abs(turns - upper_body_of(ground)).max(-1).mean(0)
        left, right = (away[[index, index + 2]].sum() for index in (5, 6))  # shoulders and elbows
        wanted, other = (left, right) if handedness < 0 else (right, left)
        assert wanted > 0.1, "it gestures"
        assert wanted > 3 * other


def test_frames_are_the_same_instants_at_every_rate(
    engine: MaskedGesturesEngine, samples: np.ndarray, track: BodyTrack
) -> None:
    fast = engine.animate(spoken_body(samples, fps=60.0), GestureSettings())
    both = min(len(track.poses), len(fast.poses[::2]))
    assert np.degrees(np.abs(upper_body_of(fast.poses[::2][:both]) - upper_body_of(track.poses[:both]))).mean() < 2


def test_windows_leave_no_seam(engine: MaskedGesturesEngine, samples: np.ndarray) -> None:
    speech = spoken_body(np.tile(samples, 2))
    poses = engine.animate(speech, GestureSettings()).poses
    arms = upper_body_of(poses)[:, 3:11].reshape(len(poses), -1)
    jerk = np.abs(np.diff(arms, 3, axis=0)).mean(1)
    borders = {8 * edge for group in _passes(-(-speech.frames // 8)) for window in group for edge in window}
    near = np.zeros(len(jerk), bool)
    for border in borders - {0}:
        near[max(0, border - 8) : border + 8] = True
    inside = near[: len(jerk)]
    assert jerk[inside].mean() < 1.5 * jerk[~inside].mean() + 1e-4


def test_windows_overlap_and_cover_everything() -> None:
    for steps in (1, 22, 23, 40, 41, 60, 225, 4500):
        windows = sorted(window for group in _passes(steps) for window in group)
        assert windows[0][0] == 0
        assert windows[-1][1] == steps
        assert all(last - first <= WINDOW_STEPS for first, last in windows)
        assert all(before[1] - after[0] >= OVERLAP_STEPS for before, after in itertools.pairwise(windows))
        for group in _passes(steps):
            assert all(before[1] <= after[0] for before, after in itertools.pairwise(group))


def test_it_can_be_stopped(engine: MaskedGesturesEngine, speech: SpokenBody) -> None:
    with pytest.raises(Cancelled):
        engine.animate(speech, GestureSettings(), cancelled=lambda: True)


def test_damaged_weights_are_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match="are missing") as missing:
        MaskedGesturesEngine(tmp_path / "none.safetensors")
    assert missing.value.kind == "missing_files"
    (tmp_path / "bad.safetensors").write_bytes(WEIGHTS.read_bytes()[:5000])
    with pytest.raises(SoliloquyError, match="damaged or of another version"):
        MaskedGesturesEngine(tmp_path / "bad.safetensors")
