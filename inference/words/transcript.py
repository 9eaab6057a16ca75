"""Reads transcripts: plain text, subtitles (SRT, WebVTT), Praat's TextGrid, tables of words (CSV), our own JSON."""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import BadFile, SoliloquyError
from ..motion_files.text import delimiter_of, read_text
from ..plain_json import parse_object
from ..user_folders import given_path
from .settings import AUTOMATIC, WordSettings
from .word import LONGEST_WORD, MOST_WORDS, Word, plain, word_rows, words_of

MOST_BYTES = 16 << 20
"""Bytes of a transcript."""
_SILENCES = frozenset({"", "sil", "sp", "spn", "<eps>", "<sil>", "<p>", "#"})
"""How tables and grids write that nobody speaks."""
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_CUE = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")
_TAG = re.compile(r"<[^>]{0,200}>|\{\\[^}]{0,200}\}|^\s*\[[^\]]{0,200}\]|^\s*-\s+", re.MULTILINE)
_INTERVAL = re.compile(r'xmin\s*=\s*([-\d.eE+]+)\s*xmax\s*=\s*([-\d.eE+]+)\s*text\s*=\s*"((?:[^"]|"")*)"', re.MULTILINE)


@dataclass(frozen=True)
class Transcript:
    """What a file says is spoken; its seconds are those of the recording's file."""

    cues: tuple[tuple[float, float, str], ...] = ()
    """Start, end and text of subtitles; one cue without end for plain text."""
    words: tuple[Word, ...] = ()
    """Words whose times the file knows."""

    def settings(self, start: float = 0.0, stop: float | None = None, language: str = AUTOMATIC) -> WordSettings:
        """Return what is said between two seconds of the recording, as settings of words.

        Words that are timed keep their times; subtitles are texts, laid over the recording anew, for their times are
        those of reading.
        """
        last = math.inf if stop is None else stop
        if self.words:
            rows = [
                (max(word.start - start, 0.0), word.end - start, word.text, word.confidence)
                for word in self.words if word.end > start and word.start < last
            ]  # fmt: skip
            return WordSettings(language=language, timed=tuple(rows))
        text = " ".join(text for first, end, text in self.cues if end > start and first < last)
        return WordSettings(text, language)


def read_transcript(path: str | os.PathLike[str]) -> Transcript:
    """Read a transcript: ``.srt``, ``.vtt``, ``.TextGrid``, ``.csv``, ``.tsv`` or ``.json``; all else is plain text.

    Raises
    ------
    BadFile
        When it cannot be read, or is not of its kind.
    """
    source = given_path(path)
    text = read_text(source, most_bytes=MOST_BYTES)
    try:
        found = _READERS.get(source.suffix.lower(), _plain)(text)
    except BadFile:
        raise
    except (SoliloquyError, ValueError, LookupError, TypeError, OverflowError) as error:
        raise BadFile(f"'{source.name}' is no transcript of its kind.", "Save it as plain text (.txt).") from error
    if not found.words and not any(plain(text) for *_, text in found.cues):
        raise BadFile(f"'{source.name}' holds no words.", "Choose another transcript.")
    return found


def _plain(text: str) -> Transcript:
    return Transcript(((0.0, math.inf, text),))


def _subtitles(text: str) -> Transcript:
    cues: list[tuple[float, float, str]] = []
    lines: list[str] = []
    times: tuple[float, float] | None = None

    def close() -> None:
        said = " ".join(_TAG.sub(" ", "\n".join(lines)).split())
        if times is not None and said:
            cues.append((*times, said))

    for line in [*text.split("\n"), ""]:
        match = _CUE.match(line)
        if match is not None:
            close()
            times, lines = (_seconds(*match.groups()[:4]), _seconds(*match.groups()[4:])), []
        elif not line.strip():
            close()
            times, lines = None, []
        elif times is not None:
            lines.append(line)
    return Transcript(tuple(sorted(cues)))


def _seconds(hours: str | None, minutes: str, seconds: str, parts: str) -> float:
    return 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds) + int(parts.ljust(3, "0")) / 1000


def _grid(text: str) -> Transcript:
    """Return the words of a TextGrid: of the tier that is named after words, else of the first one."""
    tiers = re.split(r"item\s*\[\d+\]\s*:", text)[1:]
    named = [tier for tier in tiers if re.search(r'name\s*=\s*"[^"]*word[^"]*"', tier, re.IGNORECASE)]
    rows = [
        (float(start), float(end), said.replace('""', '"').strip())
        for start, end, said in _INTERVAL.findall((named or tiers)[0])
    ]
    return Transcript(words=_timed(rows))


def _table(text: str) -> Transcript:
    """Return the words of a table with a start and an end in seconds and a word in every row."""
    rows: list[tuple[float, float, str]] = []
    columns = (0, 1, 2)
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter_of(text))):
        names = [cell.strip().lower() for cell in row]
        if number == 0 and "start" in names and "word" in names:
            columns = (names.index("start"), names.index("end"), names.index("word"))
        elif row:
            start, end, word = (row[column].strip() for column in columns)
            rows.append((float(start), float(end), word))
    return Transcript(words=_timed(rows))


def _timed(rows: list[tuple[float, float, str]]) -> tuple[Word, ...]:
    spoken = [row for row in rows if row[2].lower() not in _SILENCES and plain(row[2])]
    if len(spoken) > MOST_WORDS:
        raise SoliloquyError(f"There are more than {MOST_WORDS:,} words.")
    return words_of(word_rows([(max(start, 0.0), end, said[:LONGEST_WORD]) for start, end, said in spoken]))


def _noted(text: str) -> Transcript:
    """Return the words that an order wrote, see ``orders.align``."""
    return Transcript(words=words_of(word_rows(parse_object(text)["rows"])))


_READERS: dict[str, Callable[[str], Transcript]] = {
    ".srt": _subtitles, ".vtt": _subtitles, ".textgrid": _grid, ".csv": _table, ".tsv": _table, ".json": _noted
}  # fmt: skip
