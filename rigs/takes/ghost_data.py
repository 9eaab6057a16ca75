"""Which data blocks of the file belong to ghosts of characters, see ``ghost.py``."""

from __future__ import annotations

from typing import Any

import bpy

from ..character.marker import GHOST_PROPERTY

COLLECTION = "Soliloquy Ghosts"


def ghosts() -> list[Any]:
    """Return the objects of all ghosts."""
    place = bpy.data.collections.get(COLLECTION)
    return [item for item in place.objects if GHOST_PROPERTY in item] if place is not None else []


def owners_of(copy: Any) -> list[Any]:
    """Return the data blocks of a ghost's object that have animation data."""
    keys = copy.data.shape_keys if copy.type == "MESH" and GHOST_PROPERTY in copy.data else None
    return [item for item in (copy, keys) if item is not None and item.animation_data is not None]


def ghost_owners() -> list[Any]:
    """Return the data blocks of all ghosts that have animation data."""
    return [owner for item in ghosts() for owner in owners_of(item)]
