"""Reads an emotion track: which emotion, how strong, when.

A JSON file such as::

    {"keys": [{"time": 0.0, "emotion": "neutral"}, {"time": 2.5, "emotion": "happy", "intensity": 0.8}]}

``time`` is in seconds from the start of the audio range, ``intensity`` 0..1 (1 when left out). Between keys the
emotions blend; before the first and after the last key they stay.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

from .errors import SoliloquyError
from .settings import EMOTIONS

EmotionKeys = tuple[tuple[float, str, float], ...]
EXAMPLE = '{"keys": [{"time": 0.0, "emotion": "happy", "intensity": 0.8}]}'


def read_emotion_track(path: str | os.PathLike[str]) -> EmotionKeys:
    """Return the keys (time in s, emotion, intensity 0..1) of a track file, in order of time.

    Raises
    ------
    SoliloquyError
        When the file cannot be read, is no such JSON, or a key is wrong; the sentence names the key.
    """
    name = Path(path).name
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SoliloquyError(
            f"The emotion track '{path}' cannot be read: {error.strerror}.", "Check the path."
        ) from error
    except ValueError as error:
        raise SoliloquyError(f"The emotion track '{name}' is not JSON ({error}).", f"Write {EXAMPLE}.") from error
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, list) or not keys:
        raise SoliloquyError(f"The emotion track '{name}' holds no list of keys.", f"Write {EXAMPLE}.")
    track = [_key(key, f"Key {number} of the emotion track '{name}'") for number, key in enumerate(keys, 1)]
    return tuple(sorted(track, key=lambda key: key[0]))


def _key(key: Any, where: str) -> tuple[float, str, float]:
    if not isinstance(key, dict):
        raise SoliloquyError(f"{where} is not an object.", f"Write {EXAMPLE}.")
    time = _number(key.get("time"), f"{where} has no time in seconds.", 'Add one, such as "time": 0.5.')
    emotion = key.get("emotion")
    if emotion not in EMOTIONS:
        raise SoliloquyError(f"{where} names an unknown emotion '{emotion}'.", f"Choose among: {', '.join(EMOTIONS)}.")
    intensity = _number(key.get("intensity", 1.0), f"{where} has an intensity that is no number.", "Use 0 to 1.")
    if time < 0.0:
        raise SoliloquyError(f"{where} lies at {time:g} s, before the start.", "Times count from the start, 0.")
    if not 0.0 <= intensity <= 1.0:
        raise SoliloquyError(f"{where} has the intensity {intensity:g}.", "Use a number from 0 to 1.")
    return time, str(emotion), intensity


def _number(value: Any, message: str, hint: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise SoliloquyError(message, hint)
    return float(value)
