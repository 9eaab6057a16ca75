"""Which character and which speech an operator means: the one rule that operators and panels share."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..inference.errors import BadRig, SoliloquyError

if TYPE_CHECKING:
    from ..rigs.rig import Rig


def chosen_rig(context: Any, name: str = "") -> Rig | None:
    """Return the character that is meant.

    In this order: the object called ``name``; the one chosen in the panel; the active object's, or the only one that
    hangs on it; the scene's only one.

    Raises
    ------
    SoliloquyError
        When ``name`` or the chosen object is not a character, or what is selected looks like one and is none: nothing
        else is animated in its place.
    """
    from ..rigs.rig import find_rig, rigs_in_scene, why_no_rig

    scene = context.scene
    chosen = scene.soliloquy.character
    if name:
        chosen = scene.objects.get(name)
        if chosen is None:
            raise SoliloquyError(f"There is no object '{name}' in this scene.", "Check the name of the character.")
    if chosen is not None and scene.objects.get(chosen.name) is chosen:
        rig = find_rig(chosen)
        if rig is None:
            raise _unknown(chosen, why_no_rig(chosen))
        return rig
    active = getattr(context, "active_object", None)
    rig = find_rig(active) if active is not None else None
    if rig is not None:
        return rig
    # Files bring their characters under an empty, which is what an artist clicks.
    below = [item for item in getattr(active, "children_recursive", ()) if item.type == "ARMATURE"][:_LOOKED_AT]
    known = [rig for rig in map(find_rig, below) if rig is not None]
    if len(known) == 1:
        return known[0]
    selected = [item for item in getattr(context, "selected_objects", None) or () if item.type == "ARMATURE"]
    for item in dict.fromkeys([active, *selected[:_LOOKED_AT], *below]):
        held = getattr(item, "instance_collection", None)
        if held is not None and any(find_rig(inside) is not None for inside in held.all_objects):
            raise _instance(item, held)
        why = why_no_rig(item)
        if why:
            raise _unknown(item, why)
    rigs = rigs_in_scene(scene)
    return rigs[0] if len(rigs) == 1 else None


def _instance(item: Any, collection: Any) -> BadRig:
    """Return how to get at the character inside a collection that is shown as an instance."""
    how = (
        "Choose Object > Library Override > Make"
        if collection.library is not None
        else "Choose Object > Apply > Make Instances Real"
    )
    return BadRig(
        f"'{item.name}' shows a character inside the collection '{collection.name}', where it cannot be keyed.",
        f"{how}, then press the button again.",
    )


def _unknown(item: Any, why: str) -> BadRig:
    said = f"'{item.name}' is not a character Soliloquy knows."
    return BadRig(f"{said} {why}".strip(), "Choose another under Character, or add one.")


@dataclass(frozen=True)
class Seen:
    """What a panel needs to know about the characters, looked up a moment ago."""

    rig: Rig | None
    """The character that is meant."""
    any_rigs: bool
    """Whether the scene has a character at all."""
    error: str
    """Why the chosen object is no character; empty otherwise."""


SEEN_SECONDS = 1.0
_LOOKED_AT = 8
"""Selected armatures that are asked what they are: panels do this all the time."""
_seen: dict[tuple[int, ...], tuple[float, Seen]] = {}


def seen(context: Any) -> Seen:
    """Return :func:`chosen_rig`'s answer for drawing and polling, looked up at most once a second.

    Recognising a character looks at every object of the scene, too slow for every redraw of every panel.
    """
    from ..rigs.rig import rigs_in_scene

    scene = context.scene
    items = (scene, scene.soliloquy.character, getattr(context, "active_object", None))
    key = (*(item.session_uid if item is not None else 0 for item in items), len(scene.objects))
    now = time.monotonic()
    known = _seen.get(key)
    if known is not None and now - known[0] < SEEN_SECONDS:
        return known[1]
    try:
        rig, error = chosen_rig(context), ""
    except SoliloquyError as problem:
        rig, error = None, str(problem)
    found = Seen(rig, rig is not None or bool(rigs_in_scene(scene)), error)
    _seen.clear()
    _seen[key] = (now, found)
    return found


def forget_seen() -> None:
    """Forget what :func:`seen` knows: undo and opening files free the objects it refers to."""
    _seen.clear()


def anchor(rig: Rig) -> Any:
    """Return the object that stands for a character: its armature, or its first mesh when it has no bones."""
    return rig.armature if rig.armature is not None else rig.meshes[0]


def rig_of_session_uid(session_uid: int) -> Rig | None:
    """Return the character whose :func:`anchor` has this ``session_uid``, None when it is gone.

    The identity holds through renaming and undo, where a stored reference would not.
    """
    import bpy

    from ..rigs.rig import find_rig

    for item in bpy.data.objects:
        if item.session_uid == session_uid:
            return find_rig(item)
    return None


def speech_reason(context: Any) -> str:
    """Return why there is no speech to animate, empty when there is."""
    from ..rigs.strips import why_no_strip

    settings = context.scene.soliloquy
    if settings.source == "FILE":
        return "" if settings.filepath else "Choose a sound file."
    try:
        return why_no_strip(context)
    except SoliloquyError as error:
        return str(error)


def character_reason(context: Any) -> str:
    """Return why no character is meant, empty when one is or when Animate may add one."""
    found = seen(context)
    if found.error or found.rig is not None or not found.any_rigs:
        return found.error
    return "Choose one of the characters."
