"""What is said: the sentences of the tracked clips, English rich in sounds, and short sentences in other languages."""

from __future__ import annotations

import csv
import re
from pathlib import Path

LANGUAGES = {"es": "es", "fr": "fr-fr", "it": "it", "pt": "pt-br", "de": "de"}
"""Language of a text file -> espeak-ng's voice that turns it into phones."""

_TEXTS = Path(__file__).parent / "texts"
_PIECE_WORDS = 14
# Letters as the corpus' speaker says them; a single "a" would be read as the article, "z" as an American does.
_LETTERS = {"a": "[a](/ˈA/)", "z": "[zed](/zˈɛd/)"}


def texts(language: str) -> list[str]:
    """Return the project's own sentences in ``en`` or one of `LANGUAGES`."""
    lines = (_TEXTS / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip()]


def grid_sentences(data: Path) -> dict[str, str]:
    """Return clip name -> sentence of every clip of grid_s1, with the letter z written ``zed``."""
    words: dict[str, list[str]] = {}
    with open(data / "grid_s1" / "words.csv", encoding="utf-8") as lines:
        for name, _, _, word in csv.reader(lines):
            if word not in ("sil", "sp"):
                words.setdefault(name, []).append("zed" if word == "z" else word)
    return {name: " ".join(spoken) for name, spoken in words.items()}


def spelled(sentence: str) -> str:
    """Return a sentence of the GRID grammar as text whose single letter is read as a letter."""
    words = sentence.split()
    return " ".join(
        _LETTERS.get("z" if word == "zed" else word, word.upper() if len(word) == 1 else word) for word in words
    )


def reader_sentences(data: Path) -> list[str]:
    """Return ljspeech's training transcripts (public domain) in pieces of a breath's length.

    Every fifth transcript is held out, as in the corpus' own split.
    """
    pieces: list[str] = []
    with open(data / "ljspeech" / "transcripts.csv", encoding="utf-8") as lines:
        for index, line in enumerate(lines):
            if index % 5 == 0:
                continue
            current: list[str] = []
            for part in re.split(r"(?<=[,;:.!?])\s+", line.rstrip("\n").split("|", 1)[1]):
                current += part.split()
                if len(current) >= _PIECE_WORDS // 2:
                    pieces.append(" ".join(current))
                    current = []
            if current:
                pieces.append(" ".join(current))
    return [piece for piece in pieces if 3 <= len(piece.split()) <= 3 * _PIECE_WORDS]
