"""What is directed over time, and its blend with what is heard."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.emotion.curves import emotion_weights, mixtures
from soliloquy.inference.settings import EMOTIONS, AnimateSettings

TIMES = np.arange(0, 6, 1 / 30)


def column(name: str) -> int:
    return EMOTIONS.index(name)


def row(time: float, **weights: float) -> tuple[float, ...]:
    return (time, *(weights.get(name, 0.0) for name in EMOTIONS))


def test_a_constant_emotion_leaves_the_rest_to_neutral() -> None:
    weights = emotion_weights(TIMES, AnimateSettings(emotion="sad", intensity=0.3))
    assert np.allclose(weights[:, column("sad")], 0.3)
    assert np.allclose(weights[:, column("neutral")], 0.7)


def test_mixtures_above_one_keep_their_proportions() -> None:
    mixed = mixtures([0, 1.0, 0, 0.5, 0, 0, 0, 0])
    assert mixed[column("happy")] == pytest.approx(2 / 3)
    assert mixed[column("surprised")] == pytest.approx(1 / 3)
    calmed = mixtures([1.0, 1.0, 0, 0, 0, 0, 0, 0])
    assert calmed[column("happy")] == pytest.approx(0.5)


def test_rows_out_of_order_are_joined_by_lines_and_held_at_the_ends() -> None:
    curves = (row(4.0, happy=0.2, fear=0.6), row(1.0, happy=0.8))
    weights = emotion_weights(TIMES, AnimateSettings(emotion="angry", emotion_curves=curves))
    assert weights[0, column("happy")] == pytest.approx(0.8)
    assert weights[75, column("happy")] == pytest.approx(0.5, abs=1e-3)  # 2.5 s, half way
    assert weights[75, column("fear")] == pytest.approx(0.3, abs=1e-3)
    assert weights[-1, column("fear")] == pytest.approx(0.6)
    assert not weights[:, column("angry")].any()
    assert np.allclose(weights.sum(1), 1)


def test_an_onset_takes_a_third_of_a_second_however_close_the_keys() -> None:
    curves = (row(2.9999, happy=0.0), row(3.0, happy=1.0))
    times = np.arange(0, 6, 0.001)
    happy = emotion_weights(times, AnimateSettings(emotion_curves=curves))[:, column("happy")]
    rise = times[np.searchsorted(happy, 0.9)] - times[np.searchsorted(happy, 0.1)]
    assert 0.25 < rise < 0.4
    assert np.diff(happy).max() < 0.005


def test_heard_and_directed_blend_by_the_voice_share() -> None:
    heard = np.zeros((len(TIMES), 8))
    heard[:, column("angry")] = 0.6
    for share, happy, angry in ((0.0, 1.0, 0.0), (0.25, 0.75, 0.15), (1.0, 0.0, 0.6)):
        settings = AnimateSettings(emotion="happy", intensity=1.0, voice_emotion=share)
        weights = emotion_weights(TIMES, settings, heard)
        assert np.allclose(weights[:, column("happy")], happy)
        assert np.allclose(weights[:, column("angry")], angry)
        assert np.allclose(weights.sum(1), 1)
    with pytest.raises(ValueError, match="do not fit"):
        emotion_weights(TIMES, AnimateSettings(voice_emotion=0.5), heard[:10])
