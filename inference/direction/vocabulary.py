"""The words of directions, one JSON file per language (``languages/*.json``), and how patterns of them are matched.

A pattern is words with spaces between: ``a|b`` is either, ``wütend*`` a beginning, ``[the]`` may be missing, ``{n}`` is
a number, ``{d}`` seconds, ``{t}`` a moment, ``{m}`` a moment that is no bare number, ``{w}`` a word or a quotation,
``{q}`` a quotation. What the parts of a file mean is in ``docs/direction.md``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from ..emotion.names import EMOTIONS
from ..errors import BadFile, SoliloquyError
from ..plain_json import parse_object
from ..words.language import Token
from .acts import ACTS
from .moments import Moment
from .tokens import Piece

FOLDER = Path(__file__).parent / "languages"
_SPANS = ("between", "until", "from", "after", "for", "first", "last", "blend", "before")
_SIGNALS = (
    "starts",
    "ends",
    "changes",
    "then",
    "and",
    "but",
    "not",
    "more",
    "less",
    "growing",
    "slow",
    "sudden",
    "source",
    "target",
)
_MOST_SEEN = 2000
_TOLD_IN = "en"
"""Language of the titles of acts."""
_MOMENTS = ("start", "end", "middle", "before_end", "word", "share")


@dataclass(frozen=True, eq=False)
class Pattern:
    """Places of a pattern, each with whether it may be missing."""

    text: str
    places: tuple[tuple[Token | str, bool], ...]


@dataclass(frozen=True)
class Match:
    """A pattern that fits, and what its placeholders hold: numbers, seconds, moments and words, in order."""

    end: int
    held: tuple[Any, ...] = ()


Row = TypeVar("Row", bound=Pattern | tuple[Any, ...])


@dataclass(frozen=True)
class _First:
    """Which patterns of a table may begin with a word, so that none of the others is looked at."""

    whole: dict[str, list[int]]
    loose: list[int]
    """Those that may begin with something else than whole words."""
    seen: dict[tuple[str, str], list[Any]] = field(default_factory=dict[tuple[str, str], "list[Any]"])
    """What was found for a piece before."""

    @classmethod
    def of(cls, rows: tuple[Any, ...]) -> _First:
        whole: dict[str, list[int]] = {}
        loose: list[int] = []
        for place, row in enumerate(rows):
            for token, optional in _pattern_of(row).places:
                if isinstance(token, Token):
                    for word in token.words:
                        whole.setdefault(word, []).append(place)
                if not isinstance(token, Token) or token.starts or token.ends:
                    loose.append(place)
                if not optional:
                    break
        return cls(whole, loose)


def _pattern_of(row: Any) -> Pattern:
    return row if isinstance(row, Pattern) else row[0]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """One language."""

    code: str
    title: str
    numbers: dict[str, float]
    durations: tuple[tuple[Pattern, float], ...]
    """Pattern and seconds; with ``{n}`` that many times as long."""
    moments: dict[str, tuple[Pattern, ...]]
    spans: dict[str, tuple[Pattern, ...]]
    parts: tuple[tuple[Pattern, tuple[float, float]], ...]
    """Pattern and the shares of the speech between which it lies."""
    signals: dict[str, tuple[Pattern, ...]]
    degrees: tuple[tuple[Pattern, float], ...]
    times: tuple[tuple[Pattern, int], ...]
    """Pattern and how often something is done; 0: the number that it holds."""
    fillers: frozenset[str]
    lips: frozenset[str]
    """Words of the mouth, which no direction moves."""
    channels: tuple[tuple[Pattern, str], ...]
    states: tuple[tuple[Pattern, dict[str, Any]], ...]
    counting: tuple[Pattern, ...] = ()
    """Those of the states that hold a number, which is no time."""
    known: frozenset[str] = field(default_factory=frozenset[str])
    """Whole words of the states and the emotions' names, for suggestions."""
    _first: dict[int, _First] = field(default_factory=dict[int, "_First"])

    def beginning(self, rows: tuple[Row, ...], piece: Piece) -> list[Row]:
        """Return those patterns, or rows that begin with one, of a table of this language that a piece may begin."""
        if id(rows) not in self._first:
            self._first[id(rows)] = _First.of(rows)
        first, said = self._first[id(rows)], (piece.kind, piece.plain)
        found = first.seen.get(said)
        if found is None:
            whole = first.whole.get(piece.plain, ()) if piece.kind in ("word", "mark") else ()
            loose = [place for place in first.loose if _may_begin(_pattern_of(rows[place]), piece)]
            found = [rows[place] for place in sorted({*whole, *loose})]
            if len(first.seen) >= _MOST_SEEN:
                first.seen.clear()
            first.seen[said] = found
        return found

    def match(self, pattern: Pattern, pieces: tuple[Piece, ...], at: int) -> Match | None:
        """Return how a pattern fits at a place, the longest way; None where it does not."""
        if at >= len(pieces) or not _may_begin(pattern, pieces[at]):
            return None
        return max(self._ways(pattern, 0, pieces, at), key=lambda match: match.end, default=None)

    def _ways(self, pattern: Pattern, place: int, pieces: tuple[Piece, ...], at: int) -> Iterator[Match]:
        if place == len(pattern.places):
            yield Match(at)
            return
        token, optional = pattern.places[place]
        for one in self._one(token, pieces, at):
            for rest in self._ways(pattern, place + 1, pieces, one.end):
                yield Match(rest.end, (*one.held, *rest.held))
        if optional:
            yield from self._ways(pattern, place + 1, pieces, at)

    def _one(self, token: Token | str, pieces: tuple[Piece, ...], at: int) -> Iterator[Match]:
        if at >= len(pieces):
            return
        piece = pieces[at]
        if isinstance(token, Token):
            if piece.kind in ("word", "mark") and token.fits(piece.plain):
                yield Match(at + 1)
        elif token == "n":
            if piece.kind == "number" and not piece.clock:
                yield Match(at + 1, (piece.number,))
            elif piece.plain in self.numbers:
                yield Match(at + 1, (self.numbers[piece.plain],))
        elif token in ("w", "q"):
            if piece.kind == "quote" or (token == "w" and piece.kind == "word"):
                yield Match(at + 1, (piece.plain,))
        elif token == "d":
            yield from self._durations(pieces, at)
        else:
            yield from self._moments(pieces, at, bare=token == "t")

    def _durations(self, pieces: tuple[Piece, ...], at: int) -> Iterator[Match]:
        if pieces[at].clock:
            yield Match(at + 1, (pieces[at].number,))
        for pattern, seconds in self.beginning(self.durations, pieces[at]):
            for match in self._ways(pattern, 0, pieces, at):
                yield Match(match.end, (seconds * (match.held[0] if match.held else 1.0),))

    def _moments(self, pieces: tuple[Piece, ...], at: int, *, bare: bool) -> Iterator[Match]:
        for match in self._durations(pieces, at):
            yield Match(match.end, (Moment("seconds", match.held[0]),))
        # A share alone is how strong something is, as in "angry 40 %".
        kinds = [kind for kind in _MOMENTS if bare or kind != "share"]
        for kind, pattern in [
            (name, pattern) for name in kinds for pattern in self.beginning(self.moments[name], pieces[at])
        ]:
            for match in self._ways(pattern, 0, pieces, at):
                yield Match(match.end, (_moment(kind, match.held),))
        if bare and pieces[at].kind == "number":
            yield Match(at + 1, (Moment("seconds", pieces[at].number),))


def _may_begin(pattern: Pattern, piece: Piece) -> bool:
    """Tell at a glance whether a pattern may begin with a piece; most do not."""
    for token, optional in pattern.places:
        if not isinstance(token, Token) or (piece.kind in ("word", "mark") and token.fits(piece.plain)):
            return True
        if not optional:
            return False
    return True


def _moment(kind: str, held: tuple[Any, ...]) -> Moment:
    if kind == "middle":
        return Moment("share", 0.5)
    if kind == "share":
        return Moment("share", min(max(held[0] / 100, 0.0), 1.0))
    if kind == "before_end":
        return Moment("before_end", held[0])
    return Moment("word", word=held[0]) if kind == "word" else Moment(kind)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that directions can be written in, in order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@lru_cache(maxsize=8)
def load_vocabulary(code: str) -> Vocabulary:
    """Return the words of a language.

    Raises
    ------
    BadFile
        When the file is missing or damaged.
    """
    try:
        return _vocabulary(code, parse_object((FOLDER / f"{code}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, SoliloquyError) as error:
        raise BadFile(f"The words of directions in '{code}' cannot be read.", "Install Soliloquy again.") from error


def _vocabulary(code: str, data: dict[str, Any]) -> Vocabulary:
    def patterns(said: Any) -> tuple[Pattern, ...]:
        return tuple(_pattern(text) for text in cast("list[str]", said))

    def named(table: Any, names: tuple[str, ...]) -> dict[str, tuple[Pattern, ...]]:
        return {name: patterns(table[name]) for name in names}

    def valued(table: dict[str, Any]) -> tuple[tuple[Pattern, Any], ...]:
        return tuple((_pattern(text), value) for text, value in table.items())

    states = tuple(
        (_pattern(text), {name: value for name, value in state.items() if name != "say"})
        for state in data["states"]
        for text in state["say"]
    )
    if code == _TOLD_IN:
        # What a reader is told of an act can be written, too.
        states += tuple((_pattern(act.title), {"act": name}) for name, act in ACTS.items())
    tokens = itertools.chain.from_iterable(pattern.places for pattern, _ in states)
    known = {word for token, _ in tokens if isinstance(token, Token) for word in (*token.words, *token.starts)}
    return Vocabulary(
        code, str(data["title"]), dict(data["numbers"]), valued(data["durations"]),
        named(data["moments"], _MOMENTS), named(data["spans"], _SPANS), valued(data["parts"]),
        named(data["signals"], _SIGNALS), valued(data["degrees"]), valued(data["times"]),
        frozenset(data["fillers"].split()), frozenset(data["lips"].split()),
        tuple((pattern, name) for name, said in data["channels"].items() for pattern in patterns(said)),
        states, tuple(pattern for pattern, _ in states if "{n}" in pattern.text),
        frozenset(word for word in {*known, *EMOTIONS} if len(word) > 2),
    )  # fmt: skip


def _pattern(text: str) -> Pattern:
    places: list[tuple[Token | str, bool]] = []
    for part in text.split():
        optional = part.startswith("[") and part.endswith("]")
        said = part[1:-1] if optional else part
        placeholder = said.startswith("{")
        if placeholder and said not in ("{n}", "{d}", "{t}", "{m}", "{w}", "{q}"):
            raise BadFile(f"The pattern '{text}' holds an unknown placeholder.")
        places.append((said[1:-1] if placeholder else Token(said), optional))
    return Pattern(text, tuple(places))


@lru_cache(maxsize=4096)
def nearest(word: str, known: frozenset[str]) -> str:
    """Return the known word from which a word differs by the fewest letters; empty where it differs by too many.

    Letters left out, put in, exchanged, or changed places with the next one count one each.
    """
    if word in known:
        return ""
    most = 1 if len(word) < 5 else 2
    ranked = sorted((_distance(word, other, most), other) for other in known if abs(len(word) - len(other)) <= most)
    return ranked[0][1] if ranked and ranked[0][0] <= most and len(word) > 2 else ""


def _distance(one: str, other: str, most: int) -> int:
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i, *[0] * len(other)]
        for j, against in enumerate(other, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                row[j] = min(row[j], earlier[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
