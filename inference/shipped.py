"""The files that come with Soliloquy: where they lie, and the list of their sha256 that they are held against.

A file is hashed when it is opened, once per process; 14 MB take about 10 ms. Needs nothing but the standard library.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import cast

from .errors import MissingFiles
from .plain_json import read_json

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = "models/weights/manifest.json"
"""The list, from :data:`ROOT`: path from there -> sha256. Made by ``make manifest``."""
SHIPPED = (
    "models/weights/*.safetensors", "models/weights/*.onnx", "models/weights/*.npz",
    "assets/*.npz", "assets/*.flac", "assets/cast/*.npz",
    "assets/cast/maps/*.jpg", "assets/cast/maps/*.png", "assets/cast/parts/*.npz", "assets/cast/thumbnails/*.jpg",
)  # fmt: skip
"""What goes onto the list."""
AGAIN = "Install Soliloquy again."


def weights_path(name: str) -> Path:
    """Return where the shipped weights of a name lie, such as ``"face"``."""
    return ROOT / "models" / "weights" / f"{name}.safetensors"


def file_sha256(path: Path) -> str:
    """Return the hash of a file, taken once as long as the file stays as it is; raises :class:`OSError`."""
    status = path.stat()
    return _hash(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _hash(path: Path, _changed: int, _size: int) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_manifest() -> dict[str, str]:
    """Return the list: path from :data:`ROOT` -> sha256.

    Raises
    ------
    MissingFiles
        When it is missing or damaged.
    """
    path = ROOT / MANIFEST
    try:
        status = path.stat()
        return _listed(path, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError) as error:
        raise MissingFiles(f"The list of what ships, '{path.name}', is missing or damaged.", AGAIN) from error


@lru_cache(maxsize=4)
def _listed(path: Path, _changed: int, _size: int) -> dict[str, str]:
    found: object = read_json(path)
    listed = cast("dict[str, str]", found) if isinstance(found, dict) else None
    if listed is None or not all(isinstance(value, str) for value in cast("dict[str, object]", listed).values()):
        raise ValueError("no list of files")
    return listed


def check_shipped(path: Path, whose: str = "Soliloquy's file", hint: str = AGAIN) -> None:
    """Hold a shipped file against the list; a file from elsewhere is let through.

    Parameters
    ----------
    whose : str
        Begins the sentence, such as ``"The face engine's weights"``.
    hint : str
        The next step.

    Raises
    ------
    MissingFiles
        When the file is not the one that was shipped, or is not on the list although it lies among those that are.
    """
    try:
        place = Path(os.path.abspath(path)).relative_to(ROOT)
    except ValueError:
        return
    listed = read_manifest().get(place.as_posix())
    if listed is None and not any(place.match(pattern) for pattern in SHIPPED):
        return
    try:
        same = listed == file_sha256(path)
    except OSError as error:
        raise MissingFiles(f"{whose} '{path.name}' cannot be read: {error.strerror}.", hint) from error
    if not same:
        raise MissingFiles(f"{whose} '{path.name}' are damaged: this is not the file that was shipped.", hint)


def write_manifest(root: Path | None = None) -> Path:
    """Write the list anew from the files there are, and return its path."""
    root = ROOT if root is None else root
    found = sorted(path for pattern in SHIPPED for path in root.glob(pattern))
    listed = {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
    target = root / MANIFEST
    target.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    return target


if __name__ == "__main__":
    print(write_manifest())
