"""Transcripts and language packs."""

from __future__ import annotations

import json
from pathlib import Path

import mutations as by
from reader import JSON, Reader

_SRT = b"1\n00:00:01,000 --> 00:00:02,500\nOn the one hand,\n\n2\n00:00:10,000 --> 00:00:12,000\nyes.\n"
_CSV = b"start,end,word\n0,0.5,sil\n0.5,1.25,hello\n"
_GRID = b"""item []:
    item [1]:
        name = "words"
        intervals [1]:
            xmin = 0.5
            xmax = 1.25
            text = "hello"
"""


def _read_transcript(path: Path) -> None:
    from soliloquy.inference.words.transcript import read_transcript

    read_transcript(path).settings(0.2, 9.0)


def _language(_: Path) -> list[bytes]:
    from soliloquy.inference.words.language import FOLDER

    pack = json.loads((FOLDER / "de.json").read_text("utf-8"))
    return [json.dumps({**pack, "rules": pack["rules"][:12]}).encode()]


def _read_language(path: Path) -> None:
    from soliloquy.inference.words.language import read_language
    from soliloquy.inference.words.meaning import read_meanings
    from soliloquy.inference.words.word import Word

    words = [Word(text, 0.3 * row, 0.3 * row + 0.2) for row, text in enumerate(["nicht", "groß,", "ja."])]
    read_meanings(words, read_language(path))


_TEXT = (by.by_bytes, by.by_lines)
READERS: tuple[Reader, ...] = (
    Reader("subtitles", 200, "srt", lambda _: [_SRT], _TEXT, _read_transcript),
    Reader("table of words", 200, "csv", lambda _: [_CSV], _TEXT, _read_transcript),
    Reader("TextGrid", 200, "TextGrid", lambda _: [_GRID], _TEXT, _read_transcript),
    Reader("language pack", 300, "json", _language, JSON, _read_language),
)
