"""Expressions over shut lips: what parts the lips gives way, what only pulls the corners stays."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from soliloquy.inference.character import load_character
from soliloquy.inference.emotion.facs import expression_table
from soliloquy.inference.emotion.names import EMOTIONS
from soliloquy.inference.face.lip_solver import MARGIN, hold_aperture

STRENGTHS = np.linspace(0, 0.9, 40)


def _over_shut_lips(emotion: str) -> np.ndarray:
    """Return (40, 52) a face on which an emotion grows while the lips are shut; checks that they stay shut."""
    character = load_character()
    speech = np.zeros((len(STRENGTHS), len(ARKIT_NAMES)), np.float32)
    expression = (STRENGTHS[:, None] * expression_table()[EMOTIONS.index(emotion)]).astype(np.float32)
    poses = np.zeros((len(STRENGTHS), 165), np.float32)
    shut = character.lip_aperture(poses, speech)
    held, face = hold_aperture(poses, np.clip(expression, 0, 1), speech, expression, character)
    assert np.abs(character.lip_aperture(held, face) - shut).max() <= 1.01 * MARGIN, emotion
    return face


def test_the_mouth_of_an_emotion_shows_over_shut_lips() -> None:
    asked = {name: dict(zip(ARKIT_NAMES, row, strict=True)) for name, row in
             zip(EMOTIONS, expression_table(), strict=True)}  # fmt: skip
    for emotion, unit in (("disgusted", "mouthFrownLeft"), ("angry", "mouthFrownLeft"), ("angry", "mouthPressLeft"),
                          ("sad", "mouthFrownLeft"), ("happy", "mouthSmileLeft")):  # fmt: skip
        shown = _over_shut_lips(emotion)[-1, ARKIT_INDEX[unit]]
        assert shown > 0.7 * STRENGTHS[-1] * asked[emotion][unit], (emotion, unit)


def test_it_grows_without_a_leap_and_keeps_its_sides() -> None:
    for emotion in ("disgusted", "angry", "fear"):
        face = _over_shut_lips(emotion)
        for unit in ("mouthFrown", "mouthUpperUp", "mouthStretch"):
            left, right = face[:, ARKIT_INDEX[f"{unit}Left"]], face[:, ARKIT_INDEX[f"{unit}Right"]]
            assert np.abs(np.diff(left)).max() < 0.12, (emotion, unit)
            np.testing.assert_allclose(left, right, atol=0.01)
