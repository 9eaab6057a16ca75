"""Speech features of TalkSHOW's body: the definition, the count of frames, and that frame i is the instant i / 30 s."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.models.talkshow.body import mfcc as features
from soliloquy.models.talkshow.body.mfcc import (
    cepstra,
    resampled,
    resampled_count,
    speech_features,
)


@pytest.fixture(scope="module")
def speech(root: Path) -> np.ndarray:
    soundfile = pytest.importorskip("soundfile")
    return soundfile.read(root / "assets" / "demo_speech.flac", dtype="float32")[0]


def mfcc(samples: np.ndarray) -> np.ndarray:
    """The authors' frames, 734 samples apart."""
    centres = np.arange(len(samples) // 734 + 1) * 734
    return cepstra(len(samples), lambda start, stop: samples[start:stop], centres)


def test_coefficients_are_torchaudios() -> None:
    time = np.arange(32_000) / 16_000
    sweep = 0.15 * np.sin(2 * np.pi * (100 * time + 900 * time**2)) * (1 + np.sin(5 * time))
    samples = resampled((sweep + 0.01 * np.sin(12.9898 * np.arange(32_000) ** 2)).astype(np.float32))
    # torchaudio 2.11: Resample(16000, 22000), then MFCC with the authors' settings.
    np.testing.assert_allclose(samples[[1000, 20001, 43999]], [0.105219, -0.0013353, -0.0575434], atol=1e-6)
    found = mfcc(samples)
    assert found.shape == (60, 64)
    assert found.dtype == np.float32
    expected = [
        [-121.888, 109.013, 49.126, -5.641, 13.294, -4.91],
        [-229.331, -43.151, -71.138, 12.735, 8.678, 2.972],
        [-167.481, -23.293, -62.989, 7.221, 13.925, -1.036],
    ]
    np.testing.assert_allclose(found[[0, 29, 59]][:, [0, 1, 2, 13, 40, 63]], expected, atol=2e-3)


def test_resampling_keeps_a_tone_and_its_instant() -> None:
    time = np.arange(16_000) / 16_000
    tone = np.sin(2 * np.pi * 1000 * time + 0.3).astype(np.float32)
    found = resampled(tone)
    assert len(found) == 22_000
    expected = np.sin(2 * np.pi * 1000 * np.arange(22_000) / 22_000 + 0.3)
    np.testing.assert_allclose(found[50:-50], expected[50:-50], atol=3e-3)
    # In pieces nothing changes, whatever their borders.
    pieces = [resampled(tone, start, min(start + 997, 22_000)) for start in range(0, 22_000, 997)]
    np.testing.assert_array_equal(np.concatenate(pieces), found)
    assert resampled_count(16_001) == 22_002


def test_blocks_do_not_matter(speech: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = speech_features(speech, 195)
    for block in (1, 7):
        monkeypatch.setattr(features, "_BLOCK", block)
        np.testing.assert_allclose(speech_features(speech, 195), whole, atol=1e-3)


def test_a_knock_is_heard_at_its_frame_after_nearly_a_minute() -> None:
    samples = np.zeros(60 * 16_000, np.float32)
    samples[55 * 16_000 : 55 * 16_000 + 32] = 0.5
    found = speech_features(samples, 1800)
    assert found.shape == (1800, 64)
    loudness = found[:, 0]
    heard = np.flatnonzero(loudness > loudness.min() + 1)
    # A window of 2048 samples reaches 1.4 frames to either side.
    assert list(heard) == [1649, 1650, 1651]
    assert heard[loudness[heard].argmax()] == 1650
    # The authors' frames are behind by then: theirs is 1648.6, and they make one fewer of a minute.
    published = mfcc(resampled(samples))[:, 0]
    assert len(published) == 1799
    assert published.argmax() in (1648, 1649)


@pytest.mark.parametrize(("count", "frames"), [(0, 4), (1, 4), (700, 8), (5000, 12), (16_000, 40)])
def test_any_length_and_silence_after_the_end(count: int, frames: int) -> None:
    samples = np.random.default_rng(0).normal(scale=0.1, size=count).astype(np.float32)
    found = speech_features(samples, frames)
    assert found.shape == (frames, 64)
    assert np.isfinite(found).all()
    if count == 16_000:
        # Ten frames past the end: the floor of 80 dB under the loudest, in all bands alike.
        assert np.abs(found[-5:, 1:]).max() < 1e-2
        assert np.abs(found[:25, 1:]).max() > 10
