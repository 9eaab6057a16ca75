"""Language packs: what words of a language mean, as data (``languages/*.json``).

A pack is one JSON object. ``rules`` are rows of a pattern, a meaning and, where it has one, a strength, the word of
the pattern that carries the gesture, and a word that must have come before in the sentence. A pattern is words with
spaces between: ``a|b`` is either, ``groß*`` and ``*n't`` are beginnings and endings, ``_`` is any word, ``^`` the start
of a clause, ``^^`` of a sentence, ``$`` the end of a clause. An empty meaning takes words out: an idiom that must not
be read word by word. Longer patterns go before shorter ones, then the order of the file counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import BadFile, SoliloquyError
from ..plain_json import parse_object
from .names import MEANINGS
from .word import Word, plain

FOLDER = Path(__file__).parent / "languages"
MOST_BYTES = 1 << 20
"""Bytes of a pack."""
_STARTS, _END, _ANY = ("^", "^^"), "$", "_"


class Token:
    """One place of a pattern: words, beginnings or endings of words."""

    def __init__(self, text: str) -> None:
        options = text.split("|")
        self.words = frozenset(option for option in options if "*" not in option and option != _ANY)
        self.starts = tuple(option[:-1] for option in options if option.endswith("*"))
        self.ends = tuple(option[1:] for option in options if option.startswith("*"))
        self.any = _ANY in options

    def fits(self, word: str) -> bool:
        """Return whether a plain word stands here."""
        if word in self.words or self.any:
            return True
        return word.startswith(self.starts) if self.starts else bool(self.ends) and word.endswith(self.ends)


@dataclass(frozen=True, eq=False)
class Rule:
    """What a sequence of words means."""

    pattern: str
    tokens: tuple[Token, ...]
    clause: str
    """``^`` or ``^^`` where it must start a clause or a sentence, else empty."""
    closes: bool
    """Whether it must end a clause."""
    meaning: str
    strength: float
    on: Token | None
    """Which of its words carries the gesture; None: the first."""
    after: str
    """A word that must have come before in the same sentence."""


@dataclass(frozen=True, eq=False)
class Language:
    """One language pack."""

    code: str
    title: str
    common: frozenset[str]
    negators: Token
    question_words: frozenset[str]
    inverted: frozenset[str]
    """Verbs that begin a question."""
    rules: tuple[Rule, ...]
    negates_before: bool = False
    """Whether a negation may follow what it negates: "Groß ist er nicht"."""
    sounds: dict[str, Any] = field(default_factory=dict[str, Any])
    """How its letters sound, see :mod:`.pronunciation`."""

    def rules_for(self, word: str) -> Iterable[Rule]:
        """Yield the rules that may begin with a plain word, those that go first coming first."""
        index, others = self._index
        ranks = sorted({*index.get(word, ()), *(rank for rank in others if self.rules[rank].tokens[0].fits(word))})
        return (self.rules[rank] for rank in ranks)

    @property
    def _index(self) -> tuple[dict[str, list[int]], list[int]]:
        return _indexed(self)


@lru_cache(maxsize=16)
def _indexed(language: Language) -> tuple[dict[str, list[int]], list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    others: list[int] = []
    for rank, rule in enumerate(language.rules):
        first = rule.tokens[0]
        for word in first.words:
            index[word].append(rank)
        if first.any or first.starts or first.ends:
            others.append(rank)
    return dict(index), others


def languages() -> tuple[str, ...]:
    """Return the codes of all packs that are here, in order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@lru_cache(maxsize=16)
def load_language(code: str) -> Language:
    """Return a language pack.

    Raises
    ------
    SoliloquyError
        When there is none of that code.
    BadFile
        When the file is no pack.
    """
    if code not in languages():
        raise SoliloquyError(f"There is no language pack '{code}'.", f"Choose one of: {', '.join(languages())}.")
    return read_language(FOLDER / f"{code}.json")


def read_language(path: Path) -> Language:
    """Read a language pack from a file.

    Raises
    ------
    BadFile
        When the file cannot be read or is no pack; the sentence names the rule.
    """
    again = "Compare it with languages/en.json."
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadFile(f"'{path.name}' is too large for a language pack.", again)
        data = parse_object(path.read_text("utf-8"))
    except (OSError, ValueError, SoliloquyError) as error:
        raise BadFile(f"'{path.name}' is no language pack: it cannot be read.", again) from error
    try:
        rules = [_rule(row) for row in data["rules"]]
        return Language(
            code=str(data["code"]),
            title=str(data["title"]),
            common=frozenset(map(str, data["common"])),
            negators=Token("|".join(data["negators"])),
            question_words=frozenset(map(str, data["question_words"])),
            inverted=frozenset(map(str, data["inverted"])),
            rules=tuple(sorted(rules, key=lambda rule: (-len(rule.tokens), -bool(rule.clause) - rule.closes))),
            negates_before=bool(data.get("negates_before", False)),
            sounds=dict(data.get("sounds", {})),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BadFile(f"'{path.name}' is no language pack: {error}.", again) from error


def _rule(row: Sequence[Any]) -> Rule:
    pattern, meaning = str(row[0]), str(row[1])
    parts = pattern.split()
    clause = parts.pop(0) if parts[0] in _STARTS else ""
    closes = parts[-1] == _END
    if closes:
        parts.pop()
    if meaning and meaning not in MEANINGS:
        raise ValueError(f"'{meaning}' is no meaning")
    if not parts:
        raise ValueError(f"the pattern '{pattern}' has no word")
    on = str(row[3]) if len(row) > 3 else ""
    return Rule(
        pattern,
        tuple(Token(part) for part in parts),
        clause,
        closes,
        meaning,
        float(row[2]) if len(row) > 2 else 0.5,
        Token(on) if on else None,
        str(row[4]) if len(row) > 4 else "",
    )


def guess_language(words: Iterable[Word | str]) -> str:
    """Return the code of the pack whose most common words are the most frequent here; English where nothing tells."""
    said = [word.plain if isinstance(word, Word) else plain(word) for word in words]
    best, most = "en", 0
    for code in languages():
        common = load_language(code).common
        found = sum(word in common for word in said)
        if found > most or (found == most and found and code == "en"):
            best, most = code, found
    return best
