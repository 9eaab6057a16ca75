"""Early lips are small, say what the mouth does, pass over what does not fit, and never harm their job."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from soliloquy.inference import early_lips
from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.early_lips import MOST_ROWS, RANGES, RATE, ROWS_AT_ONCE, Early, LipsSoFar
from soliloquy.inference.errors import Cancelled
from soliloquy.inference.worker.protocol import encode

SAMPLES = np.sin(np.linspace(0, 4000, 160_000)).astype(np.float32) * np.linspace(0, 0.5, 160_000, dtype=np.float32)
"""10 s that grow louder."""


def sent(*, seconds: float = 10.0, fps: float = 24.0, opened: float = 0.4) -> tuple[LipsSoFar, list[dict[str, Any]]]:
    """Return what the owner of a job has after all was shown of a mouth that opens evenly, and the messages."""
    messages: list[dict[str, Any]] = []
    early = Early(messages.append)
    early.sound(SAMPLES[: round(seconds * 16_000)], 16_000)
    frames = round(seconds * fps)
    arkit = np.zeros((frames, 52), np.float32)
    arkit[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0, 1, frames)
    aperture = np.linspace(0, opened, frames, dtype=np.float32)
    early.face(arkit, lambda: aperture, load_character().lip_basis(), fps)
    seen = LipsSoFar()
    for message in messages:
        if message["type"] == "sound":
            seen.hear(message["seconds"], base64.b64decode(message["loudness"]))
        else:
            seen.see(message["first"], message["total"], base64.b64decode(message["rows"]))
    return seen, messages


def test_what_arrives_is_the_mouth_at_its_second() -> None:
    seen, _ = sent()
    assert seen.seconds == 10.0
    assert seen.made_seconds == pytest.approx(10.0)
    step = 0.5 / 255
    for second in (0.0, 2.5, 5.0, 9.9):
        mouth = seen.at(second)
        assert mouth is not None
        assert mouth["aperture"] == pytest.approx(0.4 * second / 10, abs=0.4 / 240 + step)
    late = seen.at(9.9)
    assert late is not None
    assert late["jaw"] > 0.35
    assert late["width"] < -0.03, "an open jaw draws the corners together"
    assert seen.loudness[0] < 0.1 < 0.9 < seen.loudness[-1]
    assert seen.at(-0.1) is None
    assert seen.at(11.0) is None


def test_every_message_is_small_enough_for_a_pipe_to_take_at_once() -> None:
    _, messages = sent()
    assert len(messages) > 2
    assert max(len(encode({**message, "id": 12345})) for message in messages) < 4096


def test_a_row_takes_any_number_and_keeps_it_within_its_range() -> None:
    wild = {name: np.array([np.nan, np.inf, -np.inf, 1e30]) for name in RANGES}
    for row in early_lips.packed(wild):
        for name, value in early_lips.unpacked(row).items():
            low, high = RANGES[name]
            assert low - 1e-6 <= value <= high + 1e-6


def test_what_is_not_there_yet_is_said() -> None:
    seen = LipsSoFar()
    seen.hear(10.0, bytes(100))
    seen.see(0, 300, bytes(8 * 150))
    assert seen.at(1.0) is not None
    assert seen.at(6.0) is None
    assert seen.made(10).tolist() == [True] * 5 + [False] * 5
    assert seen.made_seconds == pytest.approx(150 / RATE)


@pytest.mark.parametrize(
    ("first", "total", "size"),
    [(0, 300, 7), (0, 300, 0), (-1, 300, 8), (299, 300, 16), (0, 0, 8), (0, MOST_ROWS + 1, 8),
     (10**30, 300, 8), (0, 3000, 8 * (ROWS_AT_ONCE + 1))],
)  # fmt: skip
def test_rows_that_belong_nowhere_are_passed_over(first: int, total: int, size: int) -> None:
    seen = LipsSoFar()
    seen.hear(10.0, bytes(4))
    before = seen.changes
    seen.see(first, total, bytes(size))
    assert seen.changes == before
    assert seen.made_seconds == 0
    for seconds in (0.0, -1.0, 1e12):
        seen.hear(seconds, bytes(4))
    seen.hear(5.0, bytes(5000))
    assert seen.seconds == 10.0


def test_nothing_is_computed_where_nobody_looks() -> None:
    early = Early()
    early.sound(SAMPLES, 16_000)
    early.face(np.zeros((3, 52), np.float32), pytest.fail, load_character().lip_basis(), 30.0)
    assert not early.wanted


def test_a_picture_that_fails_stops_showing_and_not_the_job(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: Any) -> None:
        raise ValueError("no room")

    early = Early(broken)
    early.sound(SAMPLES, 16_000)
    assert "no room" in capsys.readouterr().err
    early.sound(SAMPLES, 16_000)
    assert capsys.readouterr().err == ""
    assert not early.wanted


def test_a_cancel_gets_through() -> None:
    def cancelled(_: Any) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        Early(cancelled).sound(SAMPLES, 16_000)
