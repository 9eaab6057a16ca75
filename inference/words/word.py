"""A word of a speech: what is said from when to when, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from ..errors import SoliloquyError

MOST_WORDS = 50_000
"""Words of one speech: four hours of quick talk."""
LONGEST_WORD = 64
"""Characters of a word with its punctuation."""
_LETTERS = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*['’]?", re.UNICODE)
_SENTENCE, _CLAUSE = set(".!?…"), set(",;:.!?…–—")


@dataclass(frozen=True)
class Word:
    """One word as it is written, with the punctuation that follows it."""

    text: str
    start: float
    """Seconds from the start of the speech."""
    end: float
    confidence: float = 1.0
    """0..1: how well the sound fits the word; 1 for times that a person gave."""

    @property
    def plain(self) -> str:
        """The word alone, in small letters, with straight apostrophes: ``don't``."""
        return plain(self.text)

    @property
    def ends_clause(self) -> bool:
        """Whether punctuation after it ends a clause."""
        return bool(_CLAUSE & set(self._after))

    @property
    def ends_sentence(self) -> bool:
        """Whether punctuation after it ends a sentence."""
        return bool(_SENTENCE & set(self._after))

    @property
    def asks(self) -> bool:
        """Whether a question mark follows."""
        return "?" in self._after

    @property
    def _after(self) -> str:
        found = list(_LETTERS.finditer(self.text))
        return self.text[found[-1].end() :] if found else self.text

    def to_row(self) -> tuple[float, float, str, float]:
        """Return start, end, text and confidence, as settings and files hold them."""
        return round(self.start, 4), round(self.end, 4), self.text, round(self.confidence, 3)


def plain(text: str) -> str:
    """Return the letters of a written word in small ones, with straight apostrophes; empty where there are none."""
    found = _LETTERS.search(text.replace("’", "'"))
    return found[0].lower() if found else ""


def written_words(text: str) -> list[str]:
    """Return a text's words in order, each with the punctuation that follows it; what holds no letter joins the word
    before.

    Raises
    ------
    SoliloquyError
        When there are more than :data:`MOST_WORDS`.
    """
    result: list[str] = []
    for part in text.split():
        if plain(part):
            result.append(part[:LONGEST_WORD])
        elif result:
            result[-1] = (result[-1] + part)[:LONGEST_WORD]
        if len(result) > MOST_WORDS:
            raise SoliloquyError(f"The transcript has more than {MOST_WORDS:,} words.", "Animate it in parts.")
    return result


def word_rows(value: Any) -> tuple[tuple[float, float, str, float], ...]:
    """Check rows of start, end, word and, where it is known, confidence; return them in order of time.

    Raises
    ------
    SoliloquyError
        When a row is something else.
    """
    wrong = "'words' must be rows of a start and an end in seconds, a word, and perhaps a confidence 0 to 1."
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise SoliloquyError(wrong)
    rows: list[tuple[float, float, str, float]] = []
    for row in cast("Iterable[Any]", value):
        if not isinstance(row, list | tuple):
            raise SoliloquyError(wrong)
        items = list(cast("Iterable[Any]", row))
        if len(items) not in (3, 4):
            raise SoliloquyError(wrong)
        start, end, text, *sure = items
        numbers = (start, end, *(sure or (1.0,)))
        if not isinstance(text, str) or any(
            isinstance(number, bool) or not isinstance(number, (int, float)) for number in numbers
        ):
            raise SoliloquyError(wrong)
        first, last, trust = (float(number) for number in numbers)
        if not (0 <= first <= last < 1e7 and 0 <= trust <= 1):
            raise SoliloquyError(f"The word '{text[:40]}' has no times in order, or a confidence beyond 0 to 1.")
        if not text.strip() or len(text) > LONGEST_WORD:
            raise SoliloquyError(f"A word must have 1 to {LONGEST_WORD} characters.")
        rows.append((first, last, text.strip(), trust))
        if len(rows) > MOST_WORDS:
            raise SoliloquyError(f"There are more than {MOST_WORDS:,} words.", "Animate the recording in parts.")
    return tuple(sorted(rows, key=lambda row: (row[0], row[1])))


def words_of(rows: Iterable[tuple[float, float, str, float]]) -> tuple[Word, ...]:
    """Return the words that checked rows hold."""
    return tuple(Word(text, start, end, sure) for start, end, text, sure in rows)
