"""Emotion tracks: what is read, and what is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from soliloquy.inference.emotion_track import read_emotion_track
from soliloquy.inference.errors import SoliloquyError


def _file(folder: Path, text: str) -> Path:
    path = folder / "track.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_objects_and_lists_are_read_in_the_order_of_time(tmp_path: Path) -> None:
    text = '{"keys": [[2, "sad"], {"time": 0.5, "emotion": "Happy", "intensity": 0.8}, [1, "angry", 0]]}'
    assert read_emotion_track(_file(tmp_path, text)) == (
        (0.5, "happy", 0.8),
        (1.0, "angry", 0.0),
        (2.0, "sad", 1.0),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("glad", "is not JSON"),
        ("[]", "holds no keys"),
        ("3", "holds no keys"),
        ("[[0]]", "Key 1 .* is not a time and an emotion"),
        ('[[0, "sad"], [1, "glad", 1]]', "Key 2 .* unknown emotion 'glad'"),
        ('[["0", "sad", 1]]', "no time in seconds"),
        ('[[-1, "sad", 1]]', "no time in seconds"),
        ('[[0, "sad", 2]]', "no intensity 0 to 1"),
        ('[[NaN, "sad", 1]]', "no time in seconds"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SoliloquyError, match=sentence):
        read_emotion_track(_file(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match=r"nothing\.json"):
        read_emotion_track(tmp_path / "nothing.json")
