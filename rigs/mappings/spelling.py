"""One spelling for the many that a bone's name has: without namespace, maker's prefix, case and separators, side first.

``mixamorig9:LeftForeArm``, ``Bip01 L Forearm``, ``forearm.L_Armature`` and ``b_l_forearm`` all become ``l.forearm``;
what has no side becomes ``spine1``. Digits stay as they are written.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

FINGERS = ("thumb", "index", "middle", "ring", "pinky")
"""Fingers of SMPL-X, from the thumb outwards."""

_MAKER = re.compile(
    r"(?:mixamorig\d*[_:]?|[mf]_avg_|cc_base_|valvebiped[._]|"
    r"j_(?:bip|adj|sec)_|def[-_]|bip\d+[ _]*|bip_|b_|jx_|char_)*",
    re.IGNORECASE,
)
"""What makers put before each name."""
_ENDING = re.compile(r"(?:_Armature|\.\d{3})+$")
"""What importers and Blender put after it."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_SIDES = {"l": "l", "left": "l", "lft": "l", "r": "r", "right": "r", "rgt": "r"}
_FIRST, _LAST = "c", "x"
"""Words that some makers use for the middle."""


@functools.lru_cache(maxsize=1 << 15)
def plain(name: str) -> str:
    """Return the spelling of a bone's name, without the number that Blender puts after a name that is double."""
    return _spelled(_ENDING.sub("", _bare(name)))


@functools.lru_cache(maxsize=1 << 13)
def numbered(name: str) -> str:
    """Return the same with that number, where it tells links of a chain apart: ``spine.003`` becomes ``spine003``."""
    return _spelled(_bare(name).removesuffix("_Armature"))


def without_namespace(name: str) -> str:
    """Return a name without what stands before its last colon or bar: ``Char01:Hips``, ``Armature|Hips``."""
    return name[max(name.rfind(":"), name.rfind("|")) + 1 :].strip()


def _bare(name: str) -> str:
    return without_namespace(unicodedata.normalize("NFKC", name).replace("左", " left ").replace("右", " right "))


def _spelled(name: str) -> str:
    words = _WORD.findall(name[_MAKER.match(name).end() :])  # type: ignore[union-attr]
    words = [word.lower() for word in words]
    side = ""
    for index, word in enumerate(words):
        glued = next((said for said in ("left", "right") if word.startswith(said) and len(word) > len(said)), "")
        if word in _SIDES or glued:
            side = _SIDES[glued or word] + "."
            words[index] = word[len(glued) :] if glued else ""
            break
    words = [word for word in words if word]
    if len(words) > 1 and words[0] == _FIRST:
        words.pop(0)
    if len(words) > 1 and words[-1] == _LAST:
        words.pop()
    return side + "".join(words)


def both_sides(limbs: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return joint -> spellings for joints that are there twice, from parts of the body -> names, separated by spaces.

    ``{"shoulder": "upperarm arm"}`` stands for ``left_shoulder`` with ``l.upperarm``, ``l.arm``, and for the right one.
    """
    found = {}
    for side in ("left", "right"):
        for part, names in limbs.items():
            found[f"{side}_{part}"] = tuple(f"{side[0]}.{name}" for name in names.split())
    return found


def fingers(*layouts: str, names: str = "thumb index middle ring pinky", numbers: str = "1 2 3") -> dict[str, str]:
    """Return parts of the hand -> names, for :func:`both_sides`.

    Parameters
    ----------
    *layouts : str
        How a link is called, with ``{finger}`` and ``{number}``; several for makers who differ.
    names : str
        The maker's names of the fingers, from the thumb outwards.
    numbers : str
        The maker's numbers of the links, from the palm outwards.
    """
    found = {}
    for finger, name in zip(FINGERS, names.split(), strict=True):
        for index, number in enumerate(numbers.split(), start=1):
            found[f"{finger}{index}"] = " ".join(layout.format(finger=name, number=number) for layout in layouts)
    return found
