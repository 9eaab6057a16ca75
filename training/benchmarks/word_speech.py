"""A plain stand-in for speech whose words are known: when each is said, which are stressed.

A word takes 0.12 s and 0.055 s a letter (0.6 s at most), a comma 0.35 s, a full stop 0.7 s; speech begins after 0.9 s.
Words of four letters and more are stressed at 0.4 of their length, as strongly as a generator with a fixed seed draws.
There is no sound: what the voice itself would do to a gesture is measured elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from ...inference.prosody import STEP, Prosody
from ...inference.words.word import Word, written_words

SENTENCES = Path(__file__).parent / "meaning_sentences.txt"
_LEAD, _TAIL = 0.9, 1.2
_WORD, _LETTER, _LONGEST = 0.12, 0.055, 0.6
_COMMA, _STOP = 0.35, 0.7
_MARK = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True)
class Call:
    """A word of a sentence that calls for a gesture, or must not get one."""

    word: int
    fits: frozenset[str]
    """Meanings that fit; empty for a trap."""
    contrary: frozenset[str]
    """Meanings that would be wrong, beside those that contradict every one that fits."""


@dataclass(frozen=True)
class Sentence:
    """One sentence of the list."""

    language: str
    words: tuple[Word, ...]
    calls: tuple[Call, ...]

    @property
    def text(self) -> str:
        """As it is written."""
        return " ".join(word.text for word in self.words)

    @property
    def duration(self) -> float:
        """Seconds, with the silence around it."""
        return self.words[-1].end + _TAIL


def read_sentences(path: Path = SENTENCES) -> list[Sentence]:
    """Return the sentences of the list with their calls."""
    found: list[Sentence] = []
    language = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            language = line.split()[1]
        elif line.strip() and not line.startswith("#"):
            found.append(_sentence(line, language))
    return found


def _sentence(line: str, language: str) -> Sentence:
    calls: list[Call] = []
    for number, part in enumerate(line.split()):
        mark = _MARK.search(part)
        if mark is None:
            continue
        fits: set[str] = set()
        contrary: set[str] = set()
        for piece in mark[1].split(";"):
            (contrary if piece.startswith("!") else fits).update(piece.lstrip("!").split("/"))
        calls.append(Call(number, frozenset(fits), frozenset(contrary)))
    return Sentence(language, timed_words(_MARK.sub("", line)), tuple(calls))


def timed_words(text: str) -> tuple[Word, ...]:
    """Return the words of a text with the times of the stand-in."""
    words: list[Word] = []
    now = _LEAD
    for written in written_words(text):
        word = Word(written, now, now)
        end = now + min(_WORD + _LETTER * len(word.plain), _LONGEST)
        words.append(Word(written, now, end))
        now = end + (_STOP if word.ends_sentence else _COMMA if word.ends_clause else 0.0)
    return tuple(words)


def prosody_of(words: tuple[Word, ...], seed: int = 0) -> Prosody:
    """Return accents and phrases of the stand-in; pitch and loudness are level."""
    rng = np.random.default_rng(seed)
    duration = words[-1].end + _TAIL
    times = np.arange(int(duration / STEP) + 1) * STEP
    stressed = [word for word in words if len(word.plain) > 3]
    accents = np.array([word.start + 0.4 * (word.end - word.start) for word in stressed])
    strengths = rng.uniform(0.3, 0.95, len(stressed)).astype(np.float32)
    edges = [words[0].start]
    for before, after in pairwise(words):
        if after.start - before.end > 0.25:
            edges += [before.end, after.start]
    phrases = np.array([*edges, words[-1].end]).reshape(-1, 2)
    speaking = np.zeros(len(times), np.float32)
    for start, stop in phrases:
        speaking[(times >= start) & (times < stop)] = 1
    level = np.where(speaking > 0, -20.0, -70.0).astype(np.float32)
    zero = np.zeros(len(times), np.float32)
    return Prosody(times, zero + 120 * speaking, speaking > 0, level, zero, speaking, zero, accents, strengths, phrases)
