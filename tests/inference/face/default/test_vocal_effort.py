"""Vowels said louder or brighter than those around stand out; microphones and whole voices do not."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.face.default.vocal_effort import BANDS, COLUMNS, band_levels, effort
from soliloquy.models.face.visemes import VISEMES

FRAMES = 300
AA, SIL = VISEMES.index("aa"), VISEMES.index("sil")


def buzz(count: int = FRAMES) -> np.ndarray:
    """Return the samples of a buzzing voice, 20 ms for each frame."""
    time = np.arange(count * 320) / 16_000
    wave = np.sum([np.sin(2 * np.pi * 110 * k * time) / k for k in range(1, 60)], axis=0)
    return (0.07 * wave).astype(np.float32)


def vowels(share: float = 1.0) -> np.ndarray:
    visemes = np.zeros((FRAMES, len(VISEMES)), np.float32)
    visemes[:, AA], visemes[:, SIL] = share, 1 - share
    return visemes


def test_a_tone_is_heard_in_its_band_alone() -> None:
    time = np.arange(16_000) / 16_000
    for band, pitch in enumerate((300, 900, 1500, 2400, 3800, 6000)):
        levels = band_levels(np.sin(2 * np.pi * pitch * time).astype(np.float32), 5, 40)
        assert levels.shape == (35, BANDS)
        assert (levels.argmax(1) == band).all()
        assert np.delete(levels, band, 1).max() < levels[:, band].min() - 6


def test_pieces_of_a_recording_are_heard_as_the_whole() -> None:
    samples = buzz(50)
    whole = band_levels(samples, 0, 51)
    np.testing.assert_array_equal(np.concatenate([band_levels(samples, 0, 20), band_levels(samples, 20, 51)]), whole)
    assert np.isfinite(band_levels(np.zeros(320, np.float32), 0, 2)).all()


def test_a_louder_vowel_stands_out_and_a_louder_microphone_does_not() -> None:
    samples = buzz()
    raised = samples.copy()
    raised[100 * 320 : 110 * 320] *= 3
    plain, louder = (effort(vowels(), band_levels(wave, 0, FRAMES)) for wave in (samples, raised))
    assert louder.shape == (FRAMES, COLUMNS)
    assert louder[102:108, 0].min() > plain[102:108, 0].max() + 0.8
    assert louder[200:, 0] == pytest.approx(plain[200:, 0], abs=0.05)
    hot = effort(vowels(), band_levels(4 * samples, 0, FRAMES))
    assert hot[5:-5] == pytest.approx(plain[5:-5], abs=0.05)


def test_only_vowels_are_said_with_effort() -> None:
    levels = band_levels(buzz() * np.repeat(np.linspace(0.2, 1, FRAMES), 320).astype(np.float32), 0, FRAMES)
    assert not effort(vowels(0.0), levels).any()
    assert np.abs(effort(vowels(1.0), levels)).max() > 0.3
