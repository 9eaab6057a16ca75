"""What TalkSHOW's body hears: 64 mel cepstral coefficients of every frame, as torchaudio defines them.

Davis and Mermelstein, "Comparison of Parametric Representations for Monosyllabic Word Recognition", 1980, with the
settings the authors pass: 22 000 Hz, a Hann window of 2048 samples about every frame, power, 256 triangles on the HTK
mel scale of equal height, dB above 1 with nothing lower than 80 dB under the loudest, an orthonormal cosine transform.

The authors' hop is 734 samples, 29.973 frames per second, beside motion at 30: 1.6 frames too few for every minute.
:func:`speech_features` puts the windows about the instants of the motion's frames instead, so that nothing drifts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy import fft

Floats = npt.NDArray[np.float32]
ReadSamples = Callable[[int, int], Floats]
"""Samples at 22 kHz from one index to another."""

RATE = 22_000
FPS = 30
COEFFICIENTS = 64
SPEECH_RATE = 16_000
_WINDOW = 2048
_MELS = 256
_RANGE_DB = 80.0
_FLOOR = 1e-10
_BLOCK = 512
"""Frames at once."""
_UP, _DOWN = 11, 8
_ROLL_OFF, _ZEROS = 0.99, 6
"""torchaudio's resampling: a sinc cut off at this share of the lower Nyquist rate, under a squared cosine that ends at
its sixth zero."""
_MARGIN = 7
"""Samples of the original on either side that a resampled one depends on."""


def speech_features(samples: Floats, frames: int) -> Floats:
    """Return coefficients about the frames of 30 per second.

    Parameters
    ----------
    samples : (n,) array
        Mono speech at 16 kHz; silence is heard after its end.
    frames : int
        Frame ``i`` is the instant ``i / 30`` s, to the sample at 22 kHz.

    Returns
    -------
    (frames, 64) array
    """
    enough = max(-(-frames * SPEECH_RATE // FPS), _WINDOW)
    samples = np.pad(samples, (0, max(0, enough - len(samples))))
    centres = (np.arange(frames) * RATE + FPS // 2) // FPS
    return cepstra(resampled_count(len(samples)), lambda start, stop: resampled(samples, start, stop), centres)


def resampled_count(samples: int) -> int:
    """Return how many samples at 22 kHz become of so many at 16 kHz."""
    return -(-samples * _UP // _DOWN)


def resampled(samples: Floats, start: int = 0, stop: int | None = None) -> Floats:
    """Return the samples ``start`` to ``stop`` at 22 kHz of (n,) samples at 16 kHz, as torchaudio resamples."""
    stop = resampled_count(len(samples)) if stop is None else stop
    first, last = start // _UP, -(-stop // _UP)
    low, high = first * _DOWN - _MARGIN, last * _DOWN + _MARGIN
    heard = np.pad(samples[max(0, low) : high], (max(0, -low), max(0, high - max(len(samples), low))))
    windows = sliding_window_view(heard, _DOWN + 2 * _MARGIN)[::_DOWN][: last - first]
    return (windows @ _resampling_kernels()).ravel()[start - first * _UP : stop - first * _UP]


@lru_cache(maxsize=1)
def _resampling_kernels() -> Floats:
    """(22, 11): eight samples and their margins to eleven."""
    band = min(_UP, _DOWN) * _ROLL_OFF
    places = np.arange(-_MARGIN, _DOWN + _MARGIN)[:, None] / _DOWN - np.arange(_UP) / _UP
    t = np.clip(places * band, -_ZEROS, _ZEROS)
    return (np.sinc(t) * np.cos(0.5 * np.pi * t / _ZEROS) ** 2 * band / _DOWN).astype(np.float32)


@lru_cache(maxsize=1)
def _mel_triangles() -> Floats:
    """(1025, 256) weights; the lowest triangles are narrower than a bin, and some of them hold none."""
    edges = np.linspace(0, 2595 * float(np.log10(1 + RATE / 2 / 700)), _MELS + 2)
    edges = 700 * (10 ** (edges / 2595) - 1)
    bins = np.linspace(0, RATE / 2, _WINDOW // 2 + 1)[:, None]
    rising = (bins - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins) / np.diff(edges)[1:]
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def _levels(count: int, read: ReadSamples, centres: npt.NDArray[np.int64]) -> Iterator[Floats]:
    """Yield (F, 256) dB, block after block; beyond its ends the signal is mirrored."""
    half = _WINDOW // 2
    hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)).astype(np.float32)
    for begin in range(0, len(centres), _BLOCK):
        places = centres[begin : begin + _BLOCK] - half
        low, high = int(places[0]), int(places[-1]) + _WINDOW
        before, after = max(0, -low), max(0, high - count)
        # Mirrored samples come from as far inside.
        inside = read(max(0, min(low, count - 1 - after)), min(count, max(high, before + 1)))
        from_there = np.pad(inside, (before, after), mode="reflect")
        offset = max(0, min(low, count - 1 - after)) - before
        spectrum = np.asarray(fft.rfft(sliding_window_view(from_there, _WINDOW)[places - offset] * hann))
        power = spectrum.real**2 + spectrum.imag**2
        yield (10 * np.log10(np.maximum(power @ _mel_triangles(), _FLOOR))).astype(np.float32)


def cepstra(count: int, read: ReadSamples, centres: npt.NDArray[np.int64]) -> Floats:
    """Return (F, 64) coefficients of a signal at 22 kHz.

    Parameters
    ----------
    count : int
        How many samples it has.
    read : callable
        Returns those from one index to another.
    centres : (F,) array
        The sample in the middle of each frame, rising.
    """
    if not len(centres):
        return np.zeros((0, COEFFICIENTS), np.float32)
    levels = np.concatenate(list(_levels(count, read, centres)))
    floor = levels.max() - _RANGE_DB
    blocks = (np.maximum(levels[start : start + _BLOCK], floor) for start in range(0, len(levels), _BLOCK))
    return np.concatenate([np.asarray(fft.dct(block, norm="ortho"))[:, :COEFFICIENTS] for block in blocks])
