"""JSON within bounds: what cannot be used as a number or would nest for ever is a ``ValueError``."""

from __future__ import annotations

from pathlib import Path

import pytest

from soliloquy.inference.plain_json import parse_json, parse_object, read_json


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"time": ' + "9" * 400 + "}", "400 digits"),
        ('{"time": -' + "9" * 5000 + "}", "5000 digits"),
        ("[" * 100_000, "too deeply"),
        ('{"a":' * 100_000, "too deeply"),
        ("[1, 2", "Expecting"),
        ('["\\ud800"]', "half a letter"),
        ('{"\\uDC01x": 1}', "half a letter"),
        ('"' + "a" * 50 + '"', "longer than"),
    ],
)
def test_what_cannot_be_used_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_json(text, most_bytes=40 if "longer" in words else 1 << 25)


def test_halves_of_letters_that_belong_together_are_read() -> None:
    assert parse_json('["\\ud83d\\ude00"]') == parse_json('["😀"]'.encode()) == ["😀"]
    with pytest.raises(ValueError, match="half a letter"):
        parse_json(b'["\xed\xa0\x80"]')


def test_plain_values_come_as_they_are(tmp_path: Path) -> None:
    assert parse_json('{"a": [1, -2.5, "x", null, true, 123456789012345678]}') == {
        "a": [1, -2.5, "x", None, True, 123456789012345678]
    }
    with pytest.raises(ValueError, match="no object"):
        parse_object("[1]")
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert read_json(tmp_path / "a.json") == {"a": 1}
    (tmp_path / "a.json").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="decode"):
        read_json(tmp_path / "a.json")
