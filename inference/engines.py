"""The one register of engines: what each does, under which licence, whether it can run here, and one of them by name.

Engines that come with Soliloquy are the folders of ``face/`` and ``body/`` that hold a ``SPEC``; those from outside are
found by :mod:`.outside_engines`. Everything that lists, checks or chooses an engine asks here.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import body, face
from .engine_spec import KINDS, EngineSpec
from .errors import MissingFiles, MissingRuntime, SoliloquyError
from .face.flame import head_models
from .outside_engines import BrokenEngine, RegisteredEngine, from_folder, from_packages
from .published import PublishedSystem, find_published
from .shipped import ROOT

if TYPE_CHECKING:
    from .body.track import BodyEngine
    from .face.track import FaceEngine

_NO_TORCH = "PyTorch is not installed in this Python; it lives in Soliloquy's runtime."
_FIRST_OUTSIDE = 1000
"""Numbers below are given by hand, to the engines that come with Soliloquy."""


@dataclass(frozen=True)
class EngineInfo:
    """One engine as panels and ``soliloquy engines`` show it, and as a worker tells it."""

    name: str
    kind: str
    """``"face"`` or ``"body"``; empty for what cannot be read at all."""
    title: str
    licence: str
    """Licence of its weights."""
    description: str
    available: bool
    why_not: str = ""
    """One sentence when it is not available."""
    abilities: tuple[str, ...] = ()
    """Of ``engine_spec.ABILITIES``."""
    source: str = ""
    """Where an engine from outside comes from."""


@lru_cache(maxsize=1)
def _shipped() -> tuple[tuple[EngineSpec, str], ...]:
    found: list[tuple[EngineSpec, str]] = []
    for room in (face, body):
        for item in pkgutil.iter_modules(room.__path__):
            if item.ispkg:
                package = f"{room.__name__}.{item.name}"
                spec = getattr(importlib.import_module(package), "SPEC", None)
                if spec is not None:
                    found.append((spec, package))
    return tuple(sorted(found, key=lambda entry: (KINDS.index(entry[0].kind), entry[0].number)))


def register(*, packages: bool = True) -> tuple[list[RegisteredEngine], list[BrokenEngine]]:
    """Return all engines, faces first, those that come with Soliloquy before others; and what cannot be read.

    Parameters
    ----------
    packages : bool
        Also those that packages of this Python announce. Blender's own Python has none to look for.
    """
    engines = [RegisteredEngine(spec, package, ROOT) for spec, package in _shipped()]
    broken: list[BrokenEngine] = []
    taken = {(engine.spec.kind, engine.spec.name): "Soliloquy" for engine in engines}
    for found in (*from_folder(), *(from_packages() if packages else ())):
        if isinstance(found, BrokenEngine):
            broken.append(found)
            continue
        kind, name = found.spec.kind, found.spec.name
        if (kind, name) in taken:
            words = f"There is a {kind} engine '{name}' already, of {taken[kind, name]}: give this one another name."
            broken.append(BrokenEngine(name, found.source, words, kind))
            continue
        taken[kind, name] = f"'{found.source}'"
        engines.append(found)
    return sorted(engines, key=lambda engine: KINDS.index(engine.spec.kind)), broken


def engines_of(kind: str, *, packages: bool = True) -> list[RegisteredEngine]:
    """Return all engines of a kind, see :func:`register`."""
    return [engine for engine in register(packages=packages)[0] if engine.spec.kind == kind]


def find_engine(kind: str, name: str, *, packages: bool = True) -> RegisteredEngine:
    """Return an engine by name, whether it can run here or not.

    Raises
    ------
    SoliloquyError
        When there is none of this name; where one could not be read, it says why.
    """
    engines, broken = register(packages=packages)
    known = [engine for engine in engines if engine.spec.kind == kind]
    for engine in known:
        if engine.spec.name == name:
            return engine
    for item in broken:
        if item.name == name and item.kind in ("", kind):
            raise SoliloquyError(f"The engine '{name}' cannot be used: {item.why_not}", f"It is in '{item.source}'.")
    names = ", ".join(engine.spec.name for engine in known)
    raise SoliloquyError(f"There is no {kind} engine '{name}'.", f"Choose among: {names}.")


_elsewhere: set[tuple[str, str]] = set()


def know_elsewhere(engines: set[tuple[str, str]]) -> None:
    """Take it that a worker's Python has these engines, (kind, name): orders for it may ask for them."""
    global _elsewhere
    _elsewhere = engines


def require_known(kind: str, name: str) -> None:
    """Raise :class:`SoliloquyError` for a name that is no engine's, neither here nor where a worker told of it."""
    if (kind, name) not in _elsewhere:
        find_engine(kind, name)


def enum_number(engine: RegisteredEngine) -> int:
    """Return the number that .blend files know an engine by: its own, or one made of its name."""
    return enum_number_of(engine.spec.name) if engine.source else engine.spec.number


def enum_number_of(name: str) -> int:
    """Return the number of an engine from outside, the same in every session."""
    return _FIRST_OUTSIDE + zlib.crc32(name.encode()) % 2**30


def published_systems(*, packages: bool = True) -> list[PublishedSystem]:
    """Return every system whose official files a user can bring along, head models last."""
    systems = [engine.spec.published for engine in register(packages=packages)[0]]
    return [*(system for system in systems if system is not None), head_models.SYSTEM]


def list_engines() -> list[EngineInfo]:
    """Return every engine, and what cannot be read; needs no torch and says where it is missing."""
    engines, broken = register()
    return [*(_info(engine) for engine in engines), *(_info_of_broken(item) for item in broken)]


def _info(engine: RegisteredEngine) -> EngineInfo:
    spec = engine.spec
    why_not = _lacking(engine) or missing_files(engine)
    return EngineInfo(
        name=spec.name,
        kind=spec.kind,
        title=spec.title,
        licence=spec.terms,
        description=spec.description,
        available=not why_not,
        why_not=why_not,
        abilities=tuple(sorted(spec.abilities)),
        source=engine.source,
    )


def _info_of_broken(item: BrokenEngine) -> EngineInfo:
    return EngineInfo(
        name=item.name,
        kind="",
        title=item.name,
        licence="not stated",
        description="An engine that cannot be used.",
        available=False,
        why_not=item.why_not,
        source=item.source,
    )


def missing_files(engine: RegisteredEngine) -> str:
    """Return in one sentence which files of an engine are missing, whichever Python will run it; empty for none."""
    if engine.spec.published is not None:
        return find_published(engine.spec.published).missing
    for path in engine.files:
        if not path.is_file():
            return f"Its file '{path.name}' is missing."
    return ""


def missing_head_model(engine: RegisteredEngine) -> str:
    """Return in one sentence what an engine lacks to move more than the jaw; empty for nothing."""
    space = engine.spec.expression_space
    return head_models.missing_head_model(space) if space else ""


def _lacking(engine: RegisteredEngine) -> str:
    """Return in one sentence which Python package is missing here; empty for none."""
    name = next((name for name in engine.spec.packages if not any(map(_is_there, name.split("|")))), "")
    if not name:
        return ""
    if name == "torch":
        return _NO_TORCH
    name = name.replace("|", "' or '")
    step = "install it where the worker runs" if engine.source else "install Soliloquy's runtime again"
    return f"The Python package '{name}' is not installed; {step}."


def _is_there(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def face_engine(name: str) -> FaceEngine:
    """Return a face engine by name, ready to animate.

    Raises
    ------
    SoliloquyError
        For an unknown name, a body engine's name, or an engine that cannot run here.
    """
    return _made(find_engine("face", name))


def body_engine(name: str) -> BodyEngine | None:
    """Return a body engine by name, ready to gesture; None for bodies that do not.

    Raises
    ------
    SoliloquyError
        For an unknown name, or an engine that cannot run here.
    """
    engine = find_engine("body", name)
    return _made(engine) if engine.spec.loader else None


def _made(engine: RegisteredEngine) -> Any:
    from .watched_engine import watched

    spec = engine.spec
    cannot = f"The {spec.kind} engine '{spec.name}' cannot run: "
    if lacking := _lacking(engine):
        raise MissingRuntime(cannot + lacking, "See 'soliloquy doctor' for the mend.")
    if missing := missing_files(engine):
        ours = not engine.source and spec.published is None
        hint = "See 'soliloquy doctor' for the mend." if ours else f"Or choose another {spec.kind} engine."
        raise MissingFiles(cannot + missing, hint)
    module, _, attribute = spec.loader.partition(":")
    if engine.source:
        return watched(engine, lambda: getattr(importlib.import_module(module, engine.package), attribute)())
    make = getattr(importlib.import_module(module, engine.package), attribute)
    return make() if spec.published is None else make(find_published(spec.published))
