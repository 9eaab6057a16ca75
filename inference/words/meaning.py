"""From words to meanings: which words of a speech call for a gesture, of what meaning, and why.

Rules of a language pack (:mod:`.language`) are matched from left to right, the longest first. What is negated is not
shown ("not a big house" gets no big hands), what was consumed by an idiom neither ("no doubt" gets no shake).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..direction.acts import ActRows, meanings_near
from .language import Language, Rule
from .names import COUNTS, NOTHING, contrary
from .word import Word

SHOWABLE = frozenset({"big", "small", "tall", "wide", "round", "assent", "all", "many", *COUNTS})
"""Meanings that a negation turns round, so that nothing is shown of them."""
_REACH = 5
"""Words in which a negation holds."""
_DOUBLE = 3
"""Words within which a second negation takes back the first."""
_CLAUSE_PAUSE, _SENTENCE_PAUSE = 0.6, 1.2
"""Seconds without a word that end a clause and, where nothing is punctuated, a sentence."""
_CLASH = 0.7
"""Seconds within which only the stronger of two contrary meanings is shown."""
_STRESSED = (0.4, 0.2)
"""Share of a word after which its stress is expected, and the most seconds of it."""


@dataclass(frozen=True)
class Meaning:
    """One word, or a phrase, that calls for a gesture."""

    name: str
    """One of :data:`~.names.MEANINGS`, or :data:`~.names.NOTHING`."""
    time: float
    """Second at which the gesture is to strike."""
    start: float
    """The word that carries it begins, seconds."""
    end: float
    word: str
    """What is said, as it is written but without punctuation: one word or a whole phrase."""
    strength: float
    """0..1: how much it calls for a gesture; below 0.4 only where the voice stresses it too."""
    why: str


@dataclass(frozen=True)
class _Found:
    """A rule that fits at a place."""

    rule: Rule
    first: int
    on: int


def read_meanings(words: Sequence[Word], language: Language) -> tuple[Meaning, ...]:
    """Return what the words of a speech mean, in order of time.

    Parameters
    ----------
    words : sequence of Word
        In order of time.
    """
    said = [word for word in words if word.plain]
    sentences, clauses = _parts(said)
    found, consumed = _match(said, sentences, clauses, language)
    meanings = [
        _meaning(said, item.rule.meaning, item.on, len(item.rule.tokens), item.first, item.rule.strength)
        for item in _not_negated(said, found, consumed, sentences, clauses, language)
    ]
    meanings += _questions(said, sentences, clauses, language)
    meanings += [_meaning(said, NOTHING, at, 1, at, 0.45) for at in consumed if language.negators.fits(said[at].plain)]
    meanings.sort(key=lambda meaning: (meaning.time, meaning.name))
    return _without_clashes(meanings)


def _parts(words: Sequence[Word]) -> tuple[list[int], list[int]]:
    """Return which sentence and which clause every word is in, numbered from 0."""
    punctuated = any(word.ends_clause for word in words)
    sentences, clauses = [0], [0]
    for before, word in pairwise(words):
        pause = word.start - before.end
        ends = before.ends_sentence or (not punctuated and pause > _SENTENCE_PAUSE)
        sentences.append(sentences[-1] + ends)
        clauses.append(clauses[-1] + (ends or before.ends_clause or pause > _CLAUSE_PAUSE))
    return sentences[: len(words)], clauses[: len(words)]


def _match(
    words: Sequence[Word], sentences: list[int], clauses: list[int], language: Language
) -> tuple[list[_Found], set[int]]:
    """Return the rules that fit, and the words that idioms took out."""
    plain = [word.plain for word in words]
    found: list[_Found] = []
    idioms: set[int] = set()
    place = 0
    while place < len(words):
        rule = next(
            (rule for rule in language.rules_for(plain[place]) if _fits(rule, plain, place, sentences, clauses)), None
        )
        if rule is None:
            place += 1
            continue
        length = len(rule.tokens)
        if rule.meaning:
            on = next((at for at in range(place, place + length) if rule.on and rule.on.fits(plain[at])), place)
            found.append(_Found(rule, place, on))
        else:
            idioms |= set(range(place, place + length))
        place += length
    return found, idioms


def _fits(rule: Rule, plain: list[str], place: int, sentences: list[int], clauses: list[int]) -> bool:
    last = place + len(rule.tokens) - 1
    if last >= len(plain) or sentences[last] != sentences[place]:
        return False
    if not all(token.fits(word) for token, word in zip(rule.tokens, plain[place : last + 1], strict=True)):
        return False
    parts = sentences if rule.clause == "^^" else clauses
    if rule.clause and place and parts[place - 1] == parts[place]:
        return False
    if rule.closes and last + 1 < len(plain) and clauses[last + 1] == clauses[last]:
        return False
    if not rule.after:
        return True
    return any(plain[at] == rule.after and sentences[at] == sentences[place] for at in range(place))


def _not_negated(
    words: Sequence[Word], found: list[_Found], idioms: set[int], sentences: list[int], clauses: list[int],
    language: Language,
) -> list[_Found]:  # fmt: skip
    """Leave out what is negated, negations that take each other back, and verbs that only ask in the negative."""
    asked = {sentences[at] for at, word in enumerate(words) if word.asks}
    negators = [at for at, word in enumerate(words) if language.negators.fits(word.plain) and at not in idioms]

    def inverted(at: int) -> bool:
        starts = at == 0 or clauses[at - 1] != clauses[at]
        return starts and sentences[at] in asked and words[at].plain in language.inverted

    def negated(at: int) -> bool:
        def holds(other: int) -> bool:
            near = 0 < at - other <= _REACH or (language.negates_before and 0 < other - at <= _REACH)
            return near and clauses[at] == clauses[other]

        return any(holds(other) for other in negators if not inverted(other))

    def taken_back(at: int) -> bool:
        return any(
            0 < abs(at - other) <= _DOUBLE and clauses[at] == clauses[other]
            for other in {*negators, *(item.on for item in found if item.rule.meaning == "negate")}
        )

    kept: list[_Found] = []
    for item in found:
        if item.rule.meaning in SHOWABLE and negated(item.first):
            continue
        if item.rule.meaning == "negate" and len(item.rule.tokens) == 1 and (inverted(item.on) or taken_back(item.on)):
            continue
        kept.append(item)
    return kept


def _questions(words: Sequence[Word], sentences: list[int], clauses: list[int], language: Language) -> list[Meaning]:
    """Return a question for every sentence that asks: on its question word, else on its last word."""
    punctuated = any(word.ends_clause for word in words)
    result: list[Meaning] = []
    for number in sorted(set(sentences)):
        places = [at for at, sentence in enumerate(sentences) if sentence == number]
        last, opening = places[-1], words[places[0]].plain
        asks = words[last].asks
        if not punctuated:
            asks = opening in language.question_words or (opening in language.inverted and len(places) > 2)
        if not asks:
            continue
        starts = [at for at in places if at == places[0] or clauses[at - 1] != clauses[at]]
        at = next((at for at in reversed(starts) if words[at].plain in language.question_words), last)
        result.append(_meaning(words, "question", at, 1, at, 0.7))
    return result


def _meaning(words: Sequence[Word], name: str, on: int, length: int, first: int, strength: float) -> Meaning:
    word = words[on]
    share, most = _STRESSED
    text = " ".join(item.text if at < length - 1 else item.text.strip(".,;:!?…\"'“”„()") for at, item in
                    enumerate(words[first : first + length]))  # fmt: skip
    time = word.start + min(share * (word.end - word.start), most)
    return Meaning(name, time, word.start, word.end, text, strength, f"'{text}' means {name}")


def _without_clashes(meanings: list[Meaning]) -> tuple[Meaning, ...]:
    """Leave out the weaker of two contrary meanings that would be shown at once."""
    kept: list[Meaning] = []
    for meaning in meanings:
        near = [other for other in kept if meaning.time - other.time < _clash(meaning)]
        against = [other for other in near if contrary(other.name, meaning.name)]
        if any(other.strength >= meaning.strength for other in against):
            continue
        kept = [other for other in kept if other not in against]
        kept.append(meaning)
    return tuple(kept)


def without_contrary(meanings: tuple[Meaning, ...], acts: ActRows) -> tuple[Meaning, ...]:
    """Leave out what says the contrary of something that is directed nearby: who is told to nod does not shake."""
    return tuple(
        meaning
        for meaning in meanings
        if not any(contrary(said, meaning.name) for said in meanings_near(acts, meaning.time))
    )


def _clash(meaning: Meaning) -> float:
    # Numbers that are counted off follow one another as fast as fingers do.
    return 0.25 if meaning.name in COUNTS else _CLASH


def stressed(meanings: Sequence[Meaning], accents: Sequence[tuple[float, float]]) -> tuple[Meaning, ...]:
    """Return meanings at the voice's accents: a stroke falls on the accent within its word, if there is one.

    Parameters
    ----------
    accents : sequence of (second, strength)
        In order of time. Weak meanings ("I", "you") are left out where the voice does not stress them.
    """
    result: list[Meaning] = []
    for meaning in meanings:
        inside = [(force, time) for time, force in accents if meaning.start - 0.05 <= time <= meaning.end + 0.05]
        force, time = max(inside, default=(0.0, meaning.time))
        if meaning.strength < 0.4 and force < 0.5:
            continue
        result.append(replace(meaning, time=time))
    return tuple(result)
