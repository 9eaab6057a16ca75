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


def test_keys_are_read_in_the_order_of_time(tmp_path: Path) -> None:
    text = '{"keys": [{"time": 2, "emotion": "sad"}, {"time": 0.5, "emotion": "happy", "intensity": 0.8}]}'
    assert read_emotion_track(_file(tmp_path, text)) == ((0.5, "happy", 0.8), (2.0, "sad", 1.0))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("glad", "is not JSON"),
        ("[]", "holds no list of keys"),
        ('{"keys": []}', "holds no list of keys"),
        ('{"keys": [7]}', "Key 1 .* is not an object"),
        (
            '{"keys": [{"time": 0, "emotion": "sad"}, {"time": 1, "emotion": "glad"}]}',
            "Key 2 .* unknown emotion 'glad'",
        ),
        ('{"keys": [{"time": "0", "emotion": "sad"}]}', "no time in seconds"),
        ('{"keys": [{"time": -1, "emotion": "sad"}]}', "before the start"),
        ('{"keys": [{"time": 0, "emotion": "sad", "intensity": 2}]}', "intensity"),
        ('{"keys": [{"time": NaN, "emotion": "sad"}]}', "no time in seconds"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SoliloquyError, match=sentence):
        read_emotion_track(_file(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match=r"nothing\.json"):
        read_emotion_track(tmp_path / "nothing.json")
