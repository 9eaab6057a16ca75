"""Reads emotions as people write them: ``Happy``, ``angry 0.8``, ``happy 0.5 + surprised 0.3``, ``disgust 60%``."""

from __future__ import annotations

import difflib
import re

from ..errors import SoliloquyError
from .names import EMOTIONS

Mixture = tuple[float, ...]
"""Eight weights 0..1 in the order of ``EMOTIONS``."""

_FORMS = {
    "neutral": r"neutral\w*|calm\w*",
    "happy": r"happ(y|i\w*)|joy",
    "sad": r"sad(ly|ness|der|dened)?|sorrow\w*",
    "surprised": r"surpri[sz]\w*|astonish\w*",
    "fear": r"fear(s|ed|ful\w*)?|afraid|scared|fright\w*",
    "disgusted": r"disgust\w*",
    "angry": r"ang(er|ered|ry|ri\w*)",
    "contempt": r"contempt\w*|scorn\w*|disdain\w*",
}
_NUMBER = r"\d+(?:[.,]\d+)?|[.,]\d+"
_TERM = re.compile(rf"\s*([^\W\d_]+)\s*[:=]?\s*(?:({_NUMBER})\s*(%?))?\s*")
# A comma within a number is a decimal comma.
_BETWEEN = re.compile(r"\s*(?:[+&;/]|,(?!\d)|\band\b)\s*", re.IGNORECASE)


def named_emotion(word: str) -> str | None:
    """Return the emotion a word means, such as ``"angry"`` for ``"Anger"``; None when it means none of the eight."""
    return next((name for name, form in _FORMS.items() if re.fullmatch(form, word.strip(), re.IGNORECASE)), None)


def resembles_emotion(text: str) -> bool:
    """Tell whether a text was probably meant as an emotion: it begins with one, or with nearly one and a number."""
    words: list[str] = re.findall(r"[^\W\d_]+", text.lower())
    if not words:
        return False
    if named_emotion(words[0]) is not None:
        return True
    return bool(re.search(r"\d", text)) and bool(difflib.get_close_matches(words[0], EMOTIONS, cutoff=0.8))


def read_mixture(text: str) -> Mixture:
    """Return the mixture a text says: emotions joined by ``+``, comma or "and", each with a strength 0..1 or in %.

    An emotion without a number counts full. Words of the same stem are understood ("anger", "surprise", "sadness").

    Raises
    ------
    SoliloquyError
        When a word is no emotion, a strength no number from 0 to 1, or an emotion comes twice.
    """
    text = " ".join(text.split())
    known = f"Choose among: {', '.join(EMOTIONS)}."
    weights = [0.0] * len(EMOTIONS)
    seen: set[str] = set()
    for part in _BETWEEN.split(text.strip()):
        term = _TERM.fullmatch(part)
        if term is None:
            raise SoliloquyError(
                f"'{_short(text)}' cannot be read as emotions.",
                "Write such as 'angry 0.8' or 'happy 0.5 + surprised 0.3'.",
            )
        name = named_emotion(term[1])
        if name is None:
            raise SoliloquyError(f"'{_short(term[1])}' is none of the emotions.", known)
        if name in seen:
            raise SoliloquyError(f"'{text}' names {name} twice.", "Name each emotion once.")
        seen.add(name)
        strength = float(term[2].replace(",", ".")) if term[2] else 1.0
        if term[3]:
            strength /= 100
        if not 0.0 <= strength <= 1.0:
            raise SoliloquyError(
                f"'{_short(part.strip())}' is too strong.", "Use a strength from 0 to 1, or up to 100%."
            )
        weights[EMOTIONS.index(name)] = strength
    return tuple(weights)


def _short(text: str) -> str:
    """Return a text as a sentence can hold it."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def write_mixture(weights: Mixture, digits: int = 2) -> str:
    """Return a text that :func:`read_mixture` reads, the strongest first; neutral alone stands without a number."""
    ranked = sorted(range(len(EMOTIONS)), key=lambda index: -weights[index])
    said = [(EMOTIONS[index], round(weights[index], digits)) for index in ranked]
    felt = [f"{name} {strength:g}" for name, strength in said if strength > 0 and name != "neutral"]
    return " + ".join(felt) or "neutral"
