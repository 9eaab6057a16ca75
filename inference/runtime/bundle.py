"""The libraries that the extension's zip brings along: where they lie packed, and where they are unpacked to.

The zip of a platform and Python carries wheels as data in ``bundle/``, with ``bundle.json`` beside them (made by the
build). The worker unpacks them once, see ``unpack.py``, and runs in Blender's own Python with them. This looks at files
only.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ..plain_json import read_json
from ..shipped import ROOT

FOLDER_NAME = "bundle"
LIST_NAME = "bundle.json"
FORMAT = 1
_MOST_BYTES = 1 << 16
_MOST_WHEELS = 50


@dataclass(frozen=True)
class Bundle:
    """Wheels for one Python on one platform."""

    source: Path
    """The folder that holds them."""
    site: Path
    """Where they lie unpacked, or will."""
    python: str
    """The Python they are for, such as ``"3.13"``."""
    wheels: dict[str, str]
    """File name -> sha256."""

    @property
    def unpacked(self) -> bool:
        """Whether they lie there: a folder that is there is whole."""
        return self.site.is_dir()


def read_bundle(home: Path, root: Path = ROOT) -> Bundle | None:
    """Return what this extension brings along, None when it brings nothing that can be read.

    Parameters
    ----------
    home : Path
        The folder of the user's in which bundles are unpacked, one folder per version.
    root : Path
        The extension's folder.
    """
    source = root / FOLDER_NAME
    try:
        found: object = read_json(source / LIST_NAME, most_bytes=_MOST_BYTES)
    except (OSError, ValueError):
        return None
    listed = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    python, version, wheels = listed.get("python"), listed.get("version"), listed.get("wheels")
    if listed.get("format") != FORMAT or not isinstance(python, str) or not isinstance(wheels, dict):
        return None
    hashes = cast("dict[str, Any]", wheels)
    # Names, and no ways out of their folders.
    names = [*hashes, version]
    plain = all(isinstance(name, str) and name and name.isprintable() and Path(name).name == name for name in names)
    if not plain or not 0 < len(hashes) <= _MOST_WHEELS or not all(isinstance(value, str) for value in hashes.values()):
        return None
    return Bundle(source, home / cast("str", version), python, hashes)


def own_python() -> str:
    """Return the version of this Python as bundles name it."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"
