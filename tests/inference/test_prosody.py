"""Pitch, pauses and accents are found where they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("av")

from soliloquy.inference.audio import read_audio
from soliloquy.inference.prosody import analyse
from soliloquy.inference.settings import AudioRange


def buzz(f0: np.ndarray, level: np.ndarray) -> np.ndarray:
    """A voice-like pulse train: harmonics of a moving pitch."""
    phase = 2 * np.pi * np.cumsum(f0) / 16000
    return (level * sum(np.sin(k * phase) / k for k in range(1, 9)) / 3).astype(np.float32)


@pytest.mark.parametrize("pitch", [70.0, 120.0, 220.0, 400.0])
def test_pitch_of_a_known_voice(pitch: float) -> None:
    time = np.arange(32000) / 16000
    glide = pitch * 2 ** (0.25 * np.sin(2 * np.pi * time))
    voice = buzz(glide, np.full(32000, 0.3)) + 0.003 * np.random.default_rng(0).standard_normal(32000)
    prosody = analyse(voice.astype(np.float32))
    inner = slice(10, 190)
    assert prosody.voiced[inner].mean() > 0.97
    truth = np.interp(prosody.times, time, glide)
    cents = 1200 * np.abs(np.log2(prosody.f0_hz[prosody.voiced] / truth[prosody.voiced]))
    assert np.quantile(cents, 0.95) < 40


def test_noise_has_no_pitch() -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal(48000).astype(np.float32)
    assert analyse(noise).voiced.mean() < 0.03


def test_pauses_part_phrases() -> None:
    level = np.zeros(64000)
    level[8000:24000] = level[36000:60000] = 0.3
    phrases = analyse(buzz(np.full(64000, 130.0), level)).phrases
    np.testing.assert_allclose(phrases, [[0.5, 1.5], [2.25, 3.75]], atol=0.04)


def test_the_louder_higher_syllable_carries_the_accent() -> None:
    time = np.arange(48000) / 16000
    syllables = np.clip(np.sin(2 * np.pi * 2 * time), 0, None)  # one every half second, peaks at 0.125 + 0.5 k
    stressed = np.exp(-(((time - 1.625) / 0.12) ** 2))
    voice = buzz(120 * (1 + 0.3 * stressed), 0.08 * syllables * (1 + 2.5 * stressed))
    prosody = analyse(voice)
    strongest = prosody.accent_times[np.argmax(prosody.accent_strengths)]
    assert abs(strongest - 1.625) < 0.06
    assert abs(prosody.times[np.argmax(prosody.accent)] - 1.625) < 0.08


def test_real_speech(speech_wav: Path) -> None:
    clip = read_audio(AudioRange(str(speech_wav)))
    prosody = analyse(clip.samples)
    assert 0.3 < prosody.voiced.mean() < 0.8
    assert 80 < np.median(prosody.f0_hz[prosody.voiced]) < 300
    assert 1.0 < len(prosody.accent_times) / clip.duration < 5.0
    assert len(prosody.times) == len(clip.samples) // 160 + 1


@pytest.mark.parametrize("count", [0, 1, 159, 16000])
def test_silence_and_next_to_nothing(count: int) -> None:
    prosody = analyse(np.zeros(count, np.float32))
    assert not prosody.voiced.any()
    assert len(prosody.phrases) == len(prosody.accent_times) == 0
    assert np.isfinite(prosody.energy_db).all()
    assert prosody.speaking.max() == 0


def test_blocks_do_not_show() -> None:
    rng = np.random.default_rng(2)
    long = buzz(np.full(16000 * 50, 140.0), np.full(16000 * 50, 0.2)) + 0.01 * rng.standard_normal(16000 * 50)
    prosody = analyse(long.astype(np.float32))
    assert np.abs(np.diff(prosody.f0_hz[4000:4200])).max() < 2.0
    assert prosody.voiced[4000:4200].all()
