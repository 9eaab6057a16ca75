"""The performance that a take was made from, packed into the .blend with it, so that it re-shapes anywhere and always.

The very bytes of the performance file lie in a custom property of one of the take's actions; they are used only while
they are the file that the take was made from, by its hash, and read as carefully as any other file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...inference.arkit import REGIONS
from ...inference.errors import BadFile, SoliloquyError
from ...inference.performance import Performance
from . import kept, nla
from .take import Take

if TYPE_CHECKING:
    from ..rig import Rig

PROPERTY = "soliloquy_performance"
"""Name of the custom property on an action: the bytes of the performance file."""
MOST_BYTES = 200 << 20
"""Bytes of a file that is still packed: two hours and a half."""


def carrier(rig: Rig, take: Take) -> Any | None:
    """Return the action that carries what belongs to a take as a whole: its first, in the order of regions."""
    found = nla.tracks(rig, take.id)
    return min(found, key=lambda item: REGIONS.index(item.region)).strip.action if found else None


def pack(rig: Rig, take: Take, path: Path) -> int:
    """Pack a take's performance file into the .blend; returns its bytes.

    Raises
    ------
    SoliloquyError
        When the file cannot be read, is not the one the take was made from, or is too large.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(f"'{path}' cannot be read: {error.strerror}.", "Check who may read the file.") from error
    if not _right(take, data):
        raise BadFile(f"'{path.name}' is not the performance that '{take.name}' was made from.", "Animate again.")
    if len(data) > MOST_BYTES:
        raise SoliloquyError(f"'{path.name}' is too large to be packed.", "Keep it beside the .blend file.")
    unpack(rig, take)
    action = carrier(rig, take)
    if action is not None:
        action[PROPERTY] = data
    return len(data)


def unpack(rig: Rig, take: Take) -> None:
    """Take a performance out of the .blend again."""
    for action in nla.actions(nla.tracks(rig, take.id)):
        if PROPERTY in action:
            del action[PROPERTY]


def packed_bytes(rig: Rig, take: Take) -> bytes | None:
    """Return a take's packed performance file, None where there is none or it is another one."""
    for action in nla.actions(nla.tracks(rig, take.id)):
        data = action.get(PROPERTY)
        if isinstance(data, bytes) and len(data) <= MOST_BYTES and _right(take, data):
            return data
    return None


def packed_size(rig: Rig, take: Take) -> int:
    """Return the bytes that a take's packed performance takes, 0 for none; for drawing, nothing is checked."""
    sizes = [len(data) for action in nla.actions(nla.tracks(rig, take.id)) if (data := action.get(PROPERTY))]
    return max(sizes, default=0)


def performance_of(rig: Rig, take: Take, folders: Iterable[Path] = ()) -> Performance:
    """Return the performance that a take was made from: packed with it, else from its file.

    Raises
    ------
    SoliloquyError
        When it is nowhere, or is another one by now.
    """
    data = packed_bytes(rig, take)
    if data is not None:
        return Performance.from_bytes(data, kept.names(take.meta) or take.name)
    folders = list(folders)
    problem = kept.why_not(take, folders)
    if problem is not None:
        raise problem
    return Performance.load(kept.file_of(take, folders))


def _right(take: Take, data: bytes) -> bool:
    return take.meta.get(kept.SHA256) in (None, hashlib.sha256(data).hexdigest())
