"""The pieces of a written direction: words, numbers, quotations and punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECE = re.compile(
    r"""(?P<clock>\d{1,2}:\d{2}(?:[.,]\d+)?)
      | (?P<number>(?:(?<![^\s(\[:=])[-−])?(?:\d+(?:[.,]\d+)?|\.\d+))
      | (?P<quote>"[^"]+"|“[^”“]+[”“]|„[^“”]+[“”]|(?<![^\s(\[])['‘][^'’]+['’](?![^\W\d_]))
      | (?P<word>[^\W\d_]+(?:['’\-][^\W\d_]+)*)
      | (?P<mark>[^\s])""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Piece:
    """One word, number, quotation or mark."""

    kind: str
    """``word``, ``number``, ``quote`` or ``mark``."""
    plain: str
    """In small letters with straight apostrophes; a quotation without its marks."""
    start: int
    """Where it begins in the text."""
    end: int
    number: float = 0.0
    clock: bool = False
    """Whether the number was written as minutes and seconds."""


def pieces_of(text: str, offset: int = 0) -> tuple[Piece, ...]:
    """Return the pieces of a text in order; ``offset`` is added to their places."""
    found: list[Piece] = []
    for match in _PIECE.finditer(text):
        kind, said = str(match.lastgroup), match[0].replace("’", "'")
        start, end = match.start() + offset, match.end() + offset
        if kind == "clock":
            minutes, seconds = said.split(":")
            found.append(Piece("number", said, start, end, 60 * int(minutes) + _number(seconds), clock=True))
        elif kind == "number":
            found.append(Piece("number", said, start, end, _number(said)))
        elif kind == "quote":
            found.append(Piece("quote", match[0][1:-1].strip().lower(), start, end))
        else:
            found.append(Piece(kind, said.lower(), start, end))
    return tuple(found)


def _number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", "."))
