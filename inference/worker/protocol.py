"""What travels over the worker's pipes: a length in four bytes, then one JSON object.

To the worker: ``run`` (id, kind, payload), ``cancel`` (id), ``quit``. From the worker: ``hello``, ``refused``,
``heartbeat``, ``progress`` (id, stage, fraction, eta), ``note`` (id, text), ``done`` (id, result), ``cancelled`` (id)
and ``error`` (id, kind, message, hint, traceback).
"""

from __future__ import annotations

import json
import struct
from typing import Any

PROTOCOL = 1
"""Raised by one with every change that an older partner would misread."""

HEADER = struct.Struct(">I")
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""A longer announcement means that the other end speaks something else."""

HEARTBEAT_SECONDS = 1.0

Message = dict[str, Any]


class ProtocolError(Exception):
    """The bytes on the pipe are not Soliloquy's messages."""


def encode(message: Message) -> bytes:
    """Return one message as bytes, its length first.

    Raises
    ------
    ProtocolError
        When the message is longer than :data:`MAX_MESSAGE_BYTES`.
    """
    body = json.dumps(message, separators=(",", ":")).encode("utf-8")
    if len(body) > MAX_MESSAGE_BYTES:
        raise ProtocolError(f"A message of {len(body)} bytes is too long.")
    return HEADER.pack(len(body)) + body


class Decoder:
    """Cuts a stream of bytes back into messages, however the pipe split it."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """Take the next bytes and return the messages that are complete by now.

        Raises
        ------
        ProtocolError
            When the bytes are not Soliloquy's messages.
        """
        self._buffer += data
        messages: list[Message] = []
        while len(self._buffer) >= HEADER.size:
            (length,) = HEADER.unpack_from(self._buffer)
            if length > MAX_MESSAGE_BYTES:
                raise ProtocolError(f"Unexpected bytes: {bytes(self._buffer[:40])!r}")
            end = HEADER.size + length
            if len(self._buffer) < end:
                break
            body = bytes(self._buffer[HEADER.size : end])
            del self._buffer[:end]
            try:
                message = json.loads(body)
            except ValueError as error:
                raise ProtocolError(f"Not JSON: {body[:40]!r}") from error
            if not isinstance(message, dict) or not isinstance(message.get("type"), str):
                raise ProtocolError(f"Not a message: {body[:40]!r}")
            messages.append(message)
        return messages
