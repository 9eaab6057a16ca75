"""What performances and takes say about themselves, checked: files and .blends that a person may have edited by hand.

An entry of the wrong kind is left out, as if it had never been written, for everything that reads one can do without.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeGuard

HEARD = ("track", "channel")
"""What beside the file and its seconds decides which sound was heard; noted where it is not 0."""
_MOST_FRAMES = 100_000_000


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _span(value: Any) -> bool:
    return _list(value) and len(value) == 2 and all(map(_number, value))


def _audio(value: Any) -> bool:
    return (
        _object(value)
        and all(_text(value.get(name, "")) for name in ("name", "path", "sha256"))
        and all(_whole(value.get(name, 0)) and 0 <= value.get(name, 0) < 256 for name in HEARD)
    )


def _regenerated(value: Any) -> bool:
    return _list(value) and all(
        _object(record)
        and _whole(record.get("seed"))
        and _list(record.get("ranges"))
        and record["ranges"]
        and all(map(_span, record["ranges"]))
        for record in value
    )


def _settings(value: Any) -> bool:
    """Tell whether what the panels show of settings is there in its kind; the rest is the settings' own to judge."""
    if not _object(value):
        return False
    curves: Any = value.get("emotion_curves") or []
    gestures: Any = value.get("gestures") or {}
    return (
        all(_text(value.get(name, "")) for name in ("emotion", "face", "body"))
        and _number(value.get("intensity", 1.0))
        and _whole(value.get("seed", 0))
        and _list(curves)
        and all(_list(row) and len(row) > 1 and all(map(_number, row)) for row in curves[:1])
        and _object(gestures)
        and all(_text(gestures.get(name, "")) for name in ("style", "posture"))
    )


def _words(value: Any) -> bool:
    """Tell whether words are noted: a language, and rows of start, end, word and confidence."""
    if not _object(value) or not _text(value.get("language")) or not _list(value.get("rows")):
        return False
    return all(
        _list(row) and len(row) == 4 and _text(row[2]) and all(map(_number, (row[0], row[1], row[3])))
        for row in value["rows"]
    )


def _gestures(value: Any) -> bool:
    """Tell whether a plan of gestures is noted, of which each has a second and a name."""
    return _list(value) and all(
        _object(row) and _number(row.get("time")) and _text(row.get("gesture")) for row in value
    )


_KINDS: dict[str, Callable[[Any], bool]] = {
    "fps": lambda value: _number(value) and 0.1 <= value <= 1000.0,
    "frames": lambda value: _whole(value) and 1 <= value <= _MOST_FRAMES,
    "first_frame": lambda value: _number(value) and abs(value) < _MOST_FRAMES,
    "keys": _whole,
    "seed": _whole,
    "range": _span,
    "audio": _audio,
    "settings": _settings,
    "engines": _object,
    "craft": _object,
    "earlier_crafts": _list,
    "reshape": _object,
    "earlier_reshapes": _list,
    "emotion_track": _list,
    "regenerated": _regenerated,
    "regions": lambda value: _list(value) and all(map(_text, value)),
    "words": _words,
    "direction": lambda value: _object(value) and all(_list(said) and all(map(_text, said)) for said in value.values()),
    "gestures": _gestures,
    "warnings": lambda value: _list(value) and all(map(_text, value)),
    "max_error": lambda value: _object(value) and all(map(_number, value.values())),
    **dict.fromkeys(("performance", "part_of", "speech", "take", "soliloquy", "made", "fingerprint"), _text),
    "meta": _object,
}


def checked_notes(found: dict[str, Any]) -> dict[str, Any]:
    """Return notes without those entries that are not of their kind; names not known here are kept."""
    return {name: value for name, value in found.items() if name not in _KINDS or _KINDS[name](value)}


def heard_in(meta: dict[str, Any]) -> dict[str, int]:
    """Return the track and the channel a performance was made from, those that were not chosen left out."""
    audio: dict[str, Any] = meta.get("audio") or {}
    return {name: audio[name] for name in HEARD if audio.get(name)}
