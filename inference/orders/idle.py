"""The order to let a character wait or listen, without a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, cast

from ..errors import SoliloquyError
from ..setting import REQUIRED, Settings, setting, shown
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


MOST_LINES = 1000
"""Recordings that one performance can listen to."""


@dataclass(frozen=True)
class HeardLine(Settings):
    """What somebody else says, and when."""

    about: ClassVar[str] = "value of what is heard"

    audio: AudioRange = setting(REQUIRED, "Recording", "Which stretch of which recording")
    at: float = setting(
        0.0, "At", "When it begins, counted from the beginning of the performance",
        low=-LONGEST, high=LONGEST, unit="s",
    )  # fmt: skip


def _lines(value: Any) -> tuple[HeardLine, ...]:
    if not isinstance(value, tuple | list):
        raise SoliloquyError(f"heard={shown(value)} cannot be used.", "Give a list of recordings.")
    items = cast("tuple[Any, ...] | list[Any]", value)
    if len(items) > MOST_LINES:
        raise SoliloquyError(f"{len(items)} recordings are listened to.", f"Give at most {MOST_LINES}.")
    return tuple(HeardLine.from_json(item) for item in items)


@dataclass(frozen=True)
class IdleJob(Order):
    """Make a performance of somebody who does not speak; of ``audio`` only the length counts, see :func:`silence`."""

    kind: ClassVar[str] = "idle"

    heard: tuple[HeardLine, ...] = setting((), "Heard", "Recordings of others that are listened to", check=_lines)


def silence(seconds: float) -> AudioRange:
    """Return so many seconds of no recording.

    Raises
    ------
    SoliloquyError
        For a length that cannot be.
    """
    return AudioRange("silence", 0.0, seconds)
