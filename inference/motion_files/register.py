"""The formats of motion: every module of this folder with ``FORMATS`` is asked. Read any of them, write any of them."""

from __future__ import annotations

import functools
import importlib
import os
import pkgutil
from pathlib import Path

from ..errors import BadFile, NotSaved
from ..performance import Performance
from ..resample import at_rate
from ..user_folders import given_path
from .motion_format import HEAD_BYTES, MotionFormat

_PACKAGE = __name__.rpartition(".")[0]
OF_SKELETONS = (".bvh", ".fbx", ".glb", ".gltf")
"""Endings of files whose motion is somebody's skeleton's: Blender's side reads them (``rigs/recorded_motion``)."""
FRAME_RATE = 24.0
"""Frames per second of files that count frames without saying so, as the programs that write them assume."""


@functools.cache
def formats() -> tuple[MotionFormat, ...]:
    """Return every format, by the name of its module."""
    found: list[MotionFormat] = []
    for item in sorted(pkgutil.iter_modules(importlib.import_module(_PACKAGE).__path__), key=lambda item: item.name):
        if item.name not in ("register", "motion_format"):
            found += getattr(importlib.import_module(f"{_PACKAGE}.{item.name}"), "FORMATS", ())
    return tuple(found)


def readable() -> tuple[MotionFormat, ...]:
    """Return the formats that can be read."""
    return tuple(item for item in formats() if item.read is not None or item.read_at is not None)


def writable() -> tuple[MotionFormat, ...]:
    """Return the formats that can be written."""
    return tuple(item for item in formats() if item.write is not None)


def read_motion(path: str | os.PathLike[str], fps: float = FRAME_RATE) -> Performance:
    """Read motion of any known format as a performance that can be baked, layered and re-shaped.

    Parameters
    ----------
    path : path-like
        The file; its ending and what it begins with tell the format.
    fps : float
        Frames per second of files that count frames and do not say at which rate, such as Moho's.

    Raises
    ------
    BadFile
        When it is missing, damaged, too large, or of no known format; one sentence says which.
    """
    source = given_path(path)
    if _ending(source) in OF_SKELETONS and source.is_file():
        raise BadFile(
            f"'{source.name}' holds the motion of a skeleton, which is recognised where Blender is.",
            "Use Load Performance or 'soliloquy bake'.",
        )
    chosen = _recognised(source, _head(source))
    performance = chosen.read_at(source, fps) if chosen.read_at is not None else chosen.read(source)  # type: ignore[misc]
    if chosen.name != "performance":
        performance.meta.setdefault("imported", {"format": chosen.name, "file": source.name})
    return performance


def write_motion(
    performance: Performance, path: str | os.PathLike[str], format: str = "", fps: float | None = None
) -> Path:
    """Write a performance in any of the formats, whole or not at all.

    Parameters
    ----------
    path : path-like
        The file.
    format : str
        Name of the format; the first whose ending the file has when empty.
    fps : float, optional
        Resample to this rate first.

    Raises
    ------
    NotSaved
        When no format is meant, or the file cannot be written.
    """
    target = given_path(path)
    fitting = [item for item in writable() if item.name == format or (not format and item.suffix == _ending(target))]
    if not fitting:
        what = f"There is no format '{format}'." if format else f"'{target.name}' has the ending of no known format."
        raise NotSaved(what, f"Choose one of {', '.join(item.name for item in writable())}.")
    write = fitting[0].write
    assert write is not None
    write(performance if fps is None else at_rate(performance, fps), target)
    return target


def _ending(path: Path) -> str:
    return path.suffix.lower()


def _head(source: Path) -> bytes:
    try:
        if not source.is_file():
            raise BadFile(f"There is no performance file at '{source}'.", "Check the path.")
        with open(source, "rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError as error:
        raise BadFile(f"'{source.name}' cannot be read: {error.strerror}.", "Check the path.") from error


def _recognised(source: Path, head: bytes) -> MotionFormat:
    """Return the format of a file: by its ending and content, by its content alone, or by an ending only one has."""
    named = [item for item in readable() if item.suffix == _ending(source)]
    for item in (*named, *readable()):
        if item.recognises(source, head):
            return item
    if len(named) == 1:
        return named[0]  # whose reader says in words what is wrong
    endings = ", ".join(dict.fromkeys(item.suffix for item in readable()))
    labels = " or ".join(item.label for item in named)
    what = f"'{source.name}' is no {labels}."
    if not named:
        what = f"'{source.name}' is not a Soliloquy performance, nor of another format that can be loaded."
    raise BadFile(what, f"Choose a file of one of these kinds: {endings}.")
