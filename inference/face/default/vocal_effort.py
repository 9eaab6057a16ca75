"""Vocal effort: how wide a vowel is said, from its loudness and its spectrum beside those around it.

Who speaks up drops the jaw further (Schulman 1989, "Articulatory dynamics of loud and normal speech"), and a jaw that
drops raises the first formant and lets more of the higher ones out (Lindblom and Sundberg 1971, "Acoustical
consequences of lip, tongue, jaw, and larynx movement"). Which sound it is does not tell; levels in a few bands do.
They are measured against the same voice's own speech of the seconds around, so that microphones and voices drop out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ....models.face.visemes import VISEMES

Floats = npt.NDArray[np.float32]

FRAME_SAMPLES = 320
"""Samples at 16 kHz from one row to the next: the network's frames."""
_FFT = 400
_EDGES = (2, 15, 28, 45, 75, 118, 190)
"""Bins of 40 Hz between which the bands lie: 80, 600, 1120, 1800, 3000, 4720 and 7600 Hz."""
BANDS = len(_EDGES) - 1
_FLOOR = 1e-4
"""Of the power in a bin: what is quieter than 40 dB below speech counts as silence."""
_VOWELS = [VISEMES.index(name) for name in ("aa", "E", "I", "O", "U")]
_WHILE = 75.0
"""Frames, standard deviation, over which a voice is compared with itself."""
_LEAST_SPREAD = 0.3
_BAND_SCALE = 0.2
"""Brings the bands, which are standardised, near to the probabilities beside which they are weighed."""
COLUMNS = len(_VOWELS) + BANDS


def band_levels(samples: Floats, first: int, stop: int) -> Floats:
    """Return (stop - first, BANDS) natural logarithms of the power in each band, around samples ``320 k``.

    Parameters
    ----------
    samples : (n,) float32
        Speech at 16 kHz and the level the network hears; silent beyond its ends.
    first, stop : int
        Rows ``k`` from the first to before the last.
    """
    begin = first * FRAME_SAMPLES - _FFT // 2
    end = (stop - 1) * FRAME_SAMPLES + _FFT // 2
    heard = samples[max(begin, 0) : max(end, 0)]
    padded = np.pad(heard, (max(-begin, 0), max(0, end - begin - len(heard) - max(-begin, 0))))
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::FRAME_SAMPLES] * window
    spectrum = np.fft.rfft(frames.astype(np.float64))
    power = spectrum.real**2 + spectrum.imag**2
    bands = np.add.reduceat(power[:, : _EDGES[-1]], _EDGES[:-1], axis=1) / np.diff(_EDGES)
    return np.log(bands + _FLOOR).astype(np.float32)


def effort(visemes: Floats, levels: Floats) -> Floats:
    """Return (N, COLUMNS) what effort does to vowels: the loudness of each, then the levels of the bands.

    Parameters
    ----------
    visemes : (N, 14) float32
        Probabilities of the sounds; where none of them is a vowel, everything is 0.
    levels : (N, BANDS) float32
        From :func:`band_levels`.
    """
    speaking = 1 - visemes[:, :1].astype(np.float64)
    vowels = visemes[:, _VOWELS].astype(np.float64)
    loudness = 0.5 * np.log(np.exp(levels.astype(np.float64)).mean(axis=1, keepdims=True))
    mean, _ = _around(loudness, speaking)
    louder = np.clip(loudness - mean, -2.0, 1.2)
    mean, spread = _around(levels.astype(np.float64), speaking)
    stronger = np.clip((levels - mean) / (spread + _LEAST_SPREAD), -3.0, 3.0)
    voiced = vowels.sum(axis=1, keepdims=True)
    return np.concatenate([louder * vowels, _BAND_SCALE * stronger * voiced], axis=1).astype(np.float32)


def _around(
    values: npt.NDArray[np.float64], speaking: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return mean and standard deviation of (N, K) values over the speech around each frame."""
    from scipy.ndimage import gaussian_filter1d

    def blurred(what: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(gaussian_filter1d(what, _WHILE, axis=0, mode="constant", truncate=2.5))

    spoken = blurred(speaking) + 1e-3
    mean = blurred(values * speaking) / spoken
    return mean, np.sqrt(np.maximum(blurred(values**2 * speaking) / spoken - mean**2, 0))
