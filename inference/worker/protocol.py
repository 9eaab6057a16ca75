"""What travels over the worker's pipes: a length in four bytes, then one JSON object.

To the worker: ``run`` (id, kind, payload), ``cancel`` (id), ``quit``. From the worker: ``hello``, ``refused``,
``heartbeat``, ``progress`` (id, stage, fraction, eta), ``note`` (id, text), ``done`` (id, result), ``cancelled`` (id)
and ``error`` (id, kind, message, hint, traceback). To who asks for them with a ``run`` (``early``: the version that is
understood, see :mod:`..early_lips`) also ``sound`` (id, seconds, loudness) and ``lips`` (id, first, total, rows).

Neither side believes the other: lengths are bounded before memory is taken, and :func:`read_event` lets through only
messages whose every value is of its kind.
"""

from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Callable
from typing import Any, NoReturn, cast

PROTOCOL = 2
"""Raised by one with every change that an older partner would misread."""

HEADER = struct.Struct(">I")
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""Longest order: an hour of gaze targets. A longer announcement means that the other end speaks something else."""
MAX_EVENT_BYTES = 1024 * 1024
"""Longest message from the worker."""
MAX_TEXT = 4000
"""Letters of one text from the worker that are kept."""

MAX_EARLY = 4000
"""Letters of the early lips in one message: with the rest of it less than a pipe takes at once, or not at all."""

HEARTBEAT_SECONDS = 1.0

Message = dict[str, Any]


class ProtocolError(Exception):
    """The bytes on the pipe are not Soliloquy's messages."""


def encode(message: Message, limit: int = MAX_MESSAGE_BYTES) -> bytes:
    """Return one message as bytes, its length first.

    Raises
    ------
    ProtocolError
        When the message is longer than ``limit`` bytes, or holds what JSON has no word for.
    """
    try:
        body = json.dumps(message, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"A message cannot be written: {error}.") from error
    if len(body) > limit:
        raise ProtocolError(f"A message of {len(body)} bytes is too long.")
    return HEADER.pack(len(body)) + body


class Decoder:
    """Cuts a stream of bytes back into messages, however the pipe split it.

    Parameters
    ----------
    limit : int
        Most bytes of one message; a longer one is refused when it is announced.
    """

    def __init__(self, limit: int = MAX_MESSAGE_BYTES) -> None:
        self._buffer = bytearray()
        self._limit = limit

    def feed(self, data: bytes) -> list[Message]:
        """Take the next bytes and return the messages that are complete by now.

        Raises
        ------
        ProtocolError
            When the bytes are not Soliloquy's messages.
        """
        self._buffer += data
        messages: list[Message] = []
        start = 0
        while len(self._buffer) - start >= HEADER.size:
            (length,) = HEADER.unpack_from(self._buffer, start)
            if length > self._limit:
                raise ProtocolError(f"Unexpected bytes: {bytes(self._buffer[start : start + 40])!r}")
            end = start + HEADER.size + length
            if len(self._buffer) < end:
                break
            messages.append(_decoded(bytes(self._buffer[start + HEADER.size : end])))
            start = end
        del self._buffer[:start]
        return messages


def _decoded(body: bytes) -> Message:
    try:
        found: object = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"Not JSON: {body[:40]!r}") from error
    message = cast("Message", found) if isinstance(found, dict) else {}
    if not isinstance(message.get("type"), str):
        raise ProtocolError(f"Not a message: {body[:40]!r}")
    return message


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def read_event(message: Message) -> Message:
    """Return a message from the worker with what belongs to it, every value of its kind, numbers finite, texts bounded.

    Raises
    ------
    ProtocolError
        When it is no message that a worker sends, or one of its values is missing or of another kind.
    """
    kind = message["type"]
    if kind not in _EVENTS:
        raise ProtocolError(f"An unknown message '{_text(kind)[:40]}'.")
    if kind == "hello":
        return dict(message)
    event: Message = {"type": kind}
    for name, read in _EVENTS[kind].items():
        try:
            event[name] = read(message[name])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ProtocolError(f"A message '{kind}' without a proper '{name}'.") from error
    return event


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _identity(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _fraction(value: Any) -> float:
    return min(1.0, max(0.0, _number(value)))


def _seconds(value: Any) -> float | None:
    return None if value is None else max(0.0, _number(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    # Half a pair of surrogates would raise later, wherever the text is printed or drawn.
    return value[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError
    if len(value) > MAX_EARLY:
        raise ValueError
    return base64.b64decode(value, validate=True)


def _values(value: object) -> Message:
    if not isinstance(value, dict):
        raise TypeError
    return cast("Message", value)


_EVENTS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "hello": {},
    "heartbeat": {},
    "refused": {"kind": _text, "message": _text, "hint": _text},
    "progress": {"id": _identity, "stage": _text, "fraction": _fraction, "eta": _seconds},
    "note": {"id": _identity, "text": _text},
    "sound": {"id": _identity, "seconds": _number, "loudness": _bytes},
    "lips": {"id": _identity, "first": _identity, "total": _identity, "rows": _bytes},
    "done": {"id": _identity, "result": _values},
    "cancelled": {"id": _identity},
    "error": {"id": _identity, "kind": _text, "message": _text, "hint": _text},
}
"""What a worker says -> what belongs to it."""
