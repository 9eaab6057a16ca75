"""JSON from files nobody vouches for: bounded in size, depth and digits, and one kind of error."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, cast

_MOST_DIGITS = 18
"""What fits 64 bits. Python reads longer numbers too, which then overflow wherever they are used as a float."""
_MOST_BYTES = 1 << 25
_HALF_LETTER = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_HALF_LETTER_BYTES = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
"""What may be half of a letter beyond 16 bits: a string with one alone can neither be written nor shown."""


def parse_json(text: str | bytes, *, most_bytes: int = _MOST_BYTES) -> Any:
    """Return what a JSON text says.

    Raises
    ------
    ValueError
        When it is too long or too deep, holds a number beyond 64 bits or half a letter, or is no JSON; with a short
        reason.
    """
    if len(text) > most_bytes:
        raise ValueError(f"it is longer than {most_bytes >> 10} kB")
    try:
        found = json.loads(text, parse_int=_integer)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    doubtful = _HALF_LETTER.search(text) if isinstance(text, str) else _HALF_LETTER_BYTES.search(text)
    if doubtful:
        try:
            json.dumps(found, ensure_ascii=False).encode("utf-8")
        except (UnicodeEncodeError, RecursionError) as error:
            raise ValueError("it holds half a letter") from error
    return found


def parse_object(text: str | bytes, *, most_bytes: int = _MOST_BYTES) -> dict[str, Any]:
    """Return what a JSON text says, which must be an object; raises :class:`ValueError` as :func:`parse_json` does."""
    found: object = parse_json(text, most_bytes=most_bytes)
    if not isinstance(found, dict):
        raise ValueError("it is no object")
    return cast("dict[str, Any]", found)


def read_json(path: str | os.PathLike[str], *, most_bytes: int = _MOST_BYTES) -> Any:
    """Return what a JSON file says.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        As :func:`parse_json`, and for bytes that are no UTF-8.
    """
    with open(Path(path), "rb") as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise ValueError(f"it is longer than {most_bytes >> 10} kB")
    return parse_json(content.decode("utf-8-sig"), most_bytes=most_bytes)


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        raise ValueError(f"it holds a number of {len(digits.lstrip('-'))} digits")
    return int(digits)
