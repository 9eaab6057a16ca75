"""Reads an emotion track: which emotion, how strongly, when. Standard library only.

The file is JSON: a list of keys, or ``{"keys": [...]}``; a key is ``{"time": 1.5, "emotion": "happy", "intensity": 0.8}``
or ``[1.5, "happy", 0.8]``. Times are seconds from the start of the speech; ``intensity`` is 1 when left out.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from .errors import SoliloquyError
from .settings import EMOTIONS

EXAMPLE = 'Write keys such as [{"time": 0, "emotion": "happy", "intensity": 0.8}].'


def read_emotion_track(path: Path) -> tuple[tuple[float, str, float], ...]:
    """Return the keys (seconds, emotion, intensity 0..1) of an emotion track, in the order of time.

    Raises
    ------
    SoliloquyError
        When the file cannot be read or a key is not one.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SoliloquyError(
            f"The emotion track '{path}' cannot be read: {error.strerror}.", "Choose another file."
        ) from error
    except ValueError as error:
        raise SoliloquyError(f"The emotion track '{path.name}' is not JSON: {error}.", EXAMPLE) from error
    keys = found.get("keys") if isinstance(found, dict) else found
    if not isinstance(keys, list) or not keys:
        raise SoliloquyError(f"The emotion track '{path.name}' holds no keys.", EXAMPLE)
    return tuple(sorted((_key(item, number, path.name) for number, item in enumerate(keys, 1)), key=lambda key: key[0]))


def _key(item: Any, number: int, name: str) -> tuple[float, str, float]:
    if isinstance(item, dict):
        item = [item.get("time"), item.get("emotion"), item.get("intensity", 1.0)]
    if isinstance(item, list) and len(item) == 2:
        item = [*item, 1.0]
    if not isinstance(item, list) or len(item) != 3 or not isinstance(item[1], str):
        raise SoliloquyError(f"Key {number} of the emotion track '{name}' is not a time and an emotion.", EXAMPLE)
    time, emotion, intensity = item[0], item[1].strip().lower(), item[2]
    if emotion not in EMOTIONS:
        raise SoliloquyError(
            f"Key {number} of the emotion track '{name}' names an unknown emotion '{item[1]}'.",
            f"Choose among: {', '.join(EMOTIONS)}.",
        )
    for value, low, high, what in ((time, 0.0, math.inf, "time in seconds"), (intensity, 0.0, 1.0, "intensity 0 to 1")):
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise SoliloquyError(f"Key {number} of the emotion track '{name}' has no {what}.", EXAMPLE)
    return float(time), emotion, float(intensity)
