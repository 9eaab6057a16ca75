"""Reads an emotion track: which emotions, how strong, when.

A JSON file such as::

    {"keys": [{"time": 0.0, "emotion": "neutral"},
              {"time": 2.5, "emotion": "happy", "intensity": 0.8},
              {"time": 4.0, "emotions": {"happy": 0.4, "surprised": 0.5}},
              {"time": 6.0, "valence": -0.6, "arousal": 0.7},
              {"time": 6.5, "energy": 1.3, "eye_contact": 0.2}]}

``time`` is in seconds from the start of the audio range, ``intensity`` 0..1 (1 when left out), valence and arousal
-1..1. Between keys the emotions blend; before the first and after the last key they stay. A key may direct energy,
openness, eye contact and head movement too, or alone (:mod:`..direction.tracks`).
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from ..direction.tracks import DirectionRow, DirectionRows, directed_setting
from ..errors import BadFile, SoliloquyError
from ..plain_json import read_json
from ..saving import write_json
from ..settings import DIRECTED
from .affect import mixture
from .names import EMOTIONS

_EMOTIONAL = ("emotion", "emotions", "valence", "arousal", "intensity")
EmotionRows = tuple[tuple[float, ...], ...]
"""Rows of ``AnimateSettings.emotion_curves``: time in s, then eight weights 0..1."""

MOST_KEYS = 200_000
"""More than five hours of ten keys a second."""
_MOST_BYTES = 64 << 20
_LATEST = 1e6  # seconds, eleven days
_LONGEST = 200  # rows that one straight line may stand for: keeps the thinning of an hour quick
EXAMPLE = '{"keys": [{"time": 0.0, "emotion": "happy", "intensity": 0.8}]}'


@dataclass(frozen=True)
class DirectedTrack:
    """What a track file says."""

    emotion: EmotionRows
    """Rows of ``AnimateSettings.emotion_curves``, in order of time; empty where no key says an emotion."""
    direction: DirectionRows
    """Keys of ``AnimateSettings.direction_track``, in order of time."""

    def fields(self) -> dict[str, Any]:
        """Return the fields of ``AnimateSettings`` that the file decides."""
        said = {"emotion_curves": self.emotion, "direction_track": self.direction}
        return {name: rows for name, rows in said.items() if rows}


def read_emotion_track(path: str | os.PathLike[str]) -> EmotionRows:
    """Return the keys of a track file as rows of ``AnimateSettings.emotion_curves``, see :func:`read_track`."""
    return read_track(path).emotion


def read_track(path: str | os.PathLike[str]) -> DirectedTrack:
    """Return what a track file says over time.

    Raises
    ------
    SoliloquyError
        When the file cannot be read, is no such JSON, or a key is wrong; the sentence names the key.
    """
    name = Path(path).name
    try:
        content = read_json(path, most_bytes=_MOST_BYTES)
    except OSError as error:
        raise SoliloquyError(
            f"The emotion track '{path}' cannot be read: {error.strerror}.", "Check the path."
        ) from error
    except ValueError as error:
        raise BadFile(f"The emotion track '{name}' is not JSON ({error}).", f"Write {EXAMPLE}.") from error
    keys: object = cast("dict[str, Any]", content).get("keys") if isinstance(content, dict) else None
    listed = cast("list[Any]", keys) if isinstance(keys, list) else []
    if not listed:
        raise SoliloquyError(f"The emotion track '{name}' holds no list of keys.", f"Write {EXAMPLE}.")
    if len(listed) > MOST_KEYS:
        raise BadFile(f"The emotion track '{name}' holds {len(listed)} keys.", f"Use {MOST_KEYS} at most.")
    rows: list[tuple[float, ...]] = []
    direction: list[DirectionRow] = []
    for number, key in enumerate(listed, 1):
        where = f"Key {number} of the emotion track '{name}'"
        directed = _direction(key, where)
        direction += directed
        if not directed or set(_EMOTIONAL) & set(key):
            rows.append(_row(key, where))
    return DirectedTrack(tuple(sorted(rows, key=lambda row: row[0])), tuple(sorted(direction, key=lambda row: row[:2])))


def affect_row(time: float, valence: float, arousal: float) -> tuple[float, ...]:
    """Return a row of ``AnimateSettings.emotion_curves`` for a valence and an arousal, -1..1."""
    return (time, *(min(max(float(weight), 0.0), 1.0) for weight in mixture(valence, arousal)))


def write_emotion_track(path: str | os.PathLike[str], rows: EmotionRows) -> None:
    """Write rows of ``AnimateSettings.emotion_curves`` as a track file that :func:`read_emotion_track` reads.

    Raises
    ------
    NotSaved
        When the file cannot be written.
    """
    keys = [
        {
            "time": round(time, 3),
            "emotions": {name: round(weight, 3) for name, weight in zip(EMOTIONS, weights, strict=True) if weight > 0}
            or {"neutral": 1.0},
        }
        for time, *weights in rows
    ]
    write_json(path, {"keys": keys})


def thinned(rows: EmotionRows, tolerance: float = 0.005) -> EmotionRows:
    """Return the rows without those that the straight line between the kept ones gives, within ``tolerance``."""
    if len(rows) < 3:
        return rows
    table = np.array(rows)
    kept, first = [0], 0
    for last in range(2, len(table)):
        between = table[first + 1 : last]
        share = ((between[:, 0] - table[first, 0]) / max(table[last, 0] - table[first, 0], 1e-9))[:, None]
        line = (1 - share) * table[first, 1:] + share * table[last, 1:]
        if last - first > _LONGEST or np.abs(between[:, 1:] - line).max() > tolerance:
            kept.append(last - 1)
            first = last - 1
    kept.append(len(table) - 1)
    return tuple(rows[index] for index in kept)


def _direction(given: object, where: str) -> list[DirectionRow]:
    """Return what a key says besides an emotion."""
    key = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    found: list[DirectionRow] = []
    for name in DIRECTED:
        if name in key:
            value = _number(key[name], f"{where} has no {name} that is a number.", f'Add one, such as "{name}": 0.5.')
            found.append((_time(key, where), name, directed_setting(name).check(value, f"{where}: {name} ")))
    return found


def _time(key: dict[str, Any], where: str) -> float:
    time = _number(key.get("time"), f"{where} has no time in seconds.", 'Add one, such as "time": 0.5.')
    if not 0.0 <= time <= _LATEST:
        beyond = "before the start" if time < 0.0 else "where no recording reaches"
        raise SoliloquyError(f"{where} lies at {time:g} s, {beyond}.", "Times count from the start, 0.")
    return time


def _row(given: object, where: str) -> tuple[float, ...]:
    if not isinstance(given, dict):
        raise SoliloquyError(f"{where} is not an object.", f"Write {EXAMPLE}.")
    key = cast("dict[str, Any]", given)
    time = _time(key, where)
    said = [name for name in ("emotion", "emotions", "valence") if name in key]
    if "arousal" in key and "valence" not in key:
        raise SoliloquyError(f"{where} has an arousal but no valence.", 'Add one, such as "valence": 0.5.')
    if len(said) > 1:
        raise SoliloquyError(f'{where} says both "{said[0]}" and "{said[1]}".', "Keep one of them.")
    if said == ["emotions"]:
        return (time, *_mixture(key["emotions"], where))
    if said == ["valence"]:
        return affect_row(time, *(_affect(key.get(name), name, where) for name in ("valence", "arousal")))
    return (time, *_single(key, where))


def _single(key: dict[str, Any], where: str) -> list[float]:
    intensity = _strength(key.get("intensity", 1.0), f"{where} has an intensity", f"{where} has the intensity")
    weights = [0.0] * len(EMOTIONS)
    weights[_emotion(key.get("emotion"), where)] = intensity
    return weights


def _mixture(given: object, where: str) -> list[float]:
    emotions = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    if not emotions:
        raise SoliloquyError(f'{where} has "emotions" that are no object.', 'Write {"happy": 0.4, "surprised": 0.5}.')
    weights = [0.0] * len(EMOTIONS)
    for name, value in emotions.items():
        text = f"{where} gives {name} a strength"
        weights[_emotion(name, where)] = _strength(value, text, f"{where} gives {name} the strength")
    return weights


def _emotion(name: Any, where: str) -> int:
    if not isinstance(name, str) or name not in EMOTIONS:
        said = f"'{name[:40]}'" if isinstance(name, str) else "that is no word"
        raise SoliloquyError(f"{where} names an unknown emotion {said}.", f"Choose among: {', '.join(EMOTIONS)}.")
    return EMOTIONS.index(name)


def _strength(value: Any, no_number: str, outside: str) -> float:
    strength = _number(value, f"{no_number} that is no number.", "Use 0 to 1.")
    if not 0.0 <= strength <= 1.0:
        raise SoliloquyError(f"{outside} {strength:g}.", "Use a number from 0 to 1.")
    return strength


def _affect(value: Any, name: str, where: str) -> float:
    number = _number(value, f"{where} has no {name} that is a number.", f'Add one, such as "{name}": 0.5.')
    if not -1.0 <= number <= 1.0:
        raise SoliloquyError(f"{where} has the {name} {number:g}.", "Use a number from -1 to 1.")
    return number


def _number(value: Any, message: str, hint: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise SoliloquyError(message, hint)
    return float(value)
