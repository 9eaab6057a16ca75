"""Collects blocks of one channel, of any sample rate, as one 16 kHz signal of bounded length."""

from __future__ import annotations

import av
import numpy as np
import numpy.typing as npt

from ..errors import BadAudio

Floats = npt.NDArray[np.float32]

SAMPLE_RATE = 16000
MOST_SECONDS = 4 * 3600.0
"""Length of the longest stretch that is read at a time; it takes 0.9 GB."""


class Mono:
    """A growing signal.

    Parameters
    ----------
    expected : float
        Seconds that are likely to come; a wrong guess costs a copy.
    """

    def __init__(self, expected: float) -> None:
        # What a header says is set aside with the first sound, and costs nothing before it is filled.
        self._expected = int(min(max(expected, 1.0), MOST_SECONDS) * SAMPLE_RATE) + 4096
        self._signal = np.empty(0, np.float32)
        self._length = 0
        self._pending: list[Floats] = []
        self._pending_length = 0
        self._rate = 0
        self._resampler: av.AudioResampler | None = None

    def push(self, block: Floats, rate: int) -> None:
        """Add (n,) samples.

        Raises
        ------
        BadAudio
            When the signal becomes longer than :data:`MOST_SECONDS`.
        """
        if rate != self._rate:
            self._flush()
            self._rate = rate
            self._resampler = av.AudioResampler("flt", "mono", SAMPLE_RATE) if rate != SAMPLE_RATE else None
        self._pending.append(block)
        self._pending_length += len(block)
        if self._pending_length >= rate:
            self._drain()

    def finish(self) -> Floats:
        """Return all of it."""
        self._flush()
        return self._signal[: self._length]

    def _drain(self) -> None:
        if not self._pending:
            return
        block = np.concatenate(self._pending)
        self._pending, self._pending_length = [], 0
        if self._resampler is None:
            self._append(block)
            return
        frame = av.AudioFrame.from_ndarray(block[None], format="flt", layout="mono")
        frame.sample_rate = self._rate
        for out in self._resampler.resample(frame):
            self._append(out.to_ndarray()[0])

    def _flush(self) -> None:
        self._drain()
        if self._resampler is not None:
            for out in self._resampler.resample(None):
                self._append(out.to_ndarray()[0])
            self._resampler = None
        self._rate = 0

    def _append(self, block: Floats) -> None:
        end = self._length + len(block)
        if end > MOST_SECONDS * SAMPLE_RATE:
            raise BadAudio(
                f"More than {MOST_SECONDS / 3600:g} hours of sound cannot be animated at a time.",
                "Choose a shorter stretch with start and stop, or with the strip's edges.",
            )
        if end > len(self._signal):
            longer = np.empty(max(end, self._expected, int(len(self._signal) * 1.5)), np.float32)
            longer[: self._length] = self._signal[: self._length]
            self._signal = longer
        self._signal[self._length : end] = block
        self._length = end
