"""Pitch, loudness, accents and phrases of a recording: what the layers around the lips follow.

Pitch is the lag of the highest normalised cross-correlation (Talkin, "A Robust Algorithm for Pitch Tracking", 1995,
without its dynamic programming); accents are loud syllables that stand out by level and by a rise in pitch.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, median_filter
from scipy.signal import find_peaks

from .periodicity import RATE, frames_at, levels_db, periodicity
from .time_filters import runs_of

Floats = npt.NDArray[np.float32]

STEP = 0.01
"""Seconds between values."""
_CHUNK = 4096  # frames at a time
_VOICED = 0.5
_QUIET_DB = -65.0
_SHORT_PAUSE, _SHORT_BURST = 0.25, 0.08


@dataclass(frozen=True)
class Prosody:
    """How something is said; value ``i`` is the instant ``i * STEP`` s."""

    times: npt.NDArray[np.float64]
    """(N,) seconds."""
    f0_hz: Floats
    """(N,) pitch, 0 where unvoiced."""
    voiced: npt.NDArray[np.bool_]
    """(N,)."""
    energy_db: Floats
    """(N,) level in dB re full scale."""
    accent: Floats
    """(N,) 0..1: how much a syllable stands out, peaking at its middle."""
    speaking: Floats
    """(N,) 0..1: smoothed, 1 within a phrase."""
    pitch_semitones: Floats
    """(N,) pitch over the speaker's median, smoothed across unvoiced stretches, 0 in silence."""
    accent_times: npt.NDArray[np.float64]
    """(A,) seconds of the accents, rising."""
    accent_strengths: Floats
    """(A,) 0..1."""
    phrases: npt.NDArray[np.float64]
    """(P, 2) start and stop in s of the stretches between pauses."""

    def at(self, values: Floats, times: npt.NDArray[np.float64]) -> Floats:
        """Return (T,) one of the (N,) curves at other times."""
        return np.interp(times, self.times, values).astype(np.float32)


def analyse(samples: Floats, sample_rate: int = 16000) -> Prosody:
    """Measure the prosody of mono speech at 16 kHz.

    Parameters
    ----------
    samples : (n,) float32
        Any length; memory beyond the result is bounded.
    """
    if sample_rate != 2 * RATE:
        raise ValueError(f"Prosody is measured at {2 * RATE} Hz, not {sample_rate} Hz.")
    count = len(samples) // int(STEP * sample_rate) + 1
    energy, f0 = np.empty(count, np.float32), np.empty(count, np.float32)
    for first in range(0, count, _CHUNK):
        rows = slice(first, min(first + _CHUNK, count))
        energy[rows], f0[rows] = _measure(samples, first, rows.stop - first)
    talking = _speech(energy)
    f0 = _mend_octaves(np.where(talking, f0, 0))
    times = np.arange(count) * STEP
    pitch = _pitch_contour(f0, talking)
    peaks, strengths = _accents(energy, f0, pitch, talking)
    impulses = np.zeros(count, np.float32)
    impulses[peaks] = strengths
    width = 0.06 / STEP
    accent = np.clip(gaussian_filter1d(impulses, width) * width * np.sqrt(2 * np.pi), 0, 1)
    return Prosody(
        times=times,
        f0_hz=f0,
        voiced=f0 > 0,
        energy_db=energy,
        accent=accent.astype(np.float32),
        speaking=gaussian_filter1d(talking.astype(np.float32), 0.15 / STEP).astype(np.float32),
        pitch_semitones=pitch,
        accent_times=times[peaks],
        accent_strengths=strengths,
        phrases=runs_of(talking) * STEP,
    )


def _measure(samples: Floats, first: int, count: int) -> tuple[Floats, Floats]:
    """Return level and raw pitch of ``count`` frames from frame ``first`` on."""
    hop = int(STEP * RATE)
    frames = frames_at(samples, first, count, hop)
    energy, score = levels_db(frames), periodicity(frames)
    best = score.max(1)
    peak = np.zeros(score.shape, bool)
    peak[:, 1:-1] = (score[:, 1:-1] >= score[:, :-2]) & (score[:, 1:-1] > score[:, 2:])
    # The shortest lag nearly as good as the best: multiples of the period score as high.
    peak &= score >= 0.88 * best[:, None]
    lag = peak.argmax(1)
    rows = np.arange(count)
    left, centre, right = score[rows, lag - 1], score[rows, lag], score[rows, np.minimum(lag + 1, score.shape[1] - 1)]
    bend = left - 2 * centre + right
    shift = np.where(bend < -1e-9, 0.5 * (left - right) / np.minimum(bend, -1e-9), 0)
    voiced = peak.any(1) & (centre > _VOICED) & (energy > _QUIET_DB)
    f0 = np.where(voiced, RATE / np.maximum(lag + np.clip(shift, -0.5, 0.5), 1), 0)
    return energy.astype(np.float32), f0.astype(np.float32)


def _runs(mask: npt.NDArray[np.bool_], value: bool, shorter: float) -> npt.NDArray[np.bool_]:
    """Return the mask with runs of ``value`` shorter than so many seconds turned over; the two ends stay."""
    mask = mask.copy()
    edges = np.concatenate([[0], np.flatnonzero(np.diff(mask.view(np.int8))) + 1, [len(mask)]])
    for start, stop in pairwise(edges):
        inner = start > 0 and stop < len(mask)
        if mask[start] == value and (stop - start) * STEP < shorter and (inner or value):
            mask[start:stop] = not value
    return mask


def _speech(energy: Floats) -> npt.NDArray[np.bool_]:
    """Return where somebody speaks, by level against this recording's own floor and peak."""
    floor, peak = np.percentile(energy, [5, 97])
    threshold = max(min(floor + 0.4 * (peak - floor), peak - 12), peak - 38, _QUIET_DB)
    return _runs(_runs(energy > threshold, False, _SHORT_PAUSE), True, _SHORT_BURST)


def _mend_octaves(f0: Floats) -> Floats:
    """Drop isolated values and bring octave errors back to the neighbourhood's pitch."""
    voiced = f0 > 0
    if not voiced.any():
        return f0.astype(np.float32)
    log = np.log2(f0[voiced])
    around = median_filter(log, size=min(101, len(log) | 1), mode="nearest")
    log -= np.round(np.clip(log - around, -1, 1) * 0.75)
    mended = np.zeros_like(f0)
    mended[voiced] = 2 ** median_filter(log, size=5, mode="nearest")
    return np.where(_runs(voiced, True, 0.03), mended, 0).astype(np.float32)


def _pitch_contour(f0: Floats, talking: npt.NDArray[np.bool_]) -> Floats:
    voiced = f0 > 0
    if voiced.sum() < 10:
        return np.zeros(len(f0), np.float32)
    semitones = np.where(voiced, 12 * np.log2(np.maximum(f0, 1) / np.median(f0[voiced])), 0)
    # Averages over the voiced frames only, which bridges consonants.
    weight = gaussian_filter1d(voiced.astype(np.float64), 6.0)
    contour = gaussian_filter1d(np.clip(semitones, -12, 12), 6.0) / np.maximum(weight, 0.05)
    return gaussian_filter1d(np.where(talking, contour, 0), 5.0).astype(np.float32)


def _accents(
    energy: Floats, f0: Floats, pitch: Floats, talking: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return frames and strengths 0..1 of the syllables that stand out."""
    loud = gaussian_filter1d(np.maximum(energy, _QUIET_DB).astype(np.float64), 3.0)
    peaks, found = find_peaks(loud, distance=int(0.12 / STEP), prominence=2.0)
    near = gaussian_filter1d((f0 > 0).astype(np.float64), 4.0)
    keep = talking[peaks] & (near[peaks] > 0.3)
    peaks, prominence = peaks[keep], found["prominences"][keep]
    if len(peaks) == 0:
        return peaks, np.zeros(0, np.float32)
    level = loud[talking]
    above = (loud[peaks] - np.median(level)) / max(3.0, float(level.std()))
    rise = pitch[peaks] - pitch[np.maximum(peaks - int(0.25 / STEP), 0)]
    score = 0.6 * above + 0.12 * np.clip(prominence, 0, 15) / 3 + 0.16 * pitch[peaks] + 0.14 * np.clip(rise, -4, 6)
    strengths = np.clip((score - 0.45) / 1.6, 0, 1).astype(np.float32)
    strong = strengths > 0.05
    return peaks[strong], strengths[strong]
