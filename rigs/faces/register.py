"""The drives that a character's face takes: every module of this folder with a ``drive_of`` is asked."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable

from .drive import Drive, FaceParts

_PACKAGE = __name__.rpartition(".")[0]


@functools.cache
def _makers(folders: tuple[str, ...]) -> tuple[Callable[[FaceParts], Drive | None], ...]:
    found = []
    for item in sorted(pkgutil.iter_modules(folders), key=lambda item: item.name):
        if item.name == "register":
            continue
        maker = getattr(importlib.import_module(f"{_PACKAGE}.{item.name}"), "drive_of", None)
        if maker is not None:
            found.append(maker)
    return tuple(found)


def drives_of(parts: FaceParts) -> tuple[Drive, ...]:
    """Return what animates the parts of a face that its plain shape keys do not; empty for most."""
    folders = tuple(importlib.import_module(_PACKAGE).__path__)
    return tuple(drive for maker in _makers(folders) if (drive := maker(parts)) is not None)
