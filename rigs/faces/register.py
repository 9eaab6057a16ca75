"""The drives that a character's face takes: every module of this folder with a ``drive_of`` is asked."""

from __future__ import annotations

import dataclasses
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
        module = importlib.import_module(f"{_PACKAGE}.{item.name}")
        maker = getattr(module, "drive_of", None)
        if maker is not None:
            found.append((getattr(module, "AFTER_KEYS", False), maker))
    return tuple(maker for _, maker in sorted(found, key=lambda pair: pair[0]))


def drives_of(parts: FaceParts) -> tuple[Drive, ...]:
    """Return what animates the parts of a face that its plain shape keys do not; empty for most.

    Modules that say ``AFTER_KEYS`` are asked last, and told what the others found.
    """
    folders = tuple(importlib.import_module(_PACKAGE).__path__)
    found: list[Drive] = []
    for maker in _makers(folders):
        drive = maker(dataclasses.replace(parts, drives=tuple(found)))
        if drive is not None:
            found.append(drive)
    return tuple(found)
