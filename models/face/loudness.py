"""One speech level for every recording, so that a quiet or a hot microphone moves the lips alike."""

# numpy types einsum in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import numpy as np
import numpy.typing as npt

TARGET_RMS = 0.07
"""Level of the speech parts after normalisation (-23 dBFS)."""

_BLOCK = 800  # 50 ms at 16 kHz
_ABSOLUTE_GATE = 1e-4  # -80 dBFS
_RELATIVE_GATE = 10 ** (-10 / 20)
_MAX_GAIN = 300.0


def speech_gain(samples: npt.NDArray[np.float32]) -> float:
    """Return the factor that brings the loud parts (the speech) of a 16 kHz recording to :data:`TARGET_RMS`.

    Blocks of 50 ms are gated twice as in ITU-R BS.1770: an absolute gate, then 10 dB below the mean of the rest, so
    that pauses do not count. A recording with nothing above the absolute gate keeps its level.
    """
    count = len(samples) // _BLOCK
    if count == 0:
        power = np.array([np.mean(np.square(samples, dtype=np.float64))]) if len(samples) else np.zeros(1)
    else:
        blocks = samples[: count * _BLOCK].reshape(count, _BLOCK)
        power = np.einsum("ij,ij->i", blocks, blocks).astype(np.float64) / _BLOCK
    power = power[power > _ABSOLUTE_GATE**2]
    if not len(power):
        return 1.0
    gated = power[power > _RELATIVE_GATE**2 * power.mean()]
    return float(min(_MAX_GAIN, TARGET_RMS / np.sqrt(gated.mean())))
