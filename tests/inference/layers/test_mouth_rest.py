"""The mouth where nobody speaks, as the character has it, never in a word; and what an emotion leaves to a word."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.emotion.names import EMOTIONS
from soliloquy.inference.layers.emotion import felt_aperture
from soliloquy.inference.layers.mouth_rest import rested_aperture, resting

TIMES = np.arange(300) / 30
SPEECH: Any = SimpleNamespace(phrases=np.array([[2.0, 3.5], [3.7, 5.0], [7.0, 8.0]]))


def at(values: np.ndarray, second: float) -> float:
    return float(values[round(30 * second)])


def test_it_rests_in_pauses_only_and_is_there_in_time() -> None:
    share = resting(TIMES, SPEECH)
    for second in (0.0, 1.5, 6.0, 9.5):
        assert at(share, second) == pytest.approx(1.0), second
    for second in (2.0, 3.0, 3.6, 4.9, 7.0, 7.9):
        assert at(share, second) == 0.0, second
    # Before a word it only goes to the word, it does not creep open.
    assert (np.diff(share[30:60]) <= 0).all()
    assert np.abs(np.diff(share)).max() < 0.4


def test_what_is_said_stays_as_it_is() -> None:
    spoken = np.where((TIMES > 2) & (TIMES < 5), 0.1 * np.sin(9 * TIMES) ** 2, 0.001)
    made = rested_aperture(TIMES, SPEECH, spoken, 0.04)
    said = resting(TIMES, SPEECH) == 0
    np.testing.assert_allclose(made[said], spoken[said], rtol=1e-6)
    assert at(made, 1.0) == pytest.approx(0.04)
    np.testing.assert_array_equal(rested_aperture(TIMES, SPEECH, spoken, 0.0), spoken.astype(np.float32))


@pytest.mark.parametrize("emotion", ["surprised", "fear"])
def test_an_emotion_that_parts_the_lips_does_not_part_those_of_an_m_though_a_frame_shows_them_not_quite_shut(
    emotion: str,
) -> None:
    speech: Any = SimpleNamespace(at=lambda curve, times: np.ones(len(times)), speaking=None)
    spoken = np.full(300, 0.12)
    spoken[150] = 0.0095
    acted = np.zeros((300, len(EMOTIONS)))
    acted[:, EMOTIONS.index(emotion)] = 1.0
    felt = felt_aperture(TIMES, speech, acted, spoken)
    assert felt[150] < 0.012
    assert felt[100] > 0.125
