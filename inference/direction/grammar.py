"""Reads a line of direction: "starts calm, gets angry at 4.5 s, ends sad and quiet", or notes between spoken words.

Pure and deterministic: the same text gives the same direction. What the grammar is, and what the words mean, is in
``docs/direction.md``; the words are data (:mod:`.vocabulary`). Nothing here knows the lips.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ..errors import SoliloquyError
from ..words.word import Word, plain
from .clauses import Clause, clauses_of, suggested
from .cue import Cue, Direction, Missed
from .moments import Moment, spoken_moments
from .tokens import pieces_of
from .vocabulary import Vocabulary, languages, load_vocabulary

MOST_LETTERS = 4000
"""Letters of a direction."""
_NOTE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")


def read_direction(text: str, words: Sequence[Word] | None = None) -> Direction:
    """Return what a text directs, in the language of which it holds most.

    Parameters
    ----------
    text : str
        A line, or spoken words with notes in brackets between them.
    words : sequence of Word, optional
        What is said in the recording, by which notes between spoken words are placed.

    Raises
    ------
    SoliloquyError
        When the text is longer than :data:`MOST_LETTERS`.
    """
    if len(text) > MOST_LETTERS:
        raise SoliloquyError(f"The direction has {len(text)} letters.", f"Use {MOST_LETTERS} at most.")
    return _read(text, None if words is None else tuple(words))


def read_notes(notes: Sequence[tuple[float, str]]) -> Direction:
    """Return what notes at seconds of the speech direct, such as markers; each holds from its second on."""
    cues, missed = list[Cue](), list[Missed]()
    for seconds, text in notes:
        moment = Moment("seconds", seconds)
        read = [(*_note(text, moment, load_vocabulary(code)), code) for code in _codes()]
        found, unknown, code = min(read, key=lambda one: sum(len(item.text) for item in one[1]))
        cues += found
        missed += [suggested(item, load_vocabulary(code)) for item in unknown]
    return Direction(tuple(cues), tuple(missed))


def _note(text: str, moment: Moment, vocabulary: Vocabulary) -> tuple[list[Cue], list[Missed]]:
    return _line(clauses_of(pieces_of(text), text, vocabulary), moment)


def _codes() -> list[str]:
    """Return the languages, English first: where two understand as much, the first is meant."""
    return sorted(languages(), key=lambda code: (code != "en", code))


@lru_cache(maxsize=64)
def _read(text: str, words: tuple[Word, ...] | None) -> Direction:
    found = [_read_in(text, words, load_vocabulary(code)) for code in _codes()]
    best = min(found, key=lambda direction: sum(len(missed.text) for missed in direction.missed))
    words_of_it = load_vocabulary(best.language)
    return replace(best, missed=tuple(suggested(missed, words_of_it) for missed in best.missed))


def _read_in(text: str, words: tuple[Word, ...] | None, vocabulary: Vocabulary) -> Direction:
    notes = list(_NOTE.finditer(text))
    if not notes:
        cues, missed = _line(clauses_of(pieces_of(text), text, vocabulary))
        return Direction(tuple(cues), tuple(missed), vocabulary.code)
    said = _NOTE.sub(" ", text)
    before = [_NOTE.sub(" ", text[: note.start()]) for note in notes]
    places = [
        (sum(bool(plain(part)) for part in part_text.split()), sum(not letter.isspace() for letter in part_text))
        for part_text in before
    ]
    cues, missed = list[Cue](), list[Missed]()
    for note, moment in zip(notes, spoken_moments(places, said, words), strict=True):
        group = 1 if note[1] is not None else 2
        inside = pieces_of(note[group], note.start(group))
        found, unknown = _line(clauses_of(inside, text, vocabulary), moment)
        cues += found
        missed += unknown
    return Direction(tuple(cues), tuple(missed), vocabulary.code)


def _line(clauses: list[Clause], moment: Moment | None = None) -> tuple[list[Cue], list[Missed]]:
    """Return the cues of one line, and what was not understood.

    Parameters
    ----------
    moment : Moment
        Where the line stands, for a note between spoken words; None: at the start.
    """
    missed = [item for clause in clauses for item in clause.missed]
    clauses = _whole(clauses)
    if moment is None:
        in_order = any(clause.spanned or clause.changes or clause.lead == "then" for clause in clauses)
    else:
        in_order = any(clause.lead == "then" for clause in clauses)
    joined: list[list[Clause]] = []
    for number, clause in enumerate(clauses):
        timed = bool(joined) and any(other.spanned for other in joined[-1])
        later = timed and clause.lead == "comma" and _done_later(clauses[number:])
        if joined and not later and _with(clause, joined[-1], in_order):
            joined[-1].append(clause)
        else:
            joined.append([clause])
    cues = [_cue(group) for group in joined]
    if cues and cues[0].start is None:
        cues[0] = replace(cues[0], start=moment or Moment("start"))
    return cues, missed


def _whole(clauses: list[Clause]) -> list[Clause]:
    """Join what says only when to the clause that says what: the next one for a start, the last one for an end."""
    result: list[Clause] = []
    waiting: Clause | None = None
    lead = ""
    for clause in clauses:
        if not clause.states and clause.missed:
            # The time of what is not understood is nobody else's.
            waiting, lead = None, clause.lead if clause.lead == "then" else lead
            continue
        if not clause.states:
            # A pause, or a time by itself.
            starts = clause.timed or clause.changes or clause.growing or clause.blend is not None
            if starts and not (clause.before or (clause.stop is not None and clause.start is None)):
                waiting = _merged(waiting, clause) if waiting else clause
            elif result:
                result[-1] = _merged(result[-1], clause)
            else:
                waiting = clause if clause.spanned else waiting
            continue
        if lead and clause.lead != "first":
            clause.lead = lead
        lead = ""
        if waiting is not None:
            if clause.timed and waiting.timed and result:
                result[-1] = _merged(result[-1], waiting)
            else:
                clause = _merged(clause, waiting)
                clause.lead = waiting.lead
                clause.late = False
            waiting = None
        result.append(clause)
    if waiting is not None and result:
        result[-1] = _merged(result[-1], waiting)
    return result


def _merged(clause: Clause, other: Clause) -> Clause:
    """Return a clause with the times of another one where it says none itself."""
    return replace(
        clause,
        start=clause.start or other.start,
        stop=clause.stop or other.stop,
        length=clause.length if clause.length is not None else other.length,
        blend=clause.blend if clause.blend is not None else other.blend,
        growing=clause.growing or other.growing,
        before=clause.before or other.before,
        changes=clause.changes or other.changes,
        late=True,
    )


def _with(clause: Clause, group: list[Clause], in_order: bool) -> bool:
    """Tell whether a clause is about the same moment as the clauses before it."""
    if clause.lead == "then" or clause.before or (in_order and any(state.way != "set" for state in clause.states)):
        return False
    timed = any(other.spanned for other in group)
    if clause.spanned:
        # "Sad and quiet at 6 s": one moment. "Sad, quiet at 6 s": two.
        return clause.lead == "and" and clause.late and not timed and not clause.changes and not group[0].changes
    if clause.changes:
        return False
    if clause.lead in ("and", "but") or not in_order:
        return True
    channels = set[str]().union(*(other.channels for other in group))
    return not clause.channels & channels


def _done_later(clauses: list[Clause]) -> bool:
    """Tell whether the first of some clauses waits for the time of a later one, with which it makes a list of acts.

    "Angry from 4 s, shaking her head and waving it away at 6 s": she does both at 6 s.
    """
    for number, clause in enumerate(clauses):
        if not clause.states or clause.channels or not all(state.acts for state in clause.states):
            return False
        if clause.lead == "and":
            return number > 0 and clause.late and clause.timed and not clause.before
        if clause.lead != "comma" or clause.spanned:
            return False
    return False


def _cue(group: list[Clause]) -> Cue:
    """Return what clauses about one moment say together."""
    timed = next((clause for clause in group if clause.spanned), group[0])
    return Cue(
        tuple(state for clause in group for state in clause.states), timed.start, timed.stop, timed.length,
        next((clause.blend for clause in group if clause.blend is not None), None),
        any(clause.growing for clause in group), timed.before,
    )  # fmt: skip
