"""What the recognisers' answers are counted as, and which frames they see."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("pocketsphinx")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.performance import Performance
from soliloquy.training.benchmarks import emotion_recognition as recognition


def test_the_strongest_class_counts_and_a_missing_face_does_not():
    truth = ["happy", "happy", "sad", "contempt"]
    scores = [{"happy": 0.9, "neutral": 0.1}, {"neutral": 0.8, "happy": 0.2}, {}, {"happy": 1.0}]
    counts, means = recognition.confusion(truth, scores)
    happy, sad = recognition.EMOTIONS.index("happy"), recognition.EMOTIONS.index("sad")
    assert counts[happy, recognition.CLASSES.index("happy")] == 1
    assert counts[happy, recognition.CLASSES.index("neutral")] == 1
    assert counts[sad, -1] == 1
    assert means[happy, recognition.CLASSES.index("happy")] == pytest.approx(0.55)
    stills = [recognition.Still(emotion, "a", 0, 2.0) for emotion in truth]
    shown, means_of_clips = recognition.by_clip(stills, scores)
    assert shown == ["happy", "sad", "contempt"]
    assert means_of_clips[0]["happy"] == pytest.approx(0.55)
    assert means_of_clips[1] == {}
    assert "1 of 3 frames" in recognition.report(truth, scores)


def test_frames_are_taken_closed_half_open_and_open_and_never_in_a_blink():
    rng = np.random.default_rng(0)
    arkit = np.zeros((100, 52), np.float32)
    aperture = rng.uniform(0, 0.1, 100).astype(np.float32)
    blink = np.array([30, 31, 32, 60, 61])
    arkit[blink, ARKIT_INDEX["eyeBlinkLeft"]] = 1
    aperture[blink] = 0.2
    chosen = recognition.choose_frames(
        Performance(25.0, np.zeros((100, 165), np.float32), np.zeros((100, 3), np.float32), arkit, aperture)
    )
    frames = [frame for _, frame in chosen]
    assert not set(frames) & set(blink.tolist())
    assert all(10 <= frame < 90 for frame in frames)
    assert aperture[frames[0]] < aperture[frames[1]] < aperture[frames[2]]
