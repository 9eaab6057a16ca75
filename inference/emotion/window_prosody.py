"""Prosody of many windows at once, in numbers that neither microphone nor level decide."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import convolve1d

from ..prosody import STEP, Prosody

Floats = npt.NDArray[np.float32]

FEATURES = 14
_REFERENCE_HZ = 150.0
_RANGE_DB = 30.0  # below a window's own loud parts: what counts as speech there
_SMOOTH = np.hanning(11)[1:-1] / np.hanning(11)[1:-1].sum()


def speech_mask(prosody: Prosody, starts: npt.NDArray[np.float64], seconds: float) -> Floats:
    """Return (W, N) 1 where a window's 10 ms frames are within 30 dB of its loud parts, else 0."""
    energy = _windows(prosody.energy_db, starts, seconds, -120.0)
    return (energy > np.percentile(energy, 90, axis=1, keepdims=True) - _RANGE_DB).astype(np.float32)


def window_prosody(prosody: Prosody, starts: npt.NDArray[np.float64], seconds: float) -> Floats:
    """Return (W, :data:`FEATURES`) for windows of so many seconds that begin at ``starts`` (W,).

    Pitch in semitones over 150 Hz (10th, 50th and 90th percentile, range, spread, mean step, slope per second), shares
    of voiced frames (of all, of speech), share of speech, level in dB relative to the window's own (spread, loud over
    median, mean step), and syllable peaks per second.
    """
    energy = _windows(prosody.energy_db, starts, seconds, -120.0)
    pitch = _windows(prosody.f0_hz, starts, seconds, 0.0)
    voiced = pitch > 0
    semitones = np.where(voiced, 12 * np.log2(np.maximum(pitch, 1) / _REFERENCE_HZ), 0)
    count = np.maximum(voiced.sum(1), 1)
    low, middle, high = _quantiles(semitones, voiced, (0.1, 0.5, 0.9))
    mean = semitones.sum(1) / count
    apart = np.where(voiced, semitones - mean[:, None], 0)
    spread = np.sqrt((apart**2).sum(1) / count)
    both = voiced[:, 1:] & voiced[:, :-1]
    step = (np.abs(np.diff(semitones, axis=1)) * both).sum(1) / np.maximum(both.sum(1), 1)
    time = np.arange(pitch.shape[1]) * STEP
    late = np.where(voiced, time - ((voiced * time).sum(1) / count)[:, None], 0)
    slope = (late * apart).sum(1) / np.maximum((late**2).sum(1), 0.5)

    loud = np.percentile(energy, 90, axis=1)
    speech = energy > loud[:, None] - _RANGE_DB
    spoken = np.maximum(speech.sum(1), 1)
    level = (energy * speech).sum(1) / spoken
    level_spread = np.sqrt((np.where(speech, energy - level[:, None], 0) ** 2).sum(1) / spoken)
    (half,) = _quantiles(energy, speech, (0.5,))
    smooth = convolve1d(energy, _SMOOTH, axis=1, mode="constant")
    change = (np.abs(np.diff(smooth, axis=1)) * speech[:, 1:]).sum(1) / spoken
    inner = smooth[:, 1:-1]
    peaks = (inner > smooth[:, :-2]) & (inner >= smooth[:, 2:]) & (inner > loud[:, None] - 20)
    columns = (
        low, middle, high, high - low, spread, step, np.clip(slope, -20, 20), voiced.mean(1),
        (voiced & speech).sum(1) / spoken, speech.mean(1), level_spread, loud - half, change, peaks.sum(1) / seconds,
    )  # fmt: skip
    return np.stack(columns, 1).astype(np.float32)


def _windows(values: Floats, starts: npt.NDArray[np.float64], seconds: float, outside: float) -> Floats:
    frames = round(seconds / STEP)
    first = np.round(np.asarray(starts) / STEP).astype(np.int64)
    index = first[:, None] + np.arange(frames)
    known = (index >= 0) & (index < len(values))
    return np.where(known, values[np.clip(index, 0, len(values) - 1)], outside).astype(np.float32)


def _quantiles(
    values: npt.NDArray[np.floating[Any]], keep: npt.NDArray[np.bool_], at: tuple[float, ...]
) -> list[npt.NDArray[np.floating[Any]]]:
    """Return the quantiles of every row's kept values, 0 where a row keeps none."""
    ordered = np.sort(np.where(keep, values, np.inf), axis=1)
    count = keep.sum(1)
    rows = np.arange(len(values))
    found = [ordered[rows, np.clip((share * (count - 1)).astype(int), 0, None)] for share in at]
    return [np.where(count > 0, value, 0.0) for value in found]
