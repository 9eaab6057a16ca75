"""One file per panel; panels draw and decide nothing."""

from __future__ import annotations

import bpy

from . import (
    animate,
    body,
    character,
    craft,
    emotion,
    export,
    face_engine,
    mapping,
    performance,
    regenerate,
    reshape,
    setup,
    speech,
    takes,
    words,
)

# The order in the sidebar. A panel without a header, or with a bl_order below 0, would come before Blender's own, and
# our tab would be the one that a newly opened sidebar shows.
MODULES = (
    setup,
    animate,
    character,
    mapping,
    speech,
    words,
    performance,
    emotion,
    body,
    face_engine,
    takes,
    regenerate,
    reshape,
    craft,
    export,
)
CLASSES = tuple(item for module in MODULES for item in module.CLASSES)


def register() -> None:
    """Register the panels of both editors."""
    for item in CLASSES:
        bpy.utils.register_class(item)


def unregister() -> None:
    """Take the panels back."""
    for item in reversed(CLASSES):
        bpy.utils.unregister_class(item)
