"""One file per panel; panels draw and decide nothing."""

from __future__ import annotations

import bpy

from ..operators import preferences
from . import (
    animate,
    body,
    character,
    controls,
    craft,
    direction,
    emotion,
    export,
    face_engine,
    gestures,
    mapping,
    menu,
    performance,
    regenerate,
    reshape,
    setup,
    speech,
    takes,
    words,
)
from .editors import CATEGORY

# The order in the sidebar is the order of the work: what one does next comes next. A new panel is one file and one
# line here, in its section; one below another names it as ``parent`` (``for_both_editors``), which puts it below that
# panel. What acts on the next take hangs below "performance", what acts on the take that plays below "takes", so that
# the two never look alike. A panel without a header, or with a bl_order below 0, would come before Blender's own, and
# our tab would be the one that a newly opened sidebar shows.
NEEDED = (setup,)
"""Shown only while something is missing."""
WHO_AND_WHAT = (character, mapping, speech)
"""The character (parent "character") and what it says (parent "speech")."""
START = (animate,)
"""The button and what is on its way (parent "animate")."""
PRESENT_TAKE = (takes, reshape, craft, export, gestures, controls, regenerate)
"""The takes made so far, and what changes, delivers or shows the one that plays (parent "takes")."""
NEXT_TAKE = (performance, direction, emotion, body, words, face_engine)
"""How the next take is directed (parent "performance"), collapsed."""
MODULES = (*NEEDED, *WHO_AND_WHAT, *START, *PRESENT_TAKE, *NEXT_TAKE)
CLASSES = tuple(item for module in MODULES for item in module.CLASSES)


def _wanted() -> list[type]:
    """Return the classes of the editors that the artist wants them in, under the tab's name that the artist chose."""
    chosen = preferences.preferences()
    shown = [item for item in CLASSES if chosen.in_properties or getattr(item, "bl_space_type", "") != "PROPERTIES"]
    for item in shown:
        if hasattr(item, "bl_category"):
            item.bl_category = chosen.tab_name.strip() or CATEGORY
    return shown


_registered: list[type] = []


def register() -> None:
    """Register the panels where the preferences want them, and the menu; they move when the preferences change."""
    _put()
    menu.register()
    preferences.when_moved.append(_move)


def unregister() -> None:
    """Take the panels back."""
    preferences.when_moved.remove(_move)
    menu.unregister()
    _take_away()


def _move() -> None:
    _take_away()
    _put()


def _put() -> None:
    for item in _wanted():
        bpy.utils.register_class(item)
        _registered.append(item)


def _take_away() -> None:
    while _registered:
        bpy.utils.unregister_class(_registered.pop())
