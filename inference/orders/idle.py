"""The order to let a character wait or listen, without a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..setting import setting
from ..settings import AudioRange
from .order import Order

LIVED = (
    "seed", "regions", "upper_face", "blink_strength", "eye_darts", "brow_strength", "head_motion", "breathing",
    "weight_shift", "openness", "lean", "eye_contact", "direct", "direction_track", "acts", "emotion_dynamics",
    "listening", "mouth_rest", "seat_height", "seat_depth",
)  # fmt: skip
"""Settings of a performance that count where nobody speaks, besides the emotion."""
LONGEST = 1e7
"""Seconds."""
BORNE = ("style", "posture")
"""Settings of the gestures that count there."""


@dataclass(frozen=True)
class IdleJob(Order):
    """Make a performance of somebody who does not speak; of ``audio`` only the length counts, see :func:`silence`."""

    kind: ClassVar[str] = "idle"

    heard: AudioRange | None = setting(None, "Heard", "The recording of somebody else that is listened to")
    heard_at: float = setting(
        0.0, "Heard At", "When that recording begins, counted from the beginning of the performance",
        low=-LONGEST, high=LONGEST, unit="s",
    )  # fmt: skip


def silence(seconds: float) -> AudioRange:
    """Return so many seconds of no recording.

    Raises
    ------
    SoliloquyError
        For a length that cannot be.
    """
    return AudioRange("silence", 0.0, seconds)
