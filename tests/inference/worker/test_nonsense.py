"""What a worker says is believed only where it makes sense; the timer that listens never falls over it."""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.version import VERSION
from soliloquy.inference.worker.client import WorkerClient
from soliloquy.inference.worker.job import JobHandle
from soliloquy.inference.worker.protocol import MAX_EVENT_BYTES, PROTOCOL, Decoder, ProtocolError, encode, read_event

CHILD = Path(__file__).with_name("nonsense_child.py")


def framed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def message(**values: Any) -> bytes:
    return framed(json.dumps(values).encode())


NONSENSE = {
    "not JSON": framed(b"{{{"),
    "not UTF-8": framed(b'{"type": "\xff\xfe"}'),
    "a list": framed(b"[1, 2]"),
    "no type": framed(b"{}"),
    "a type that is a number": message(type=7),
    "an unknown type": message(type="dance", id=1),
    "a huge length": struct.pack(">I", 0xFFFFFFF0) + b"x" * 100,
    "an event longer than any": struct.pack(">I", MAX_EVENT_BYTES + 1),
    "deeply nested": framed(b'{"type": "note", "id": 1, "text": ' + b"[" * 200_000),
    "progress without a fraction": message(type="progress", id=1, stage="Lips", eta=None),
    "a fraction in words": message(type="progress", id=1, stage="Lips", fraction="half", eta=None),
    "a fraction that is no number": framed(b'{"type":"progress","id":1,"stage":"","fraction":NaN,"eta":null}'),
    "an endless fraction": framed(b'{"type":"progress","id":1,"stage":"","fraction":1e999,"eta":null}'),
    "a fraction of 400 digits": framed(
        b'{"type":"progress","id":1,"stage":"","fraction":' + b"9" * 400 + b',"eta":null}'
    ),
    "a fraction of 9000 digits": framed(
        b'{"type":"progress","id":1,"stage":"","fraction":' + b"9" * 9000 + b',"eta":null}'
    ),
    "a true fraction": message(type="progress", id=1, stage="Lips", fraction=True, eta=None),
    "a stage that is a list": message(type="progress", id=1, stage=["Lips"], fraction=0.5, eta=None),
    "a time left in words": message(type="progress", id=1, stage="Lips", fraction=0.5, eta="soon"),
    "a number in words": message(type="done", id="1", result={}),
    "done without a result": message(type="done", id=1),
    "a result that is a list": message(type="done", id=1, result=[1]),
    "an error without a kind": message(type="error", id=1, message="m", hint="h"),
    "an error of a strange kind": message(type="error", id=1, kind={"a": 1}, message="m", hint="h"),
    "lips that are no letters of a code": message(type="lips", id=1, first=0, total=9, rows="!!!!"),
    "lips as numbers": message(type="lips", id=1, first=0, total=9, rows=[1, 2]),
    "lips of half a row number": message(type="lips", id=1, first=0.5, total=9, rows=""),
    "lips of nobody": message(type="lips", first=0, total=9, rows=""),
    "more lips than one message has": message(type="lips", id=1, first=0, total=9, rows="A" * 4004),
    "a sound without a length": message(type="sound", id=1, loudness=""),
    "a note of nothing": message(type="note", id=1, text=None),
    "a refusal without words": message(type="refused", kind="missing_runtime"),
}


def client_that_hears(said: bytes, folder: Path) -> WorkerClient:
    words = folder / "words" / "said.bin"
    words.parent.mkdir()
    words.write_bytes(said)
    command = [sys.executable, "-I", str(CHILD), str(PROTOCOL), VERSION, str(words)]
    return WorkerClient(sys.executable, folder / "logs", command=command)


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_fails_the_job_in_a_sentence_and_nothing_else(
    tmp_path: Path, order: Callable[..., AnimateJob], said: bytes
) -> None:
    client = client_that_hears(said, tmp_path)
    try:
        job = client.wait(client.submit(order("quick")), timeout=60)
        assert job.state == "failed"
        assert job.error
        assert job.error.kind == "worker"
        assert "makes no sense" in job.error.message
        assert job.error.hint
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []
    finally:
        client.stop()


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_is_told_apart_by_the_protocol(said: bytes) -> None:
    def read() -> list[Any]:
        return [read_event(found) for found in Decoder(MAX_EVENT_BYTES).feed(said)]

    with pytest.raises(ProtocolError):
        read()


def test_texts_are_bounded_and_can_be_shown() -> None:
    event = read_event({"type": "note", "id": 1, "text": "\ud800" + "x" * 100_000})
    assert len(event["text"]) <= 4000
    event["text"].encode("utf-8")


def test_numbers_are_kept_within_their_range() -> None:
    event = read_event({"type": "progress", "id": 1, "stage": "Lips", "fraction": 7, "eta": -3})
    assert (event["fraction"], event["eta"]) == (1.0, 0.0)


def test_what_json_has_no_word_for_is_not_sent() -> None:
    with pytest.raises(ProtocolError):
        encode({"type": "note", "text": float("nan")})
    with pytest.raises(ProtocolError):
        encode({"type": "note", "text": {1, 2}})
    with pytest.raises(ProtocolError):
        encode({"type": "note", "text": "x" * 100}, limit=50)


def test_a_fault_of_the_client_itself_fails_the_job_and_not_the_timer(
    client: WorkerClient, order: Callable[..., AnimateJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(job: JobHandle, event: Any) -> None:
        raise ZeroDivisionError("what nobody thought of")

    monkeypatch.setattr(client, "_handle_job", fault)
    job = client.wait(client.submit(order("slow")), timeout=60)
    assert job.state == "failed"
    assert job.error
    assert job.error.kind == "internal"
    monkeypatch.undo()
    assert client.wait(client.submit(order("quick")), timeout=60).state == "done"
