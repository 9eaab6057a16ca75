"""What makes spellings of one shape key alike: the way of exporters and artists with prefixes, separators and sides."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

_BEFORE = re.compile(r"^(?:.*[:|])?(?:.*__(?=\w))?(?:.*\.(?=[^.]{3,}$)(?!(?:\d+|left|right)$))?", re.IGNORECASE)
"""Namespaces, meshes and blend shape nodes before a name: ``rig:``, ``head_lod0_mesh__``, ``blendShape1.``."""
_COPY = re.compile(r"\.\d{3}$")
"""What Blender adds to a name that exists already."""
_TOKENS = re.compile(r"[^\W_]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIDES = {"l": "left", "r": "right", "left": "left", "right": "right"}
_SHARED, _FEW = 0.8, 4
"""Share of a mesh's keys that a word must begin or end to be none of what they are called, and the fewest keys."""


@functools.lru_cache(maxsize=8192)
def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a key's name in lower case, without what stands before it: ``("brow", "down", "l")``."""
    bare = _BEFORE.sub("", _COPY.sub("", name))
    found = [part for word in _TOKENS.findall(bare) for part in _HUMPS.split(word)]
    return tuple(part.lower() for part in found)


@functools.lru_cache(maxsize=8192)
def plain(name: str) -> str:
    """Return a key's name in lower case and without separators, its side spelled out at the end.

    ``"browDown_L"``, ``"Brow_Down_Left"``, ``"L_browDown"`` and ``"blendShape1.browDown.L"`` are all
    ``"browdownleft"``.
    """
    words = list(tokens(name))
    if len(words) > 1 and words[-1] in _SIDES:
        words[-1] = _SIDES[words[-1]]
    elif len(words) > 1 and words[0] in _SIDES:
        words = [*words[1:], _SIDES[words[0]]]
    return "".join(words)


def without(*patterns: str) -> Callable[[str], str]:
    """Return a spelling that is :func:`plain` after leaving out the first match of each pattern.

    Parameters
    ----------
    *patterns : str
        Regular expressions, for the name as it is written; case does not count.
    """
    compiled = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]

    @functools.lru_cache(maxsize=8192)
    def spelling(name: str) -> str:
        # As it is written, else behind the blend shape node that it stands on: ``Face.AK_01_BrowDownLeft``.
        for written in (name, _BEFORE.sub("", _COPY.sub("", name))):
            left = written
            for pattern in compiled:
                left = pattern.sub("", left, count=1)
            if left != written:
                return plain(left)
        return plain(name)

    return spelling


def both_sides(name: str) -> tuple[str, str]:
    """Return a name with each side at its end."""
    return f"{name}left", f"{name}right"


def without_shared_words(names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield name -> the name without a word that most of the names end or begin with; each time with one word less.

    ``Head_browDown_L_copy`` and ``Head_jawOpen_copy`` become ``Head_browDown_L`` and ``Head_jawOpen``, then
    ``browDown_L`` and ``jawOpen``. Numbers count as one word (``07_jawOpen``); sides are kept.
    """
    bare = {name: name for name in names}
    for end, around in ((-1, r"[\W_]*{}[\W_]*$"), (0, r"^[\W_]*{}[\W_]*")):
        while len(bare) >= _FEW:
            words = {name: tokens(text) for name, text in bare.items()}
            said = Counter(_word(parts[end]) for parts in words.values() if len(parts) > 1)
            word, count = said.most_common(1)[0] if said else ("", 0)
            if count < _SHARED * len(bare) or word in _SIDES:
                break
            for name, parts in words.items():
                if len(parts) > 1 and _word(parts[end]) == word:
                    cut = around.format(re.escape(parts[end]))
                    bare[name] = re.sub(cut, "", _BEFORE.sub("", _COPY.sub("", bare[name])), flags=re.IGNORECASE)
            yield dict(bare)


def _word(word: str) -> str:
    return "#" if word.isdigit() else word
