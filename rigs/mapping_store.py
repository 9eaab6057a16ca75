"""Where mappings made by hand are kept: on the character, and as presets for every skeleton of the same bones."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from ..inference.errors import BadFile, SoliloquyError
from ..inference.saving import not_saved, private_folder, written_aside
from ..inference.user_folders import data_folder
from .mappings.saved import SavedMapping, read_mapping

MAPPING_PROPERTY = "soliloquy_mapping"
"""Custom property of an armature object, or of a mesh without one: its mapping as JSON."""
_MOST_BYTES = 1 << 18
_read: dict[Path, tuple[int, int, SavedMapping | None]] = {}


def fingerprint(holder: Any) -> str:
    """Return what characters of the same skeleton share: a hash of the sorted names of bones, or of a mesh's keys."""
    names = holder.data.bones.keys() if holder.type == "ARMATURE" else _keys(holder)
    return hashlib.sha256("\n".join(sorted(names)).encode("utf-8", "replace")).hexdigest()[:32]


def saved_mapping(holder: Any) -> SavedMapping | None:
    """Return the mapping of a character: its own, else the preset for its skeleton; None where nobody made one.

    One that cannot be read counts as none, so that a damaged property or file never stops an artist.
    """
    text = holder.get(MAPPING_PROPERTY)
    if isinstance(text, str):
        try:
            return read_mapping(text)
        except SoliloquyError:
            return None
    folder = presets_folder()
    return _preset(folder / f"{fingerprint(holder)}.json") if folder.is_dir() else None


def save_mapping(holder: Any, mapping: SavedMapping) -> None:
    """Keep a mapping on a character and as the preset for its skeleton.

    Data linked from another file cannot take the property, and library overrides do not save it: there the preset
    alone is used.

    Raises
    ------
    NotSaved
        When the preset cannot be written; the character has its own then.
    """
    mapping = SavedMapping(mapping.joints, mapping.keys, fingerprint(holder))
    if takes_property(holder):
        holder[MAPPING_PROPERTY] = mapping.to_json()
    write_preset(mapping)


def takes_property(holder: Any) -> bool:
    """Return whether a character keeps a mapping of its own in the file."""
    return bool(holder.is_editable) and holder.override_library is None


def write_preset(mapping: SavedMapping) -> None:
    """Keep a mapping as the preset for skeletons of its fingerprint.

    Raises
    ------
    NotSaved
        When it cannot be written.
    """
    target = presets_folder() / f"{mapping.fingerprint}.json"
    try:
        private_folder(target.parent.parent, ours=True)
        private_folder(target.parent, ours=True)
    except OSError as error:
        raise not_saved(target.parent, error) from error
    with written_aside(target) as stream:
        stream.write(mapping.to_json().encode("utf-8"))


def forget_mapping(holder: Any) -> None:
    """Remove a character's mapping and the preset for its skeleton: what it is, is detected again."""
    if holder.is_editable and MAPPING_PROPERTY in holder:
        del holder[MAPPING_PROPERTY]
    forget_preset(fingerprint(holder))


def forget_preset(name: str) -> None:
    """Remove the preset for skeletons of a fingerprint."""
    path = presets_folder() / f"{name}.json"
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise not_saved(path, error) from error


def read_mapping_file(path: Path) -> SavedMapping:
    """Return the mapping in a file.

    Raises
    ------
    BadFile
        When it cannot be read or is none.
    """
    try:
        with open(path, "rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise BadFile(f"'{path}' cannot be read: {error.strerror}.", "Choose another file.") from error
    return read_mapping(content, f"'{path.name}'")


def presets_folder() -> Path:
    """Return where presets lie, one file per skeleton; not created."""
    return data_folder() / "mappings"


def _preset(path: Path) -> SavedMapping | None:
    """Return a preset, read again when its file has changed: characters are looked at all the time."""
    try:
        stat = path.stat()
    except OSError:
        return None
    known = _read.get(path)
    if known is None or known[:2] != (stat.st_mtime_ns, stat.st_size):
        try:
            found: SavedMapping | None = read_mapping_file(path)
        except SoliloquyError:
            found = None
        _read[path] = known = (stat.st_mtime_ns, stat.st_size, found)
    return known[2]


def _keys(mesh: Any) -> list[str]:
    keys = mesh.data.shape_keys
    return [block.name for block in keys.key_blocks] if keys is not None else []
