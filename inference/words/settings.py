"""What a person can say about the words of a speech: plain values that travel with the other settings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from ..setting import Choice, Settings, setting
from .language import FOLDER
from .word import word_rows

WordRows = tuple[tuple[float, float, str, float], ...]
AUTOMATIC = "auto"


def _languages() -> tuple[Choice, ...]:
    # Of the names alone: packs are read only when words are.
    codes = sorted(path.stem for path in FOLDER.glob("*.json"))
    titles = {"en": "English", "de": "Deutsch"}
    found = [Choice(code, titles.get(code, code), "Rules of this language pack") for code in codes]
    return (Choice(AUTOMATIC, "Automatic", "The language whose common words occur most"), *found)


@dataclass(frozen=True)
class WordSettings(Settings):
    """What is said: a text to be laid over the recording, or words whose times are known."""

    about: ClassVar[str] = "setting of the words"
    heading: ClassVar[str] = "words"

    transcript: str = setting(
        "", "Text", "What is said, word for word: gestures then follow its meaning; empty: they follow the voice alone",
        option="text",
    )  # fmt: skip
    language: str = setting(AUTOMATIC, "Language", "Language of the text", names=_languages())
    recognise: bool = setting(
        False, "Recognise",
        "Recognise the words (English) where no text is given; needs moonshine-voice in the worker's Python",
    )  # fmt: skip
    timed: WordRows = setting(
        (), "Words", "Words with their times in place of a text: rows of start and end in s, word, confidence 0 to 1",
        check=word_rows,
    )  # fmt: skip

    def later(self, seconds: float) -> WordSettings:
        """Return the same words with their times so many seconds later."""
        if not seconds or not self.timed:
            return self
        return replace(self, timed=tuple((row[0] + seconds, row[1] + seconds, *row[2:]) for row in self.timed))
