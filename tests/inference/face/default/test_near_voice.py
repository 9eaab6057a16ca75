"""A crowd alone moves nobody's lips; somebody who speaks over it is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
soundfile = pytest.importorskip("soundfile")

from soliloquy.inference.face.default.near_voice import at_rest, near_voice
from soliloquy.training.face.voices import applause, crowd, noise

RATE, FRAME = 16_000, 320


@pytest.fixture(scope="module")
def speech(speech_wav: Path) -> np.ndarray:
    return soundfile.read(speech_wav, dtype="float32")[0]


def near(samples: np.ndarray) -> np.ndarray:
    return near_voice(samples.astype(np.float32), 0, len(samples) // FRAME + 1)


def over(speech: np.ndarray, sound: np.ndarray, decibels: float) -> np.ndarray:
    """Return speech with a sound of unit level under it, which goes on when the speech is over."""
    level = np.sqrt(np.mean(speech**2)) * 10 ** (-decibels / 20)
    return np.pad(speech, (0, len(sound) - len(speech))) + level * sound


def test_a_murmuring_crowd_is_nobody_near() -> None:
    assert near(0.05 * crowd(5 * RATE, np.random.default_rng(0))).max() < 0.2


def test_who_speaks_is_near_at_any_level(speech: np.ndarray) -> None:
    assert near(speech).min() > 0.99
    assert near(0.003 * speech).min() > 0.99


@pytest.mark.parametrize("sound", [crowd, applause, noise])
def test_who_speaks_over_a_noise_is_near_until_only_the_noise_is_left(speech: np.ndarray, sound) -> None:
    heard = near(over(speech, sound(len(speech) + 4 * RATE, np.random.default_rng(1)), 5.0))
    spoken = len(speech) // FRAME
    assert heard[: spoken - 10].min() > 0.8
    if sound is crowd:
        assert heard[spoken + 90 :].max() < 0.2


def test_a_window_says_what_the_whole_does(speech: np.ndarray) -> None:
    heard = over(speech, crowd(len(speech) + 4 * RATE, np.random.default_rng(2)), 3.0).astype(np.float32)
    whole = near(heard)
    np.testing.assert_allclose(near_voice(heard[48 * FRAME :], 180, 300), whole[228:348], atol=1e-3)


@pytest.mark.parametrize("length", [1, FRAME - 1, 3 * FRAME])
def test_a_moment_of_sound_has_a_value_for_every_frame(length: int) -> None:
    found = near(np.full(length, 0.1, np.float32))
    assert found.shape == (length // FRAME + 1,)
    assert np.isfinite(found).all()


def test_lips_rest_where_nobody_is_near_and_are_left_alone_elsewhere() -> None:
    said = np.full((2, 5 + 1 + 14 + 3), 0.07, np.float32)
    rested = at_rest(said, np.array([1, 0], np.float32), 5)
    np.testing.assert_array_equal(rested[0], said[0])
    assert not rested[1, :5].any()
    assert rested[1, 5] > 10
    assert rested[1, 6] == 1
    assert not rested[1, 7:20].any()
    np.testing.assert_array_equal(rested[1, 20:], said[1, 20:])
