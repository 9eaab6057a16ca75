"""Transcripts of every kind say the same words; what is none is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from soliloquy.inference.errors import BadFile
from soliloquy.inference.words.transcript import read_transcript

SRT = "1\n00:00:01,000 --> 00:00:02,500\nOn the <i>one</i> hand,\n\n2\n00:00:10,000 --> 00:00:12,000\nit is cheap.\n"
GRID = """File type = "ooTextFile"
Object class = "TextGrid"
xmin = 0
xmax = 2
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "phones"
        intervals [1]:
            xmin = 0
            xmax = 1
            text = "AH"
    item [2]:
        class = "IntervalTier"
        name = "words"
        intervals [1]:
            xmin = 0
            xmax = 0.5
            text = ""
        intervals [2]:
            xmin = 0.5
            xmax = 1.25
            text = "hello"
"""


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_plain_text_is_what_is_said(tmp_path: Path) -> None:
    assert read_transcript(_written(tmp_path, "a.txt", "Not at\nall.")).settings().transcript.split() == [
        "Not", "at", "all."
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [("a.srt", SRT), ("a.vtt", "WEBVTT\n\n" + SRT.replace(",", "."))])
def test_subtitles_are_texts_of_their_stretch(tmp_path: Path, name: str, text: str) -> None:
    found = read_transcript(_written(tmp_path, name, text))
    assert found.settings().transcript.replace(".", ",") == "On the one hand, it is cheap,"
    assert found.settings(5.0, 20.0).transcript == "it is cheap."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.TextGrid", GRID),
        ("a.csv", "word,start,end\nsil,0,0.5\nhello,0.5,1.25\n"),
        ("a.tsv", "0\t0.5\tsil\n0.5\t1.25\thello\n"),
        ("a.json", '{"language": "en", "rows": [[0.5, 1.25, "hello", 1.0]]}'),
    ],
)
def test_words_with_times_keep_them(tmp_path: Path, name: str, text: str) -> None:
    found = read_transcript(_written(tmp_path, name, text))
    assert found.settings().timed == ((0.5, 1.25, "hello", 1.0),)
    assert found.settings(0.25, 9.0).timed == ((0.25, 1.0, "hello", 1.0),)
    assert found.settings(3.0, 9.0).timed == ()


@pytest.mark.parametrize(("name", "text"), [("a.csv", "hello,there,you\n"), ("a.srt", "nothing"), ("a.json", "[]"),
                                            ("a.TextGrid", "x"), ("a.txt", " ... ")])  # fmt: skip
def test_what_is_no_transcript_is_refused(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(BadFile, match=f"'{name}'"):
        read_transcript(_written(tmp_path, name, text))
