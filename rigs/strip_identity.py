"""Which sound strip is which: an id on the strip that holds through moving, renaming, saving and undo.

Blender copies it with the strip: the two halves of a cut and a duplicate all have the id of the first. They are parts
of the same speech until one of them is animated anew, which gives that one an id of its own.
"""

from __future__ import annotations

import uuid
from typing import Any

import bpy

from ..inference.errors import BadAudio
from . import strips

PROPERTY = "soliloquy_id"
"""Name of the custom property on a strip."""


def identity(strip: Any) -> str:
    """Return a strip's id, empty where it has none."""
    found = strip.get(PROPERTY)
    return found if isinstance(found, str) else ""


def identify(strip: Any, scene: Any) -> str:
    """Return a strip's id, made where it has none or shares it with another strip; empty where it cannot be written."""
    known = identity(strip)
    if known and sum(identity(other) == known for other in strips.sound_strips(scene)) < 2:
        return known
    try:
        strip[PROPERTY] = uuid.uuid4().hex
    except (TypeError, AttributeError):  # a scene linked from another file
        return ""
    return identity(strip)


def strips_with(known: str, scene: Any = None) -> list[tuple[Any, Any]]:
    """Return (strip, scene) of the sound strips with an id, all of the given scene, else of the first that has any.

    A scene that was copied in full has strips of the same ids.
    """
    ordered = list(dict.fromkeys([*([scene] if scene is not None else []), *bpy.data.scenes]))
    for place in ordered:
        found = [(strip, place) for strip in strips.sound_strips(place) if identity(strip) == known]
        if found:
            return found
    return []


def layout() -> tuple[Any, ...]:
    """Return a mark that changes when anything about strips with an id does: quick, handlers ask for it often."""
    known = [
        (scene.name, _lies(strip, scene))
        for scene in bpy.data.scenes
        for strip in strips.sound_strips(scene)
        if PROPERTY in strip
    ]
    # A take may play in another scene than its strip.
    return (*known, *(strips.scene_fps(scene) for scene in bpy.data.scenes)) if known else ()


def _lies(strip: Any, scene: Any) -> tuple[Any, ...]:
    try:
        # However long the file is: the keys of a changed speed are in it.
        place: Any = strips.heard(strip, scene, length=1.0)
    except BadAudio as error:
        place = error.message
    return identity(strip), place
