"""Looks: named parts, skin, eyes, colours and a voice that make somebody of the cast; data in ``looks.json``.

Head, hair and clothes are apart, so that a look can be said in words and any of its parts exchanged.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from .cast import KINDS, NONE, compose, part_names
from .character_model import Character
from .errors import BadFile, SoliloquyError
from .person import DEFAULT
from .plain_json import read_json
from .shipped import ROOT

FILE = ROOT / "assets" / "cast" / "looks.json"
HAIR_AS = ("cards", "strands")
"""What hair can be made of in Blender: strips with a picture, or single strands."""
_MATERIALS = ("skin", "eyes", "age", "freckles", "hair_colour", "beard_colour", "brow_colour", "outfit_colours")


@dataclass(frozen=True)
class CastLook:
    """Somebody of the cast."""

    name: str
    title: str
    """As menus show it."""
    text: str
    """One sentence without its full stop."""
    person: Mapping[str, float]
    """Name of a person -> share; see ``person.blend``."""
    parts: Mapping[str, str]
    """Kind of part -> name; what is missing is the default person's."""
    materials: Mapping[str, Any]
    """What the materials read: ``skin``, ``eyes``, ``hair_colour``, ``outfit_colours`` ..."""
    voice: tuple[float, float]
    """Lowest and highest pitch of the voice that goes with it, Hz."""
    lids: float = 0.0
    """How much of a blink the lids hang at rest."""
    hair_as: str = "cards"
    """One of :data:`HAIR_AS`."""

    def described(self) -> str:
        """Return who it is and which voices fit, as menus say it."""
        low, high = self.voice
        return f"{self.text}; a voice of {low:.0f} to {high:.0f} Hz fits"

    def character(self) -> Character:
        """Return the mesh; a part that is not installed is the default person's, or missing where he has none.

        Raises
        ------
        SoliloquyError
            When a file is missing or damaged.
        """
        there = {kind: name for kind, name in self.parts.items() if name == NONE or name in part_names(kind)}
        return compose(self.person, **cast("dict[str, Any]", there), lids=self.lids)

    def wearing(self, **parts: str | None) -> CastLook:
        """Return the look with other parts: kind -> name; None leaves a kind as it is.

        Raises
        ------
        SoliloquyError
            For a part that there is not.
        """
        for kind, name in parts.items():
            if kind not in KINDS:
                raise SoliloquyError(f"There is no kind of part called '{kind}'.", f"There are: {', '.join(KINDS)}.")
            if name is not None and name not in (NONE, DEFAULT, *part_names(kind)):
                raise SoliloquyError(
                    f"The cast has no {kind} called '{name}'.",
                    f"It has: {', '.join((NONE, DEFAULT, *part_names(kind)))}.",
                )
        chosen = {kind: name for kind, name in parts.items() if name is not None}
        return replace(self, parts={**self.parts, **chosen})

    def mixed(self, other: CastLook, share: float) -> CastLook:
        """Return the look with a face and a body that are so much, 0..1, of another's.

        Raises
        ------
        SoliloquyError
            For a share outside 0..1.
        """
        if not 0 <= share <= 1:
            raise SoliloquyError(f"A mixture cannot hold {share:g} of somebody.", "Choose a share from 0 to 1.")
        people: dict[str, float] = {}
        for person, weight in ((self.person, 1 - share), (other.person, share)):
            for name, part in person.items():
                people[name] = people.get(name, 0.0) + weight * part
        return replace(self, person=people)


def _look(name: str, said: Mapping[str, Any]) -> CastLook:
    low, high = (float(pitch) for pitch in said["voice"])
    if not 0.0 < low <= high < 1e4:
        raise ValueError("a voice that nobody has")
    hair_as = str(said.get("hair_as", HAIR_AS[0]))
    if hair_as not in HAIR_AS:
        raise ValueError("hair of something that there is not")
    return CastLook(
        name=name,
        title=str(said["title"]),
        text=str(said["text"]),
        person={str(said["person"]): 1.0},
        parts={kind: str(said[kind]) for kind in KINDS if kind in said},
        materials={key: said[key] for key in _MATERIALS if key in said},
        voice=(low, high),
        lids=min(1.0, max(0.0, float(said.get("lids", 0.0)))),
        hair_as=hair_as,
    )


def read_looks(path: Path) -> dict[str, CastLook]:
    """Return the looks of a file by name, in its order.

    Raises
    ------
    BadFile
        When the file is missing or damaged.
    """
    try:
        content = cast("dict[str, Any]", read_json(path))
        return {name: _look(name, said) for name, said in content.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadFile("The looks that come with Soliloquy cannot be read.", "Install it again.") from error


@functools.cache
def looks() -> dict[str, CastLook]:
    """Return the shipped looks by name, in the order of the menu; see :func:`read_looks`."""
    return read_looks(FILE)


def look_of(name: str) -> CastLook:
    """Return a shipped look.

    Raises
    ------
    SoliloquyError
        When there is none of that name.
    """
    found = looks()
    if name not in found:
        raise SoliloquyError(f"There is no character '{name}' in the cast.", f"It has: {', '.join(found)}.")
    return found[name]
