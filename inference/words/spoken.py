"""The words of a recording and what they call for: from a transcript or corrected times to meanings on accents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..label_track import LabelTrack
from ..prosody import Prosody
from .language import Language, guess_language, load_language
from .meaning import Meaning, read_meanings, stressed
from .settings import WordSettings
from .word import Word, words_of, written_words

NOTHING_HEARD = "No words were recognised in the recording; gestures follow the voice alone."


@dataclass(frozen=True)
class SpokenWords:
    """What is said in a recording."""

    words: tuple[Word, ...]
    meanings: tuple[Meaning, ...]
    """At the voice's accents."""
    language: str
    """Code of the language pack."""
    warnings: tuple[str, ...] = ()

    def track(self) -> LabelTrack:
        """Return the words as a track of a performance; where two overlap, the earlier one gives way."""
        starts = [word.start for word in self.words]
        ends = [min(word.end, after) for word, after in zip(self.words, [*starts[1:], np.inf], strict=True)]
        return LabelTrack(tuple(word.text for word in self.words), np.array(list(zip(starts, ends, strict=True))))

    def to_json(self) -> dict[str, Any]:
        """Return what a performance notes: the language, and rows of start, end, word and confidence."""
        return {"language": self.language, "rows": [list(word.to_row()) for word in self.words]}


def spoken_words(
    settings: WordSettings,
    samples: npt.NDArray[np.float32],
    prosody: Prosody,
    cancelled: Callable[[], bool] | None = None,
) -> SpokenWords | None:
    """Return the words of a recording; None where they are neither given nor to be recognised.

    Parameters
    ----------
    samples : (n,) array
        The recording, mono at 16 kHz.

    Raises
    ------
    SoliloquyError
        When the transcript cannot be laid over the recording, or the recogniser is not installed.
    Cancelled
        When ``cancelled`` returned True.
    """
    warnings: tuple[str, ...] = ()
    duration = len(samples) / 16_000
    if settings.timed:
        words = tuple(word for word in words_of(settings.timed) if word.start < duration)
        language = _language(settings, [word.text for word in words])
    elif settings.transcript.strip():
        from .align import align

        texts = written_words(settings.transcript)
        language = _language(settings, texts)
        words, warnings = align(samples, texts, language, cancelled)
    elif settings.recognise:
        from .align import align
        from .recognise import recognised

        language, texts = load_language("en"), written_words(recognised(samples, prosody, cancelled))
        words, warnings = align(samples, texts, language, cancelled) if texts else ((), (NOTHING_HEARD,))
    else:
        return None
    accents = list(zip(prosody.accent_times.tolist(), prosody.accent_strengths.tolist(), strict=True))
    return SpokenWords(words, stressed(read_meanings(words, language), accents), language.code, warnings)


def noted_words(meta: Mapping[str, Any], performed: WordSettings, asked: WordSettings) -> WordSettings:
    """Return the words of a performance that a part is made anew of: as asked for, else as they were when it was made.

    Parameters
    ----------
    meta : mapping
        Of the performance, see :meth:`SpokenWords.to_json`; checked when it was read.
    performed, asked : WordSettings
        What it was made with, and what is asked for now.
    """
    noted = meta.get("words")
    if asked != performed or not noted:
        return asked
    return WordSettings(asked.transcript, noted["language"], timed=tuple(tuple(row) for row in noted["rows"]))


def _language(settings: WordSettings, texts: list[str]) -> Language:
    code = guess_language(texts) if settings.language == "auto" else settings.language
    return load_language(code)
