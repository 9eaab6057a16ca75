"""Messages survive any cut of the stream; anything else is recognised."""

from __future__ import annotations

import pytest

from soliloquy.inference.worker.protocol import Decoder, ProtocolError, encode

MESSAGES = [{"type": "progress", "stage": "Écoute", "fraction": 0.5}, {"type": "note", "text": "x" * 70_000}]


@pytest.mark.parametrize("size", [1, 3, 4096, 10**6])
def test_messages_survive_any_cut_of_the_stream(size: int) -> None:
    stream = b"".join(encode(message) for message in MESSAGES)
    decoder = Decoder()
    received = [m for start in range(0, len(stream), size) for m in decoder.feed(stream[start : start + size])]
    assert received == MESSAGES


@pytest.mark.parametrize("data", [b"Blender 5", b"\x00\x00\x00\x02hi", b"\x00\x00\x00\x02[]", b"\x00\x00\x00\x02{}"])
def test_other_bytes_are_recognised(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        Decoder().feed(data)
