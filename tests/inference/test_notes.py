"""Notes of performances and takes: entries of the wrong kind count as never written, the others are kept."""

from __future__ import annotations

from typing import Any

import pytest

from soliloquy.inference.notes import checked_notes

GOOD: dict[str, Any] = {
    "fps": 30.0,
    "frames": 12,
    "range": [0.0, 2.5],
    "audio": {"name": "a.wav", "path": "/a.wav", "sha256": "00"},
    "settings": {"emotion": "happy", "gestures": {"style": "calm"}, "emotion_curves": [[0.0, 1.0]]},
    "seed": 4,
    "regenerated": [{"seed": 5, "ranges": [[1.0, 2.0]], "joints": ["neck"]}],
    "warnings": ["It is silent."],
    "max_error": {"radians": 0.001},
    "anything": ["else"],
}


def test_what_is_written_is_kept() -> None:
    assert checked_notes(GOOD) == GOOD


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fps", "30"),
        ("fps", 0),
        ("fps", float("nan")),
        ("frames", 1e9),
        ("frames", True),
        ("range", [0.0]),
        ("range", ["a", "b"]),
        ("range", 3),
        ("audio", {"path": 7}),
        ("audio", []),
        ("settings", "happy"),
        ("settings", {"emotion": 7}),
        ("settings", {"emotion_curves": [3]}),
        ("settings", {"gestures": "calm"}),
        ("seed", 10**30),
        ("regenerated", [{}]),
        ("regenerated", [{"seed": 5, "ranges": []}]),
        ("warnings", "silent"),
        ("max_error", {"radians": None}),
    ],
)
def test_what_is_of_another_kind_is_left_out(name: str, value: Any) -> None:
    expected = {key: item for key, item in GOOD.items() if key != name}
    assert checked_notes({**GOOD, name: value}) == expected
