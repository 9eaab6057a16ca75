"""Strokes: where the hands are fastest on the accents of the speech."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("soundfile")
import soundfile

from soliloquy.inference.gestures.strokes import gesture_strokes, wrist_speed
from soliloquy.inference.prosody import Prosody, analyse
from soliloquy.inference.skeleton import JOINT_INDEX


@pytest.fixture(scope="module")
def prosody(speech_wav: Path) -> Prosody:
    return analyse(soundfile.read(speech_wav, dtype="float32")[0])


def striking(times: list[float], fps: float = 30.0, seconds: float = 6.0) -> np.ndarray:
    """Poses whose left forearm swings up fastest at these seconds."""
    frames = np.arange(int(seconds * fps)) / fps
    poses = np.zeros((len(frames), 165))
    for moment in times:
        poses[:, 3 * JOINT_INDEX["left_elbow"] + 1] -= 0.6 / (1 + np.exp(-(frames - moment) / 0.05))
    return poses


def test_speed_is_metres_per_second_at_every_frame_rate() -> None:
    slow, fast = wrist_speed(striking([3.0]), 30.0), wrist_speed(striking([3.0], 90.0), 90.0)
    assert abs(slow.max() / fast.max() - 1) < 0.1
    # Over all, the hand travels the arc of the forearm.
    assert 0.1 < slow.sum() / 30 < 0.2
    assert abs(int(slow.argmax()) / 30 - 3.0) < 0.05


def test_a_swing_on_an_accent_is_a_stroke_and_one_elsewhere_is_not(prosody: Prosody) -> None:
    accents = prosody.accent_times
    grid = np.arange(0.5, 5.5, 0.05)
    silent = grid[np.abs(grid[:, None] - accents).min(1).argmax()]
    assert np.abs(silent - accents).min() > 0.3
    accent = float(accents[(accents > 0.5) & (np.abs(accents - silent) > 0.6)][0])
    strokes = gesture_strokes(striking([accent, float(silent)]), 30.0, prosody)
    assert len(strokes) == 1
    assert abs(strokes[0, 0] - accent) < 0.1
    assert 0 < strokes[0, 1] <= 1


def test_a_still_body_has_no_strokes(prosody: Prosody) -> None:
    assert gesture_strokes(np.zeros((180, 165)), 30.0, prosody).shape == (0, 2)
