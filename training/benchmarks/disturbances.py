"""Sounds that are not speech, or hardly: synthetic laughter and singing by formant synthesis, beside noise and music.

A pulse train (or breath noise) through a cascade of second-order resonators, as in Klatt 1980, "Software for a
cascade/parallel formant synthesizer". They are stand-ins: nobody laughed or sang.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import signal

from ..face import voices

RATE = voices.RATE
Floats = npt.NDArray[np.float32]

_VOWELS = {
    "a": (800.0, 1200.0, 2500.0, 3500.0), "e": (500.0, 1800.0, 2500.0, 3500.0), "i": (300.0, 2200.0, 2900.0, 3500.0),
    "o": (500.0, 900.0, 2400.0, 3400.0), "u": (320.0, 800.0, 2300.0, 3400.0),
}  # fmt: skip
_BANDWIDTHS = (80.0, 100.0, 140.0, 200.0)


def _glottis(pitch: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a voice source with the given pitch in Hz at every sample: pulses, falling by 12 dB per octave."""
    phase = np.cumsum(pitch) / RATE
    pulses = np.diff(np.floor(phase), prepend=0.0)
    pole = np.exp(-2 * np.pi * 120 / RATE)
    return np.asarray(signal.lfilter([1.0], [1.0, -2 * pole, pole**2], pulses - pulses.mean()))


def _formants(source: npt.NDArray[np.float64], vowel: str, tract: float) -> npt.NDArray[np.float64]:
    """Filter by a vowel's resonances, moved up by ``tract`` for a shorter vocal tract."""
    for frequency, bandwidth in zip(_VOWELS[vowel], _BANDWIDTHS, strict=True):
        radius = np.exp(-np.pi * bandwidth / RATE)
        turn = 2 * np.pi * min(frequency * tract, 0.45 * RATE) / RATE
        poles = [1.0, -2 * radius * np.cos(turn), radius**2]
        source = np.asarray(signal.lfilter([sum(poles)], poles, source))
    return np.diff(source, prepend=0.0)


def _level(wave: npt.NDArray[np.float64]) -> Floats:
    return (0.1 * wave / (np.sqrt(np.mean(wave**2)) + 1e-9)).astype(np.float32)


def laughter(length: int, rng: np.random.Generator) -> Floats:
    """Return bouts of "ha ha ha": 4 to 6 calls a second, breath then voice, pitch and loudness falling in each bout."""
    wave = np.zeros(length)
    tract = rng.uniform(0.95, 1.2)
    at = int(0.2 * RATE)
    while at < length:
        pitch = rng.uniform(220, 420)
        for call in range(rng.integers(4, 9)):
            count = int(RATE / rng.uniform(4, 6))
            stop = min(at + count, length)
            if stop - at < 400:
                break
            voiced = int(0.45 * count)
            swell = np.hanning(voiced)
            tone = _glottis(np.linspace(1.05, 0.9, voiced) * pitch * 0.96**call) * swell
            breath = rng.standard_normal(count - voiced) * 0.25 * np.abs(tone).max() * np.hanning(count - voiced)
            sound = _formants(np.concatenate([breath, tone]), "a", tract) * 0.9**call
            wave[at:stop] += sound[: stop - at]
            at = stop
        at += int(rng.uniform(0.3, 0.7) * RATE)
    return _level(wave)


def singing(length: int, rng: np.random.Generator) -> Floats:
    """Return a tune on vowels, notes of 0.4 to 1.2 s with vibrato, some begun by a hummed m."""
    wave = np.zeros(length)
    root, tract = rng.uniform(110, 300), rng.uniform(0.95, 1.2)
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12])
    at = 0
    while at < length:
        count = min(int(rng.uniform(0.4, 1.2) * RATE), length - at)
        time = np.arange(count) / RATE
        vibrato = 1 + 0.02 * np.sin(2 * np.pi * 5.5 * time) * np.clip(time / 0.3, 0, 1)
        tone = _glottis(root * 2 ** (rng.choice(scale) / 12) * vibrato)
        sound = _formants(tone, str(rng.choice(list(_VOWELS))), tract)
        if rng.random() < 0.4:
            hum = min(int(0.12 * RATE), count)
            low = signal.butter(2, 500, fs=RATE, output="sos")
            sound[:hum] = 0.3 * np.asarray(signal.sosfilt(low, sound[:hum]))
        edge = np.clip(np.minimum(time, time[::-1]) / 0.03, 0, 1)
        wave[at : at + count] = sound * edge / (np.abs(sound).max() + 1e-9)
        at += count
    return _level(wave)


def _hiss(length: int, rng: np.random.Generator) -> Floats:
    return 0.05 * voices.noise(length, rng)


def _music(length: int, rng: np.random.Generator) -> Floats:
    return 0.1 * voices.music(length, rng)


def _crowd(length: int, rng: np.random.Generator) -> Floats:
    return 0.1 * voices.crowd(length, rng)


def _applause(length: int, rng: np.random.Generator) -> Floats:
    return 0.05 * voices.applause(length, rng)


def _silence(length: int, rng: np.random.Generator) -> Floats:
    return (1e-5 * rng.standard_normal(length)).astype(np.float32)


SOUNDS: dict[str, Callable[[int, np.random.Generator], Floats]] = {
    "silence": _silence,
    "noise": _hiss,
    "music": _music,
    "laughter": laughter,
    "singing": singing,
    "crowd": _crowd,
    "applause": _applause,
}
"""Name -> (samples, generator) to 16 kHz sound."""
