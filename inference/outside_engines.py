"""Engines from outside: folders that a person names, and packages installed beside the worker.

An engine folder is a package whose ``__init__.py`` holds ``SPEC``, a dictionary of :class:`~.engine_spec.EngineSpec`'s
fields; a package announces the same under the entry point group :data:`GROUP`. Blender's process reads the folders too,
so ``__init__.py`` imports nothing heavy. What cannot be read is a :class:`BrokenEngine` and never stops the others.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from .engine_spec import EngineSpec, read_spec
from .errors import SoliloquyError
from .faults import first_line
from .user_folders import given_path

FOLDER_VARIABLE = "SOLILOQUY_ENGINES"
"""Environment variable that names the folder of engines; the worker is told by it too."""
GROUP = "soliloquy.engines"
"""Entry point group of packages that bring engines."""
_MOST = 100
"""Engines of one folder."""
_chosen: Path | None = None


@dataclass(frozen=True)
class RegisteredEngine:
    """An engine that can be chosen."""

    spec: EngineSpec
    package: str
    """What its loader is relative to."""
    home: Path
    """What its files are relative to."""
    source: str = ""
    """Where it comes from, in words; empty for those that come with Soliloquy."""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that its spec names."""
        return tuple(self.home / name for name in self.spec.files)


@dataclass(frozen=True)
class BrokenEngine:
    """What should be an engine and cannot be read."""

    name: str
    """Of the folder or the entry point."""
    source: str
    why_not: str
    kind: str = ""
    """Where its spec tells."""


def use_folder(folder: Path | str | None) -> None:
    """Read engines from this folder; None goes back to the one that :data:`FOLDER_VARIABLE` names."""
    global _chosen
    _chosen = given_path(folder).absolute() if folder else None


def engines_folder() -> Path | None:
    """Return the folder that engines are read from, None where none is named."""
    named = os.environ.get(FOLDER_VARIABLE)
    return _chosen or (given_path(named).absolute() if named else None)


def worker_environment() -> dict[str, str]:
    """Return what a worker's environment needs so that it reads the same folder."""
    folder = engines_folder()
    return {} if folder is None else {FOLDER_VARIABLE: str(folder)}


def from_folder() -> tuple[RegisteredEngine | BrokenEngine, ...]:
    """Return the engines of the folder, read again where a folder or its ``__init__.py`` changed."""
    folder = engines_folder()
    if folder is None:
        return ()
    try:
        places = sorted(place for place in folder.iterdir() if place.is_dir() and place.name[:1] not in "._")
    except OSError as error:
        words = f"The engines folder '{folder}' cannot be read: {error.strerror or error}."
        return (BrokenEngine(folder.name, str(folder), words),)
    found = [_read_again(place, _stamp(place / "__init__.py")) for place in places[:_MOST]]
    if len(places) > _MOST:
        words = f"Only the first {_MOST} folders of '{folder}' are read."
        found.append(BrokenEngine(folder.name, str(folder), words))
    return tuple(found)


@lru_cache(maxsize=1)
def from_packages() -> tuple[RegisteredEngine | BrokenEngine, ...]:
    """Return the engines of packages in this Python, read once in a process."""
    return tuple(_announced())


def _announced() -> Iterator[RegisteredEngine | BrokenEngine]:
    import importlib.metadata  # with what mail is read with: not before packages are asked

    for point in sorted(importlib.metadata.entry_points(group=GROUP), key=lambda point: point.name)[:_MOST]:
        source = f"package {point.dist.name}" if point.dist is not None else f"module {point.module}"
        try:
            spec = read_spec(point.load())
            home = Path(str(sys.modules[point.module].__file__)).parent
        except (Exception, SystemExit) as error:
            yield BrokenEngine(point.name, source, _words(error))
        else:
            yield RegisteredEngine(spec, point.module, home, source)


@lru_cache(maxsize=4 * _MOST)
def _read_again(place: Path, stamp: int) -> RegisteredEngine | BrokenEngine:
    if not place.name.isidentifier():
        words = f"The folder cannot be a package: name it with letters, digits and underscores, not '{place.name}'."
        return BrokenEngine(place.name, str(place), words)
    if not stamp:
        return BrokenEngine(place.name, str(place), "It has no __init__.py with a SPEC.")
    try:
        module = _load(place)
        if not hasattr(module, "SPEC"):
            return BrokenEngine(place.name, str(place), "Its __init__.py holds no SPEC.")
        return RegisteredEngine(read_spec(module.SPEC), module.__name__, place, str(place))
    except (Exception, SystemExit) as error:
        return BrokenEngine(place.name, str(place), _words(error))


def _load(place: Path) -> ModuleType:
    """Import an engine's folder as a package beneath this module, whatever Soliloquy is called here."""
    name = f"{__name__}.{place.name}"
    for known in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[known]
    found = importlib.util.spec_from_file_location(name, place / "__init__.py", submodule_search_locations=[str(place)])
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _stamp(path: Path) -> int:
    """Return a number that changes with the file; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _words(error: BaseException) -> str:
    if isinstance(error, SoliloquyError):
        return str(error)
    return f"Its SPEC cannot be read ({type(error).__name__}: {first_line(error)})."
