"""Which engines the panels offer, and what a chosen one lacks: those here, and those only the worker's Python knows.

Engines that come with Soliloquy and those of the Engines Folder are read here. Those that packages of the worker's
Python bring are known once a worker has told of them; they are remembered for the next session, so that a scene that
uses one keeps its choice.
"""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

from ..inference.engine_spec import KINDS
from ..inference.engines import (
    EngineInfo,
    enum_number,
    enum_number_of,
    know_elsewhere,
    missing_files,
    missing_head_model,
    register,
)
from ..inference.errors import NotSaved, SoliloquyError
from ..inference.outside_engines import BrokenEngine, RegisteredEngine, engines_folder, use_folder
from ..inference.saving import write_json
from .folders import data_folder

Item = tuple[str, str, str, int]
_LOOK_AGAIN_SECONDS = 2.0
_MOST_TOLD = 100
_MOST_BYTES = 1 << 20
_FILE = "engines.json"


@dataclass
class _Looked:
    """What was found when it was last looked at: panels are drawn many times a second."""

    at: float = -_LOOK_AGAIN_SECONDS
    engines: dict[tuple[str, str], RegisteredEngine | EngineInfo] = field(default_factory=dict)
    broken: list[BrokenEngine] = field(default_factory=list)
    items: dict[str, list[Item]] = field(default_factory=dict)
    lacking: dict[tuple[str, str], str] = field(default_factory=dict)


_looked = _Looked()
_told: list[EngineInfo] | None = None
_kept: set[Item] = set()
"""Every item there ever was: Blender keeps no texts of its own for lists that are made while it draws."""


def face_items(_self: Any, _context: Any) -> list[Item]:
    """Return the face engines as an enumeration of Blender's."""
    return _look().items["face"]


def body_items(_self: Any, _context: Any) -> list[Item]:
    """Return the body engines as an enumeration of Blender's."""
    return _look().items["body"]


ENGINE_ITEMS = {"face": face_items, "body": body_items}


def why_not(kind: str, identifier: str) -> str:
    """Return in one sentence what an engine lacks, empty when its files are there; looked up every two seconds.

    Parameters
    ----------
    kind : str
        ``"face"`` or ``"body"``.
    identifier : str
        As the enumerations have it, in capitals.
    """
    looked, key = _look(), (kind, identifier.lower())
    if key not in looked.lacking:
        found = looked.engines.get(key)
        if found is None:
            words = "The engine this scene was set to is not here: choose another, or name its folder in Preferences."
        elif isinstance(found, EngineInfo):
            words = found.why_not
        else:
            words = missing_files(found) or missing_head_model(found)
        looked.lacking[key] = words
    return looked.lacking[key]


def require_engine(kind: str, identifier: str) -> None:
    """Raise :class:`SoliloquyError` where an enumeration's value is of an engine that is not here."""
    if not identifier:
        raise SoliloquyError(
            f"The {kind} engine this scene was set to is not here.",
            "Choose another one, or name the Engines Folder it is in under Preferences.",
        )


def can(kind: str, identifier: str, ability: str) -> bool:
    """Return whether an engine has one of ``engine_spec.ABILITIES``; one that is not here is taken to."""
    found = _look().engines.get((kind, identifier.lower()))
    if isinstance(found, RegisteredEngine):
        return ability in found.spec.abilities
    return found is None or ability in found.abilities


def brings_files(kind: str, identifier: str) -> bool:
    """Return whether what an engine lacks are official files that belong into the models folder."""
    found = _look().engines.get((kind, identifier.lower()))
    return isinstance(found, RegisteredEngine) and bool(found.spec.published or found.spec.expression_space)


def broken() -> list[BrokenEngine]:
    """Return what lies in the Engines Folder and cannot be used, and why."""
    return _look().broken


def forget() -> None:
    """Look again at the next question."""
    _looked.at = -_LOOK_AGAIN_SECONDS


def choose_folder(folder: str) -> bool:
    """Read engines from this folder, or, where it is empty, from the one that the environment names.

    Returns
    -------
    bool
        Whether that is another one than before.
    """
    before = engines_folder()
    use_folder(folder or None)
    forget()
    return engines_folder() != before


def heard(engines: object) -> None:
    """Remember the engines of packages that a worker told of in its greeting, now and for the next session."""
    global _told
    told = _read(engines)
    if told == _remembered():
        return
    _told = told
    forget()
    # Where it cannot be written, the next worker tells them again.
    with contextlib.suppress(NotSaved):
        write_json(data_folder() / _FILE, [vars(info) for info in told])


def unregister() -> None:
    """Forget the folder and everything that was told."""
    global _told
    _told = None
    choose_folder("")


def _look() -> _Looked:
    now = time.monotonic()
    if 0.0 <= now - _looked.at < _LOOK_AGAIN_SECONDS:
        return _looked
    _looked.at = now
    _looked.lacking = {}
    engines, _looked.broken = register(packages=False)
    found: dict[tuple[str, str], RegisteredEngine | EngineInfo] = {}
    items: dict[str, list[Item]] = {kind: [] for kind in KINDS}
    for engine in engines:
        spec = engine.spec
        found[spec.kind, spec.name] = engine
        items[spec.kind].append((spec.name.upper(), spec.title, spec.description, enum_number(engine)))
    for info in _remembered():
        if (info.kind, info.name) not in found:
            found[info.kind, info.name] = info
            items[info.kind].append((info.name.upper(), info.title, info.description, enum_number_of(info.name)))
    for known in items.values():
        _kept.update(known)
    know_elsewhere({(info.kind, info.name) for info in _remembered()})
    _looked.engines = found
    if items != _looked.items:
        _looked.items = items
    return _looked


def _remembered() -> list[EngineInfo]:
    global _told
    if _told is None:
        try:
            with open(data_folder() / _FILE, encoding="utf-8") as stream:
                _told = _read(json.loads(stream.read(_MOST_BYTES)))
        except (NotSaved, OSError, ValueError, RecursionError):
            _told = []
    return _told


def _read(values: object) -> list[EngineInfo]:
    """Return the engines of a greeting or a file that come from packages, without anything that is none."""
    found = []
    for value in values[:_MOST_TOLD] if isinstance(values, list) else ():
        texts = ("name", "kind", "title", "licence", "description", "why_not", "source")
        if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in texts):
            continue
        abilities = value.get("abilities")
        named = tuple(str(name) for name in abilities) if isinstance(abilities, (list, tuple)) else ()
        if value["kind"] in KINDS and value["source"].startswith("package "):
            words = {name: value[name][:400] for name in texts}
            found.append(EngineInfo(**words, available=not words["why_not"], abilities=named))
    return found
