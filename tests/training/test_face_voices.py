"""Voice conversion keeps the words in time and changes what it says it changes."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("librosa")
from soliloquy.training.face import voices


def vowel(pitch: float = 120.0, formant: float = 900.0, seconds: float = 1.0) -> np.ndarray:
    """A pulse train through one formant."""
    time = np.arange(int(16_000 * seconds)) / 16_000
    harmonics = np.arange(1, int(7000 / pitch)) * pitch
    weights = 1 / (1 + ((harmonics - formant) / 200) ** 2)
    wave = (weights[:, None] * np.sin(2 * np.pi * harmonics[:, None] * time)).sum(0)
    return (0.1 * wave).astype(np.float32)


def spectrum(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    part = samples[4000:12000] * np.hanning(8000)
    return np.fft.rfftfreq(8000, 1 / 16_000), np.abs(np.fft.rfft(part))


def centre(samples: np.ndarray) -> float:
    frequency, power = spectrum(samples)
    return float((frequency * power**2).sum() / (power**2).sum())


def period(samples: np.ndarray) -> float:
    part = samples[4000:10000]
    correlation = np.correlate(part, part, "full")[len(part) - 1 :]
    lag = 40 + int(np.argmax(correlation[40:250]))
    return lag / 16_000


def test_formants_move_and_pitch_stays() -> None:
    original = vowel()
    moved = voices.shift_formants(original, 1.25)
    assert len(moved) == len(original)
    assert centre(moved) / centre(original) == pytest.approx(1.25, abs=0.1)
    assert period(moved) == pytest.approx(period(original), rel=0.03)


def test_pitch_moves_and_length_stays() -> None:
    original = vowel()
    voice, speed = voices.convert_voice(original, 1.5, 1.0, 1.0)
    assert speed == pytest.approx(1, abs=0.02)
    assert period(voice) == pytest.approx(period(original) / 1.5, rel=0.04)


def test_speed_is_reported_truly() -> None:
    original = vowel()
    voice, speed = voices.convert_voice(original, 1.0, 1.0, 1.25)
    assert speed == pytest.approx(len(original) / len(voice))
    assert speed == pytest.approx(1.25, rel=0.03)


def test_noise_is_added_at_the_asked_level() -> None:
    rng = np.random.default_rng(1)
    original = vowel()
    added = voices.add_noise(original, 10, rng) - original
    ratio = 10 * np.log10(np.mean(original**2) / np.mean(added**2))
    assert ratio == pytest.approx(10, abs=0.5)
