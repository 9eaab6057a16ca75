"""The lips of a performance that is still being made, few enough numbers to send them ahead for somebody to look at.

A row is the mouth at one instant, a byte a number, :data:`RATE` rows a second: what draws a mouth, not what moves a
face. The recording's loudness goes first, as what is said is seen in it. Nothing here is part of the performance, and
nothing that goes wrong here may harm it.
"""

from __future__ import annotations

import base64
import sys
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX
from .errors import Cancelled

if TYPE_CHECKING:
    from .character_model import LipBasis
    from .face.lips import MouthMotion
    from .performance import Performance

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

VERSION = 1
"""Of the numbers below. A worker sends early lips only to an owner that asks for this very version of them, so that
another one neither gets nor misreads any."""
RATE = 30.0
"""Rows a second, whatever the performance's own frames are."""
RANGES: dict[str, tuple[float, float]] = {
    "aperture": (0.0, 0.5),
    "width": (-0.25, 0.25),
    "upper": (-0.1, 0.2),
    "jaw": (0.0, 0.5),
    "round": (0.0, 1.0),
    "smile": (-1.0, 1.0),
    "tongue": (0.0, 1.0),
    "tuck": (0.0, 1.0),
}
"""What a row says, and from where to where each number goes. The first four are lengths in outer eye-corner distances:
of the inner lips from each other, of the corners beyond the closed mouth, of the upper lip's rise, of the chin's drop.
Then how far the lips are rounded, the corners drawn up (below 0: down), the tongue is out, the lower lip is under the
teeth."""
ROWS_AT_ONCE = 256
"""Rows of one message: with their length they stay below the 4 KiB that a pipe takes at once or not at all."""
MOST_ROWS = 480_000
"""Four hours and more, as a performance."""
LOUDNESS = 1024
"""Most loudnesses of a recording, however long it is: more than anybody has pixels for."""
_LOW = np.array([low for low, _ in RANGES.values()], np.float32)
_SPAN = np.array([high - low for low, high in RANGES.values()], np.float32)


def packed(columns: dict[str, npt.ArrayLike]) -> Bytes:
    """Return (T, 8) rows of (T,) numbers of each of :data:`RANGES`; what is not given is 0."""
    frames = len(np.atleast_1d(next(iter(columns.values()))))
    zeros = np.zeros(frames, np.float32)
    values = np.stack([np.asarray(columns.get(name, zeros), np.float32) for name in RANGES], axis=1)
    kept = np.clip(np.nan_to_num(values), _LOW, _LOW + _SPAN)
    return np.rint(255 * np.clip((kept - _LOW) / _SPAN, 0, 1)).astype(np.uint8)


def unpacked(row: Bytes) -> dict[str, float]:
    """Return what one row of 8 bytes says."""
    return dict(zip(RANGES, (_LOW + _SPAN * (row.astype(np.float32) / 255)).tolist(), strict=True))


def of_motion(motion: MouthMotion) -> Bytes:
    """Return rows of a mouth from which no coefficients were made yet."""
    shown = motion.visemes
    return packed({
        "aperture": motion.aperture * (1 - motion.sealed),
        "width": motion.width,
        "upper": motion.upper,
        "jaw": motion.jaw,
        "round": shown["U"] + 0.7 * shown["O"] + 0.5 * shown["CH"],
        "tongue": 0.6 * shown["TH"],
        "tuck": shown["FF"],
    })  # fmt: skip


def of_face(arkit: Floats, aperture: Floats, basis: LipBasis) -> Bytes:
    """Return rows of a face.

    Parameters
    ----------
    arkit : (T, 52) array
        Coefficients.
    aperture : (T,) array
        How far its lips are apart, in outer eye-corner distances.
    basis : LipBasis
        Of the mouth that has them.
    """

    def mean(*names: str) -> Floats:
        return arkit[:, [ARKIT_INDEX[name] for name in names]].mean(1)

    corners = (basis.deltas[:, 2, 0] - basis.deltas[:, 3, 0]) / basis.eye_distance
    rise = basis.deltas[:, 0, 1] / basis.eye_distance
    drop = -basis.deltas[ARKIT_INDEX["jawOpen"], 1, 1] / basis.eye_distance
    smile = mean("mouthSmileLeft", "mouthSmileRight") - mean("mouthFrownLeft", "mouthFrownRight")
    return packed({
        "aperture": aperture,
        "width": arkit @ corners,
        "upper": arkit @ rise,
        "jaw": drop * arkit[:, ARKIT_INDEX["jawOpen"]],
        "round": mean("mouthPucker") + mean("mouthFunnel"),
        "smile": smile,
        "tongue": arkit[:, ARKIT_INDEX["tongueOut"]],
        "tuck": arkit[:, ARKIT_INDEX["mouthRollLower"]],
    })  # fmt: skip


def rows_of(seconds: float) -> int:
    """Return how many rows a recording has."""
    return min(MOST_ROWS, max(1, round(seconds * RATE)))


class Early:
    """Where a job shows its lips as soon as it has them. Nobody looks unless ``send`` is given.

    Parameters
    ----------
    send : callable, optional
        Takes a message; see :func:`messages` of what.
    """

    def __init__(self, send: Callable[[dict[str, Any]], None] | None = None) -> None:
        self._send = send
        self._total = 0
        self.streamed = False
        """Whether the engine itself has shown what it made."""

    @property
    def wanted(self) -> bool:
        """Whether somebody looks."""
        return self._send is not None

    def sound(self, samples: Floats, sample_rate: float) -> None:
        """Show how loud the recording is, (n,) samples of it."""
        self._total = rows_of(len(samples) / sample_rate)
        self._show(lambda: _sound(samples, sample_rate))

    def motion(self, first: int, motion: MouthMotion) -> None:
        """Show a mouth at :data:`RATE` from the row ``first`` on."""
        self.streamed = True
        self._show(lambda: self._rows(first, of_motion(motion)))

    def face(self, arkit: Floats, aperture: Callable[[], Floats], basis: LipBasis, fps: float) -> None:
        """Show a whole face of ``fps`` frames a second, whose ``aperture`` is asked for only where somebody looks."""

        def rows() -> list[dict[str, Any]]:
            frames = np.minimum(np.rint(np.arange(self._total) * fps / RATE).astype(int), len(arkit) - 1)
            return self._rows(0, of_face(arkit[frames], aperture()[frames], basis))

        self._show(rows)

    def performance(self, performance: Performance, basis: LipBasis) -> None:
        """Show the mouth as it will be, emotion and all."""
        self.face(performance.arkit, lambda: performance.lip_aperture, basis, performance.fps)

    def _rows(self, first: int, rows: Bytes) -> list[dict[str, Any]]:
        kept = rows[: max(0, self._total - first)]
        return [
            {"type": "lips", "first": first + at, "total": self._total, "rows": _text(kept[at : at + ROWS_AT_ONCE])}
            for at in range(0, len(kept), ROWS_AT_ONCE)
        ]

    def _show(self, make: Callable[[], list[dict[str, Any]]]) -> None:
        if self._send is None:
            return
        try:
            for message in make():
                self._send(message)
        except Cancelled:
            raise
        except Exception:
            # A picture that cannot be shown is no reason not to make the performance.
            traceback.print_exc(file=sys.stderr)
            self._send = None


def _text(values: Bytes) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def _sound(samples: Floats, sample_rate: float) -> list[dict[str, Any]]:
    count = min(LOUDNESS, len(samples))
    if not count:
        return []
    edges = np.linspace(0, len(samples), count, endpoint=False).astype(int)
    peaks = np.maximum(np.maximum.reduceat(samples, edges), -np.minimum.reduceat(samples, edges))
    shown = np.rint(255 * np.clip(peaks / max(float(peaks.max()), 1e-4), 0, 1)).astype(np.uint8)
    return [{"type": "sound", "seconds": len(samples) / sample_rate, "loudness": _text(shown)}]


class LipsSoFar:
    """What the owner of a job has been shown of its lips by now."""

    def __init__(self) -> None:
        self.seconds = 0.0
        """Length of the recording, 0 before anything is known."""
        self.loudness: Floats = np.zeros(0, np.float32)
        """(n,) 0..1, evenly over the whole recording."""
        self.changes = 0
        """Counts what has come, so that one sees whether there is more to draw."""
        self._rows: Bytes = np.zeros((0, len(RANGES)), np.uint8)
        self._made = np.zeros(0, bool)

    def hear(self, seconds: float, loudness: bytes) -> None:
        """Take how long and how loud the recording is."""
        if 0 < seconds <= MOST_ROWS / RATE and len(loudness) <= LOUDNESS:
            self.seconds = seconds
            self.loudness = np.frombuffer(loudness, np.uint8).astype(np.float32) / 255
            self.changes += 1

    def see(self, first: int, total: int, rows: bytes) -> None:
        """Take rows from ``first`` on, of ``total``; what does not belong there is passed over."""
        count, rest = divmod(len(rows), len(RANGES))
        if rest or not 0 < count <= ROWS_AT_ONCE or not 0 < total <= MOST_ROWS or not 0 <= first <= total - count:
            return
        if total != len(self._rows):
            self._rows, self._made = np.zeros((total, len(RANGES)), np.uint8), np.zeros(total, bool)
        self._rows[first : first + count] = np.frombuffer(rows, np.uint8).reshape(count, -1)
        self._made[first : first + count] = True
        self.changes += 1

    @property
    def made_seconds(self) -> float:
        """How many seconds of lips there are."""
        return float(self._made.sum()) / RATE

    def at(self, second: float) -> dict[str, float] | None:
        """Return the mouth at a second of the performance, as :data:`RANGES` names it; None while it is not made."""
        row = round(second * RATE)
        if not 0 <= row < len(self._rows) or not self._made[row]:
            return None
        return unpacked(self._rows[row])

    def made(self, parts: int) -> npt.NDArray[np.bool_]:
        """Return (parts,) which of so many even stretches of the recording have lips."""
        if not len(self._made):
            return np.zeros(parts, bool)
        middles = ((np.arange(parts) + 0.5) / parts * len(self._made)).astype(int)
        return self._made[middles]
