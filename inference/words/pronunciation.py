"""How a written word sounds: from a dictionary where the language has one, else letter by letter by the pack's rules.

Phones are CMU's without stress, and ``X``, ``UE`` and ``OE`` (``models.phones.vocabulary``). An alignment forgives
much: what counts is which sounds follow one another, not how exactly.
"""

from __future__ import annotations

import lzma
import re
from functools import lru_cache

from ..errors import MissingFiles
from .language import FOLDER, Language

_MOST_BYTES = 16 << 20
"""Bytes of an unpacked dictionary."""
_PARTS = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*")


def phones_of(word: str, language: Language) -> tuple[str, ...]:
    """Return the phones of a plain word in small letters; empty where nothing in it sounds."""
    return _phones(word, language)


@lru_cache(maxsize=20_000)
def _phones(word: str, language: Language) -> tuple[str, ...]:
    found = _looked_up(word, language)
    if found:
        return found
    parts: list[str] = _PARTS.findall(word)
    if len(parts) > 1:
        return tuple(phone for part in parts for phone in _phones(part, language))
    if word.isdigit():
        return _number(word, language)
    return _spelled(word, language)


def _looked_up(word: str, language: Language) -> tuple[str, ...]:
    """Return what the dictionary says, empty where it says nothing."""
    name = language.sounds.get("dictionary")
    if not name:
        return ()
    text = _dictionary(str(name))
    for form in (word, word.removesuffix("'s"), word.strip("'")):
        at = text.find(f"\n{form} ")
        if at >= 0:
            line = text[at + 1 : text.index("\n", at + 1)]
            return (*line.split()[1:], *(("Z",) if form + "'s" == word else ()))
    return ()


@lru_cache(maxsize=4)
def _dictionary(name: str) -> str:
    """Return a dictionary's lines, a line break before each of them.

    Raises
    ------
    MissingFiles
        When it is not there, or is damaged.
    """
    again = "Install Soliloquy again."
    path = FOLDER / name
    try:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            text = lines.read(_MOST_BYTES)
    except (OSError, lzma.LZMAError, EOFError, UnicodeDecodeError) as error:
        raise MissingFiles(f"The dictionary '{path.name}' cannot be read.", again) from error
    return "\n" + text


def _number(digits: str, language: Language) -> tuple[str, ...]:
    names = [str(name) for name in language.sounds.get("numbers", ())]
    if int(digits) < len(names) and len(digits) <= 2:
        return _phones(names[int(digits)], language)
    return tuple(phone for digit in digits if int(digit) < len(names) for phone in _phones(names[int(digit)], language))


def _spelled(word: str, language: Language) -> tuple[str, ...]:
    """Return the phones of a word by the pack's rules for letters: at every place the longest that fits."""
    rules = _letters(language)
    phones: list[str] = []
    place = 0
    while place < len(word):
        for length in range(min(6, len(word) - place), 0, -1):
            part = word[place : place + length]
            forms = [part]
            if place == 0:
                forms.insert(0, f"^{part}")
            if place and place + length == len(word):
                forms.insert(0, f"{part}$")
            sound = next((rules[form] for form in forms if form in rules), None)
            if sound is not None:
                phones += sound
                place += length
                break
        else:
            place += 1
    return tuple(phones)


@lru_cache(maxsize=16)
def _letters(language: Language) -> dict[str, tuple[str, ...]]:
    return {str(letters): tuple(str(sound).split()) for letters, sound in language.sounds.get("letters", ())}
