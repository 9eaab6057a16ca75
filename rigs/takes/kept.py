"""The performance file that a take was made from: where it lies, and whether it is still the one it was.

A take's keys need no file. Making a part of it anew does, and must not start from one that something else wrote over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...inference.errors import BadFile, MissingFiles, NotSaved, SoliloquyError

if TYPE_CHECKING:
    from .take import Take

FILE, SHA256 = "performance", "performance_sha256"
"""What a take remembers of its performance: the path of the file, and its hash."""

_known: dict[str, tuple[tuple[int, int], str]] = {}


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file; read again only when its size or time has changed.

    Raises
    ------
    SoliloquyError
        When it cannot be read.
    """
    try:
        state = path.stat()
        mark = (state.st_size, state.st_mtime_ns)
        if _known.get(str(path), ((), ""))[0] != mark:
            with path.open("rb") as stream:
                _known[str(path)] = (mark, hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError as error:
        raise BadFile(f"'{path}' cannot be read: {error.strerror}.", "Check who may read the file.") from error
    return _known[str(path)][1]


def remember(path: str | Path, sha256: str = "") -> dict[str, str]:
    """Return what a take is to remember of its performance file.

    Parameters
    ----------
    sha256 : str
        The hash that whoever wrote the file told. A file that is another one by now is refused.

    Raises
    ------
    NotSaved
        When the file is not the one that was written.
    """
    found = sha256_of(Path(path))
    if sha256 and found != sha256:
        raise NotSaved(
            f"The performance '{Path(path).name}' was written over by another program before it could be used.",
            "Animate again; if another Blender runs, wait until it is done.",
        )
    return {FILE: str(path), SHA256: found}


def file_of(take: Take, folders: Iterable[Path] = ()) -> Path:
    """Return where a take's performance lies: where it was written, else under the same name in one of ``folders``.

    The first place where there is nothing comes back when there is nothing anywhere.
    """
    written = Path(str(take.meta[FILE]).replace("\\", "/"))
    places = [written, *(folder / written.name for folder in folders)]
    return next((place for place in places if place.is_file()), written)


def why_not(take: Take, folders: Iterable[Path] = ()) -> SoliloquyError | None:
    """Return why a take's performance cannot be used, None when it can."""
    if FILE not in take.meta:
        return MissingFiles(
            f"The take '{take.name}' does not say which performance it was made from.",
            "Animate again; parts of the new take can be made anew.",
        )
    path = file_of(take, folders)
    if not path.is_file():
        return MissingFiles(
            f"The performance file of '{take.name}' is gone: '{path}'.",
            "Put it beside the .blend file, or animate again; parts of the new take can be made anew.",
        )
    try:
        same = take.meta.get(SHA256) in (None, sha256_of(path))
    except SoliloquyError as error:
        return error
    if same:
        return None
    return BadFile(
        f"The performance file of '{take.name}' is another one since the take was made: '{path}'.",
        "Another Blender may have written over it. Put the old file back, or animate again.",
    )


def names(meta: Mapping[str, Any]) -> str:
    """Return the name of the performance file that a take's meta names, empty when it names none."""
    return Path(str(meta.get(FILE, "")).replace("\\", "/")).name
