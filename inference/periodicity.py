"""How periodic a sound is: normalised cross-correlation of each moment with what follows it, at 8 kHz.

The first step of Talkin 1995, "A Robust Algorithm for Pitch Tracking": pitch is the lag of its highest peak, and the
height of that peak says how alone a voice is.
"""

# numpy types some of its functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

RATE = 8000
_F0_MIN, _F0_MAX = 50.0, 500.0
"""Range of pitch that is looked for, Hz."""
_FIRST_LAG = int(RATE / _F0_MAX)
_LAGS = int(RATE / _F0_MIN) + 2
_WINDOW = 320  # 40 ms: two periods of the lowest pitch
_SPAN = _WINDOW + _LAGS
_FFT = 512
_MIDDLE = 120


def frames_at(samples: Floats, first: int, count: int, hop: int) -> Floats:
    """Return (count, 482) frames at 8 kHz, without their mean.

    Parameters
    ----------
    samples : (n,) float32
        Mono at 16 kHz, taken as silent beyond its ends.
    first, count, hop : int
        Frame ``i`` is centred on sample ``2 * hop * (first + i)``.
    """
    start = (first * hop - _SPAN // 2) * 2
    stop = start + (count * hop + _SPAN) * 2
    piece = samples[max(0, start) : max(0, min(stop, len(samples)))]
    piece = np.pad(piece, (max(0, -start), max(0, stop - max(0, start) - len(piece)))).astype(np.float32)
    # A short low-pass (zeros at 8 kHz) before dropping every other sample; speech has its pitch far below.
    low = 0.5 * piece[::2] + 0.25 * (piece[1::2] + np.concatenate([[0], piece[1:-1:2]]).astype(np.float32))
    frames = np.lib.stride_tricks.sliding_window_view(low, _SPAN)[::hop][:count]
    return frames - frames.mean(1, keepdims=True)


def levels_db(frames: Floats) -> Doubles:
    """Return (N,) levels of :func:`frames_at`'s middles, dB re full scale."""
    middle = frames[:, _SPAN // 2 - _MIDDLE : _SPAN // 2 + _MIDDLE]
    return 10 * np.log10(np.einsum("tn,tn->t", middle, middle) / (2 * _MIDDLE) + 1e-12)


def periodicity(frames: Floats) -> Doubles:
    """Return (N, 162) normalised correlation of :func:`frames_at`'s frames by lag in samples at 8 kHz.

    1 is a sound that repeats exactly; lags of pitches above 500 Hz are 0.
    """
    head = frames[:, :_WINDOW]
    # Linear correlation of the head with the frame: wrapped lags beyond the ones used do no harm.
    spectrum = np.conj(np.fft.rfft(head, _FFT)) * np.fft.rfft(frames, _FFT)
    correlation = np.fft.irfft(spectrum, _FFT)[:, :_LAGS]
    squares = np.pad(np.cumsum(frames.astype(np.float64) ** 2, axis=1), ((0, 0), (1, 0)))
    powers = squares[:, _WINDOW : _WINDOW + _LAGS] - squares[:, :_LAGS]
    score = correlation / np.sqrt(np.maximum(powers[:, :1] * powers, 1e-14))
    score[:, :_FIRST_LAG] = 0
    return score
