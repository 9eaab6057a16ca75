"""From the pieces of a direction to its clauses: when, what, and how one clause is joined to the one before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from .cue import Missed, State
from .meanings import scaled, state_of
from .moments import Moment
from .tokens import Piece, pieces_of
from .vocabulary import Match, Pattern, Vocabulary, nearest

_STRENGTH = ("then", "but", "and", "stop", "comma", "first")
"""How clauses are joined; of several signs the first of these counts."""
_ARROWS = "-–—>→"
_WITHIN = "%:="
"""Marks that do not end a clause."""
_PERCENT = ("%", "percent", "prozent")
_BRIEF = 1.5
"""Seconds of what lasts "briefly"."""
_SLOW = 3.0
_SUDDEN = 0.1


@dataclass
class Clause:
    """One clause while it is read."""

    lead: str
    """One of :data:`_STRENGTH`."""
    start: Moment | None = None
    stop: Moment | None = None
    length: float | None = None
    blend: float | None = None
    growing: bool = False
    before: bool = False
    changes: bool = False
    """Whether a verb says that somebody becomes something."""
    late: bool = False
    """Whether the time comes after what holds then."""
    states: list[State] = field(default_factory=list[State])
    missed: list[Missed] = field(default_factory=list[Missed])
    repeated: tuple[str, Any] | None = None
    """The last saying with a number, which a number alone says anew."""

    @property
    def timed(self) -> bool:
        """Whether it says when it begins."""
        return self.start is not None or self.before

    @property
    def spanned(self) -> bool:
        """Whether it says anything about time."""
        return self.timed or self.stop is not None or self.length is not None or self.blend is not None

    @property
    def channels(self) -> set[str]:
        """What it is about: ``emotion`` and names of ``DIRECTED``."""
        found = {name for state in self.states for name in (*state.values, *state.choices)}
        return found | ({"emotion"} if any(state.emotions for state in self.states) else set())


def clauses_of(pieces: tuple[Piece, ...], text: str, words: Vocabulary) -> list[Clause]:
    """Return the clauses of a direction in order; ``text`` is what the pieces were taken from."""
    found: list[Clause] = []
    clause, loose, at = Clause("first"), list[Piece](), 0
    joined: list[str] = []

    def finish() -> None:
        nonlocal clause, loose
        _read(clause, tuple(loose), text, words, found[-1].repeated if found else None)
        if clause.states or clause.spanned or clause.missed or clause.changes or clause.growing:
            found.append(clause)
            joined.clear()
        clause, loose = Clause("first"), []

    while at < len(pieces):
        sign, end = _sign(pieces, at, words)
        if loose and sign == "and" and end < len(pieces) and pieces[end].plain == loose[-1].plain:
            # "Louder and louder".
            clause.growing, at = True, end + 1
            continue
        target = _longest(words.signals["target"], pieces, at, words)
        if target is not None and not sign and _has_source(loose, words):
            # "From happy to sad".
            sign, end = "then", target.end
        counting = _longest(words.counting, pieces, at, words)
        if counting is not None:
            # "Counts to 3": no time.
            loose += pieces[at : counting.end]
            at = counting.end
            continue
        span = _span(pieces, at, words)
        growing = _longest(words.signals["growing"], pieces, at, words)
        if span is not None and span[1].end >= max(end, at + 1):
            clause.late = clause.late or (bool(loose) and not clause.spanned)
            _apply(clause, *span)
            at = span[1].end
        elif growing is not None and growing.end > end:
            clause.growing, at = True, growing.end
        elif sign:
            finish()
            joined.append(sign)
            clause.lead = min(joined, key=_STRENGTH.index) if found else "first"
            at = end
        else:
            loose.append(pieces[at])
            at += 1
    finish()
    return found


def _has_source(loose: list[Piece], words: Vocabulary) -> bool:
    """Tell whether a clause says what something comes from; the word that says so is taken out."""
    for number in range(len(loose)):
        if _longest(words.signals["source"], tuple(loose), number, words) is not None:
            del loose[number]
            return len(loose) > number
    return False


def _sign(pieces: tuple[Piece, ...], at: int, words: Vocabulary) -> tuple[str, int]:
    """Return how what follows is joined, and the place after the sign; empty where there is none."""
    piece = pieces[at]
    for name in ("then", "but", "and"):
        match = _longest(words.signals[name], pieces, at, words)
        if match is not None:
            return name, match.end
    if piece.kind == "mark" and piece.plain not in _WITHIN:
        return ("then" if piece.plain in _ARROWS else "comma" if piece.plain in ",/" else "stop"), at + 1
    return "", at


def _span(pieces: tuple[Piece, ...], at: int, words: Vocabulary) -> tuple[str, Match] | None:
    """Return the longest saying of time that begins here, by its kind; a part of the speech as its two shares."""
    best: tuple[str, Match] | None = None
    for kind, patterns in words.spans.items():
        match = _longest(patterns, pieces, at, words)
        if match is not None and (best is None or match.end > best[1].end):
            best = kind, match
    for pattern, shares in words.beginning(words.parts, pieces[at]):
        match = words.match(pattern, pieces, at)
        if match is not None and (best is None or match.end > best[1].end):
            best = "part", Match(match.end, tuple(shares))
    return best


def _longest(patterns: tuple[Pattern, ...], pieces: tuple[Piece, ...], at: int, words: Vocabulary) -> Match | None:
    if at >= len(pieces):
        return None
    may = words.beginning(patterns, pieces[at])
    if not may:
        return None
    found = [match for pattern in may if (match := words.match(pattern, pieces, at)) is not None]
    return max(found, key=lambda match: match.end, default=None)


def _apply(clause: Clause, kind: str, match: Match) -> None:
    """Put a saying of time into a clause."""
    held = match.held
    if kind == "between":
        first, last = (
            item if isinstance(item, Moment) else Moment("word", word=item) if isinstance(item, str) else
            Moment("seconds", item)
            for item in held[:2]
        )  # fmt: skip
        clause.start, clause.stop = first, last
    elif kind == "until":
        clause.stop = held[0]
    elif kind in ("from", "after"):
        clause.start = _begun(held[0], after=kind == "after")
    elif kind == "for":
        clause.length = held[0] if held else _BRIEF
    elif kind == "first":
        clause.start, clause.stop = Moment("start"), Moment("seconds", held[0])
    elif kind == "last":
        clause.start = Moment("before_end", held[0] if held else 1.0)
    elif kind == "part":
        clause.start, clause.stop = Moment("share", held[0]), Moment("share", held[1]) if held[1] < 1 else None
    elif kind == "blend":
        clause.blend = held[0]
    else:
        clause.before = True


def _begun(moment: Moment, *, after: bool) -> Moment:
    if moment.kind == "end":
        return Moment("closing")
    return replace(moment, kind="word_end") if after and moment.kind == "word" else moment


def _read(
    clause: Clause, loose: tuple[Piece, ...], text: str, words: Vocabulary, repeated: tuple[str, Any] | None
) -> None:
    """Read what is left of a clause when sayings of time are taken out: states, how strong, and what is unknown."""
    degree, negated, way, unknown, at = 1.0, False, "", list[Piece](), 0
    share: float | None = None
    times = 0
    while at < len(loose):
        kind, value, end = _item(loose, at, words)
        if kind == "number" and at + 1 < len(loose) and loose[at + 1].plain in _PERCENT and share is None:
            # "80 % happy".
            share, at = value / 100, at + 2
            continue
        if kind == "number" and repeated is not None and not clause.states:
            # "Energy 0.5 until 6 s, then 1.5".
            (kind, value), end = repeated, at
        often = _often(loose, end, words) if kind == "state" else None
        number = _number_after(loose, end) if kind in ("state", "channel") and often is None else None
        if number is None and share is not None and kind == "state":
            number = share, end
        clause.repeated = (kind, value) if number else clause.repeated
        if often is not None:
            value, end = _several(value, often[0]), often[1]
        elif kind == "state" and times:
            value, times = _several(value, times), 0
        if kind in ("state", "channel"):
            state = state_of(kind, value, degree, negated, way, number[0] if number else None)
            if isinstance(state, Missed):
                clause.missed.append(replace(state, text=text[loose[at].start : loose[max(at, end - 1)].end]))
            else:
                clause.states.append(state)
            degree, negated, way, share = 1.0, False, "", None
            end = number[1] if number else end
        elif kind == "degree":
            degree *= value
        elif kind == "times":
            times = value
        elif kind == "not":
            negated = True
        elif kind in ("more", "less"):
            way = kind
        elif kind == "starts":
            clause.start = clause.start or Moment("start")
        elif kind == "ends":
            clause.start = clause.start or Moment("closing")
        elif kind == "changes":
            clause.changes = True
        elif kind == "slow":
            clause.blend = _SLOW
        elif kind == "sudden":
            clause.blend = _SUDDEN
        if kind in ("unknown", "number"):
            unknown.append(loose[at])
        elif unknown and kind != "filler":
            clause.missed.append(_missed(unknown, text, words))
            unknown = []
        at = end
    if unknown:
        clause.missed.append(_missed(unknown, text, words))
    if degree != 1.0 and clause.states:
        # "nods a lot", "sad, very": said afterwards.
        clause.states[-1] = scaled(clause.states[-1], degree)


def _item(loose: tuple[Piece, ...], at: int, words: Vocabulary) -> tuple[str, Any, int]:
    """Return the longest thing that begins here: its kind, value, and the place after it."""
    best: tuple[str, Any, int] = ("", None, at)

    def offer(kind: str, value: Any, pattern: Pattern) -> None:
        nonlocal best
        match = words.match(pattern, loose, at)
        # "Eye contact" alone is a state, with a number it is a channel.
        if match is not None and match.end + (kind == "state" and best[0] == "channel") > best[2]:
            counted = match.held and kind in ("state", "times")
            if counted:
                value = _several(value, int(match.held[0])) if kind == "state" else int(match.held[0])
            best = kind, value, match.end

    for pattern, name in words.beginning(words.channels, loose[at]):
        offer("channel", name, pattern)
    if best[0] and _number_after(loose, best[2]):
        return best
    for pattern, state in words.beginning(words.states, loose[at]):
        offer("state", state, pattern)
    for pattern, factor in words.beginning(words.degrees, loose[at]):
        offer("degree", factor, pattern)
    for pattern, count in words.beginning(words.times, loose[at]):
        offer("times", count, pattern)
    for kind in ("starts", "ends", "changes", "not", "more", "less", "slow", "sudden"):
        for pattern in words.beginning(words.signals[kind], loose[at]):
            offer(kind, None, pattern)
    if best[0]:
        return best
    piece = loose[at]
    if piece.kind == "number":
        return "number", piece.number, at + 1
    filler = piece.kind == "word" and piece.plain in words.fillers
    return ("filler" if filler or piece.kind == "mark" else "unknown"), None, at + 1


def _several(value: dict[str, Any], times: int) -> Any:
    """Return a state that is done so many times."""
    return {**value, "times": times}


def _often(loose: tuple[Piece, ...], at: int, words: Vocabulary) -> tuple[int, int] | None:
    """Return how often something before a place is done, where that is said there, and the place after it."""
    if at >= len(loose):
        return None
    kind, value, end = _item(loose, at, words)
    return (value, end) if kind == "times" else None


def _number_after(loose: tuple[Piece, ...], at: int) -> tuple[float, int] | None:
    """Return a number that says how strong what comes before it is, and the place after it."""
    if at < len(loose) and loose[at].kind == "mark" and loose[at].plain in ":=":
        at += 1
    if at >= len(loose) or loose[at].kind != "number" or loose[at].clock:
        return None
    if at + 1 < len(loose) and loose[at + 1].plain in _PERCENT:
        return loose[at].number / 100, at + 2
    return loose[at].number, at + 1


def _missed(pieces: list[Piece], text: str, words: Vocabulary) -> Missed:
    """Return unknown pieces that stand side by side."""
    lips = any(piece.plain in words.lips for piece in pieces)
    hint = "The lips follow the speech; Lip Craft changes them." if lips else ""
    return Missed(text[pieces[0].start : pieces[-1].end], hint)


def suggested(missed: Missed, words: Vocabulary) -> Missed:
    """Return what was not understood with the word that was perhaps meant, unless something else is said of it."""
    if missed.hint:
        return missed
    said = [piece.plain for piece in pieces_of(missed.text) if piece.kind == "word"]
    near = next((found for word in said if (found := nearest(word, words.known))), "")
    return replace(missed, hint=f"Did you mean '{near}'?") if near else missed
