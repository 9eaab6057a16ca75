"""How much a channel sounds like speech: told from tones, hum, noise and music by what only voices do.

Four findings, each of them known from telling speech and music apart (Houtgast and Steeneken 1985; Scheirer and Slaney
1997): the loudness of speech swells and falls 2 to 8 times a second; periods of 1/400 to 1/80 s come and go with the
voiced sounds; within a voiced sound the pitch glides, which played notes, tones and hum do not; and from one sound to
the next the colour of the spectrum changes.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

WINDOW = 2.0
"""Seconds that are judged together."""

SPEECH = 0.4
"""Likeness from which on, while it sounds, a channel counts as speech."""

_RATE = 8000  # nothing that is looked at lies above 4 kHz
_FRAME, _HOP = 320, 160  # 40 ms, 20 ms
_SHORTEST, _LONGEST = _RATE // 400, _RATE // 80  # lags of a voice's pitch
_SILENT = 1e-8  # mean square, -80 dB
_QUIET = 0.03  # share of the loudest frame's energy below which a frame says nothing
_PERIODIC = 0.45
_BANDS = np.array([2, 6, 10, 14, 20, 28, 40, 56, 80, 110])  # where they begin, in lines of 25 Hz, up to 3.5 kHz
_LATER = 5  # frames, 100 ms


def likeness(window: Floats, rate: int) -> npt.NDArray[np.float64]:
    """Return how much each channel of a window sounds like speech, 0..1.

    Parameters
    ----------
    window : (C, n) array
        About :data:`WINDOW` seconds of every channel.
    rate : int
        Samples per second.

    Returns
    -------
    (C,) array
        Above 0.5 is speech; tones, hum, noise and chords stay below 0.25. 0 for silence.
    """
    heard = _at_8k(np.asarray(window, np.float64), rate)
    return np.array([_judge(channel) for channel in heard])


def _at_8k(window: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """Return the channels at 8 kHz, without what is below 60 Hz: rumble moves the period of everything."""
    count = round(window.shape[1] / rate * _RATE)
    spectrum = np.fft.rfft(window, axis=1)
    spectrum[:, : round(60 * window.shape[1] / rate)] = 0
    kept = min(spectrum.shape[1], count // 2 + 1)
    return np.fft.irfft(spectrum[:, :kept], count, axis=1) * (count / window.shape[1])


def _judge(signal: npt.NDArray[np.float64]) -> float:
    if len(signal) < 10 * _FRAME or np.mean(signal * signal) < _SILENT:
        return 0.0
    frames = np.lib.stride_tricks.sliding_window_view(signal, _FRAME)[::_HOP]
    energy = np.mean(frames * frames, axis=1)
    loud = cast("npt.NDArray[np.bool_]", energy > _QUIET * np.quantile(energy, 0.95))
    lags, strength = _periods(frames)
    voiced = loud & (strength > _PERIODIC)
    share = voiced.sum() / max(int(loud.sum()), 1)
    found = (_swell(energy), _ramp(share, 0.1, 0.3), _glide(lags, voiced), _change(frames, loud))
    return float(np.prod(found) ** (1 / len(found)))


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))


def _swell(energy: npt.NDArray[np.float64]) -> float:
    """Return how much of the loudness moves at 2 to 8 Hz, against its mean: 0 for what is steady, 1 for speech."""
    level = np.sqrt(energy)
    spectrum = np.abs(np.fft.rfft((level - level.mean()) * np.hanning(len(level))))
    frequency = np.fft.rfftfreq(len(level), _HOP / _RATE)
    band = (frequency >= 2.0) & (frequency <= 8.0)
    # Root mean square of that part; a Hann window leaves 3/8 of the energy.
    moved = np.sqrt(2 * (spectrum[band] ** 2).sum() / (0.375 * len(level) ** 2))
    return _ramp(moved / max(float(level.mean()), 1e-12), 0.1, 0.35)


def _periods(frames: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the lag in samples at which each frame repeats itself best, parts of samples included, and how well."""
    size = 1024
    spectrum = np.fft.rfft(frames - frames.mean(1, keepdims=True), size, axis=1)
    products = np.fft.irfft(np.abs(spectrum) ** 2, size, axis=1)[:, : _LONGEST + 2]
    # Fewer samples meet at longer lags.
    products *= _FRAME / (_FRAME - np.arange(_LONGEST + 2))
    ratio = products / np.maximum(products[:, :1], 1e-12)
    inner = ratio[:, _SHORTEST : _LONGEST + 1]
    # The shortest lag among nearly equal ones: twice a period is a period too.
    near = inner >= 0.9 * inner.max(1, keepdims=True)
    peak = near & (inner >= ratio[:, _SHORTEST - 1 : _LONGEST]) & (inner >= ratio[:, _SHORTEST + 1 : _LONGEST + 2])
    place = np.where(peak.any(1), peak.argmax(1), inner.argmax(1)) + _SHORTEST
    rows = np.arange(len(frames))
    before, at, after = (ratio[rows, place + step] for step in (-1, 0, 1))
    bend = before - 2 * at + after
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / np.where(bend == 0, 1, bend), 0.0)
    return place + cast("npt.NDArray[np.float64]", np.clip(shift, -0.5, 0.5)), at


def _glide(lags: npt.NDArray[np.float64], voiced: npt.NDArray[np.bool_]) -> float:
    """Return how much the pitch glides within voiced sounds: the median over 40 ms, in semitones, from 0.05 to 0.3."""
    both = voiced[2:] & voiced[1:-1] & voiced[:-2]
    steps = 12 * np.abs(np.log2(lags[2:] / lags[:-2]))[both]
    steps = steps[steps < 3.0]  # leaps are other notes or errors, no glides
    return _ramp(float(np.median(steps)), 0.05, 0.25) if len(steps) >= 5 else 0.0


def _change(frames: npt.NDArray[np.float64], loud: npt.NDArray[np.bool_]) -> float:
    """Return how much the colour of the spectrum changes within 100 ms: the median over what is loud."""
    power = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=1)) ** 2
    bands = np.add.reduceat(power[:, :150], _BANDS, axis=1)
    colour = np.log10(bands + 1e-4 * bands.sum(1, keepdims=True) + 1e-12)
    colour -= colour.mean(1, keepdims=True)
    both = loud[_LATER:] & loud[:-_LATER]
    if both.sum() < _LATER:
        return 0.0
    moved = cast("npt.NDArray[np.float64]", np.sqrt(np.mean((colour[_LATER:] - colour[:-_LATER]) ** 2, axis=1)))
    return _ramp(float(np.median(moved[both])), 0.2, 0.4)
