"""What an engine says about itself: plain values in its own folder, for which nothing heavy is imported.

The list of engines, the panels, the doctor and the choice of who makes a part anew all follow from these values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

from .errors import SoliloquyError
from .published import PublishedSystem

KINDS: tuple[str, ...] = ("face", "body")
ABILITIES: dict[str, str] = {
    "emotion": "shows a directed emotion itself",
    "seed": "draws: another seed, another result",
    "gesture": "moves the hands with the speech",
    "rate": "can be asked for more or fewer gestures",
    "plan": "makes the gestures of a plan that a person changed",
    "infill": "makes a part anew that fits what is around it",
    "early": "shows its lips while it works",
}
"""What engines can do beside the least, and what each means."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_LOADER = re.compile(r"\.?[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_LONGEST = 400


@dataclass(frozen=True)
class EngineSpec:
    """One engine.

    Raises
    ------
    SoliloquyError
        For a name, kind, loader or ability that cannot be used.
    """

    name: str
    """What ``--face`` and ``--body`` call it: small letters, digits and underscores."""
    kind: str
    """One of :data:`KINDS`."""
    title: str
    """What panels call it."""
    description: str
    """One sentence on what it does."""
    licence: str = ""
    """Licence of its weights, in words; of a published system the system says it."""
    loader: str = ""
    """``module:attribute`` that is called for the engine, the module relative to the engine's folder where it begins
    with a dot: imported only when the engine is to work. Engines of a :class:`PublishedSystem` are given what was
    found of its files, all others nothing. Empty for bodies that do not gesture."""
    abilities: frozenset[str] = frozenset()
    """Of :data:`ABILITIES`."""
    packages: tuple[str, ...] = ()
    """What must be importable where it runs; ``"one|other"`` where either will do."""
    files: tuple[str, ...] = ()
    """Files it needs, relative to its folder; for engines that come with Soliloquy, to the extension's."""
    published: PublishedSystem | None = None
    """The system whose official files a user brings along."""
    expression_space: str = ""
    """``"flame2020"`` or ``"smplx"`` of a face whose coefficients only a head model of the user's explains."""
    number: int = -1
    """What .blend files know it by, never given to another engine. Only for those that come with Soliloquy."""

    def __post_init__(self) -> None:
        for item in ("name", "kind", "title", "description", "licence", "loader", "expression_space"):
            value = getattr(self, item)
            if not isinstance(value, str) or len(value) > _LONGEST:
                raise SoliloquyError(f"The engine's {item} is no text of up to {_LONGEST} letters.")
        if not _NAME.fullmatch(self.name):
            raise SoliloquyError(
                f"An engine cannot be called '{self.name}'.", "Use small letters, digits and underscores, up to 31."
            )
        if self.kind not in KINDS:
            raise SoliloquyError(f"There are no engines of the kind '{self.kind}'.", f"Use {' or '.join(KINDS)}.")
        if not self.title or not self.description:
            raise SoliloquyError(f"The engine '{self.name}' has no title or no description.", "Give it both.")
        if self.loader and not _LOADER.fullmatch(self.loader):
            raise SoliloquyError(f"'{self.loader}' names no loader.", "Write it as .module:attribute.")
        for item in ("abilities", "packages", "files"):
            if not all(isinstance(text, str) and text for text in getattr(self, item)):
                raise SoliloquyError(f"The engine's {item} are not all texts.")
        unknown = sorted(self.abilities - set(ABILITIES))
        if unknown:
            raise SoliloquyError(f"There is no ability '{unknown[0]}'.", f"Choose among: {', '.join(ABILITIES)}.")
        if not self.loader and (self.kind == "face" or "gesture" in self.abilities):
            raise SoliloquyError(f"The engine '{self.name}' names no loader.", "Write it as .module:attribute.")

    @property
    def terms(self) -> str:
        """The licence of its weights, and who brings them."""
        return self.licence or (f"{self.published.licence}; you bring the weights" if self.published else "not stated")


def read_spec(values: object) -> EngineSpec:
    """Return the spec of an engine from outside: one already, or a mapping of :class:`EngineSpec`'s fields.

    Raises
    ------
    SoliloquyError
        For anything else.
    """
    if isinstance(values, EngineSpec):
        return values
    if not isinstance(values, Mapping):
        raise SoliloquyError("SPEC is no dictionary.", "Give it the fields that docs/add_an_engine.md names.")
    known = [item.name for item in fields(EngineSpec) if item.name not in ("number", "published")]
    given = {str(name): value for name, value in cast("Mapping[Any, Any]", values).items()}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise SoliloquyError(f"SPEC has an unknown field '{unknown[0]}'.", f"Known: {', '.join(known)}.")
    missing = [name for name in ("name", "kind", "title", "description") if name not in given]
    if missing:
        raise SoliloquyError(f"SPEC has no field '{missing[0]}'.", "Add it.")
    for name, kind in (("abilities", frozenset), ("packages", tuple), ("files", tuple)):
        if name in given:
            if isinstance(given[name], str) or not isinstance(given[name], (list, tuple, set, frozenset)):
                raise SoliloquyError(f"SPEC's {name} are no list of texts.", 'Write them as ("one", "two").')
            given[name] = kind(given[name])
    return EngineSpec(**given)
