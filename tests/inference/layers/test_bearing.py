"""Bearing: an emotion stresses words with the trunk, each in its own direction."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from made_up_gestures import even_speech

from soliloquy.inference.body.track import BodyTrack
from soliloquy.inference.emotion.names import EMOTIONS
from soliloquy.inference.layers.bearing import bear_arms, bear_trunk, stresses
from soliloquy.inference.layers.noise import layer_rng
from soliloquy.inference.skeleton import JOINT_INDEX

TIMES = np.arange(600) / 30


def _on_accents(emotion: str) -> tuple[np.ndarray, float]:
    """Return (3,) degrees of the spine, and of the left collar up, on the accents against between them."""
    prosody, feeling = even_speech(20.0), np.zeros((600, 8))
    feeling[:, EMOTIONS.index(emotion)] = 1
    stress = stresses(TIMES, prosody, feeling)
    track = BodyTrack(np.zeros((600, 165)), np.zeros((600, 3)))
    bear_trunk(track, TIMES, feeling, stress, layer_rng(0, "tremor"))
    poses = bear_arms(track.poses, feeling, stress).reshape(600, 55, 3)
    spine = np.degrees(poses[:, [JOINT_INDEX[f"spine{number}"] for number in (1, 2, 3)]].sum(1))
    collar = np.degrees(poses[:, JOINT_INDEX["left_collar"], 2])
    strong = prosody.accent_times[prosody.accent_strengths > 0.5]
    rows = np.unique(np.searchsorted(TIMES, strong[strong < TIMES[-1]]))
    return spine[rows].mean(0) - spine.mean(0), float(collar[rows].mean() - collar.mean())


def test_anger_comes_forward_on_its_words_joy_lifts_the_chest_and_disgust_turns_away() -> None:
    assert _on_accents("angry")[0][0] > 0.4
    assert _on_accents("happy")[0][0] < -0.4
    assert _on_accents("disgusted")[0][1] < -0.4
    assert _on_accents("fear")[1] > 0.4
    spine, collar = _on_accents("neutral")
    assert np.abs(spine).max() == 0
    assert collar == 0
