"""Who uses which performance file: a small marker beside each, kept when files are opened and saved.

The marker says which .blend files use the performance, as they lie on the disk. Only a performance that no open take
and no saved file uses, and of which a take was removed, may be tidied away.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..inference.errors import NotSaved
from ..inference.saving import write_json
from . import performances

_SUFFIX = ".uses.json"


def _marker(name: str) -> Path:
    return performances.folder() / (name + _SUFFIX)


def _read(marker: Path) -> dict[str, Any]:
    """Return what a marker says; one that is missing or damaged says that nobody knows."""
    try:
        found = json.loads(marker.read_text("utf-8")) if marker.stat().st_size < 1_000_000 else {}
    except (OSError, ValueError, RecursionError):
        return {"files": [], "removed": False}
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, list) or not all(isinstance(item, str) for item in files):
        return {"files": ["?"], "removed": False}
    return {"files": files, "removed": found.get("removed") is True}


def _write(marker: Path, before: dict[str, Any], after: dict[str, Any]) -> None:
    if after == before and marker.is_file():
        return
    # Nothing is ever deleted for want of a marker.
    with contextlib.suppress(NotSaved):
        write_json(marker, after)


def open_uses() -> set[str]:
    """Return the names of the performance files that takes of the open file name, whatever plays them."""
    from ..rigs.takes import kept, nla

    infos = (nla.read_info(action) for action in bpy.data.actions)
    return {kept.names(info["meta"]) for info in infos if info and isinstance(info.get("meta"), dict)} - {""}


def note(path: str = "", *, removed: set[str] | None = None) -> None:
    """Bring the markers up to what the open file uses.

    Parameters
    ----------
    path : str
        The .blend file that was opened or saved just now; empty when the disk has not seen the present state.
    removed : set of str
        Performances of takes that were removed just now.
    """
    folder, used = performances.folder(), open_uses()
    names = {name for name in used | (removed or set()) if (folder / name).is_file()}
    if path:
        names |= {marker.name.removesuffix(_SUFFIX) for marker in folder.glob("*" + _SUFFIX)}
    for name in names:
        marker = _marker(name)
        before = _read(marker)
        files, gone = set(before["files"]), before["removed"]
        if path and name in used:
            files, gone = files | {path}, False
        elif path and path in files:
            files, gone = files - {path}, True
        elif name in (removed or set()) and name not in used:
            gone = True
        _write(marker, before, {"files": sorted(files), "removed": gone})


def unused(busy: set[str]) -> list[Path]:
    """Return the performances of removed takes that nothing uses, oldest name first.

    Parameters
    ----------
    busy : set of str
        Names of files that jobs are writing or reading.
    """
    folder, used = performances.folder(), open_uses() | busy
    found = []
    for marker in sorted(folder.glob("*" + _SUFFIX)):
        path = folder / marker.name.removesuffix(_SUFFIX)
        says = _read(marker)
        if says["removed"] and not says["files"] and path.name not in used and path.is_file() and not path.is_symlink():
            found.append(path)
    return found


def forget(path: Path) -> None:
    """Remove the marker of a performance that is gone."""
    _marker(path.name).unlink(missing_ok=True)


@persistent
def _opened_or_saved(path: Any = "", *_: Any) -> None:
    named = path if isinstance(path, str) and path else bpy.data.filepath
    if named:
        note(str(Path(named).resolve()))


def register() -> None:
    """Follow opening and saving."""
    bpy.app.handlers.load_post.append(_opened_or_saved)
    bpy.app.handlers.save_post.append(_opened_or_saved)


def unregister() -> None:
    """Stop following."""
    for handlers in (bpy.app.handlers.load_post, bpy.app.handlers.save_post):
        if _opened_or_saved in handlers:
            handlers.remove(_opened_or_saved)
