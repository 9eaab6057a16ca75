"""Which character and which speech an operator means: the one rule that operators and panels share."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from ..inference.errors import BadRig, SoliloquyError

if TYPE_CHECKING:
    from ..rigs.rig import Rig


def chosen_rig(context: Any, name: str = "") -> Rig | None:
    """Return the character that is meant.

    In this order: the object called ``name``; what is selected, be it any part of a character; the one chosen in the
    panel; the scene's only one.

    Raises
    ------
    SoliloquyError
        When what is named, selected or chosen looks like a character and cannot be animated, or parts of several are
        selected: nothing else is animated in its place.
    """
    from ..rigs.rig import rigs_in_scene

    scene = context.scene
    if name:
        item = scene.objects.get(name)
        if item is None:
            raise SoliloquyError(f"There is no object '{name}' in this scene.", "Check the name of the character.")
        return character_of(item) or _refuse(item)
    selected = _selected_rig(context)
    if selected is not None:
        return selected
    chosen = scene.soliloquy.character
    if chosen is not None and scene.objects.get(chosen.name) is chosen:
        return character_of(chosen) or _refuse(chosen)
    rigs = rigs_in_scene(scene)
    if not rigs:
        _refuse_others(scene)
    return rigs[0] if len(rigs) == 1 else None


def character_of(item: Any) -> Rig | None:
    """Return the character that an object is any part of: bone, mesh, clothing, eye, or the empty it hangs on.

    Returns
    -------
    Rig or None
        None for what has nothing to do with a character.

    Raises
    ------
    BadRig
        When it is a part of something that looks like a character and cannot be animated, or of several.
    """
    from ..rigs.rig import find_rig, why_no_rig
    from ..rigs.stillness import why_still

    rig = find_rig(item)
    if rig is not None:
        still = why_still(rig)
        if still is not None:
            raise still
        return rig
    # Files bring their characters under an empty, which is what an artist clicks.
    below = [child for child in item.children_recursive if child.type == "ARMATURE"][:_LOOKED_AT]
    known = [found for found in map(find_rig, below) if found is not None]
    if len(known) == 1:
        return known[0]
    if known:
        names = ", ".join(f"'{anchor(found).name}'" for found in known)
        raise BadRig(f"Several characters hang on '{item.name}': {names}.", "Select one of them.")
    held = item.instance_collection
    if held is not None and any(find_rig(inside) is not None for inside in held.all_objects):
        raise _instance(item, held)
    for part in (item, *below):
        why = why_no_rig(part)
        if why:
            raise _unknown(part, why)
    return None


def around_character_reason(context: Any) -> str:
    """Return why nothing can be put around the character that is meant, empty when it can."""
    if context.scene.library is not None:
        return "The scene is linked from another file; switch to a scene of this one."
    try:
        return "" if chosen_rig(context) else "Choose a character first."
    except SoliloquyError as error:
        return str(error)


def _selected_rig(context: Any) -> Rig | None:
    """Return the character whose part is active, or the only one with a selected part; None when none is selected.

    Blender keeps an object active that is not selected any more, and scripts make one active without selecting it.
    Where active and selected differ, the one that was chosen in the panel before is not the one that is meant now.
    """
    active = getattr(context, "active_object", None)
    selected = _selected(context)
    if active is not None and (not selected or active in selected):
        rig = character_of(active)
        if rig is not None:
            return rig
    found: dict[Any, Rig] = {}
    for item in dict.fromkeys([*((active,) if active is not None else ()), *selected]):
        rig = character_of(item)
        if rig is not None:
            found.setdefault(anchor(rig), rig)
    if len(found) == 2:
        found.pop(context.scene.soliloquy.character, None)
    if len(found) > 1:
        names = " and ".join(f"'{holder.name}'" for holder in list(found)[:2])
        raise BadRig(f"Parts of {names} are selected.", "Select the one character that shall speak.")
    return next(iter(found.values()), None)


def _selected(context: Any) -> list[Any]:
    """Return the first selected objects; panels ask for them all the time, and thousands may be selected."""
    return list(getattr(context, "selected_objects", None) or ())[:_LOOKED_AT]


def select(context: Any, item: Any) -> None:
    """Select an object alone, so that what was chosen is what is selected; not while another one is being edited."""
    layer = context.view_layer
    active = layer.objects.active
    if layer.objects.get(item.name) is not item or active is item:
        return
    if active is not None and active.mode not in ("OBJECT", "POSE"):
        return
    for other in list(layer.objects.selected):
        other.select_set(False)
    layer.objects.active = item
    # Hidden ones and those of a local view cannot be selected; active they are.
    item.select_set(True)


def _refuse(item: Any) -> NoReturn:
    raise _unknown(item, "")


def _refuse_others(scene: Any) -> None:
    """Refuse where a scene holds figures of others that cannot be animated: no other one is added in their place."""
    from ..rigs.rig import why_no_rig

    for item in scene.objects:
        if item.type != "ARMATURE" or not any(child.type == "MESH" for child in item.children_recursive):
            continue
        why = why_no_rig(item)
        if why:
            raise _unknown(item, why)


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
    otherwise = "select another character, or add one."
    hint = f"{why} Or {otherwise}" if "Mapping" in why else f"{why} Say under Mapping what is what, {otherwise}"
    return BadRig(f"'{item.name}' is not a character Soliloquy knows.", hint.strip())


@dataclass(frozen=True)
class Seen:
    """What a panel needs to know about the characters, looked up a moment ago."""

    rig: Rig | None
    """The character that is meant."""
    any_rigs: bool
    """Whether the scene has a character at all."""
    error: str
    """Why what is selected or chosen cannot be animated; empty otherwise."""
    brief: str = ""
    """The first sentence of ``error``."""
    line: str = ""
    """The character in one line."""


SEEN_SECONDS = 1.0
_PATIENCE = 25.0
"""A look that takes long, as at a control rig of a thousand bones, holds so many times as long."""
_LOOKED_AT = 8
"""Selected armatures that are asked what they are: panels do this all the time."""
_seen: dict[tuple[int, ...], tuple[float, Seen]] = {}


def seen(context: Any) -> Seen:
    """Return :func:`chosen_rig`'s answer for drawing and polling, looked up at most once a second, or less often.

    Recognising a character looks at every object of the scene, too slow for every redraw of every panel.
    """
    from ..rigs.description import describe
    from ..rigs.rig import rigs_in_scene

    scene = context.scene
    items = (scene, scene.soliloquy.character, getattr(context, "active_object", None), *_selected(context))
    key = (*(item.session_uid if item is not None else 0 for item in items), len(scene.objects))
    now = time.monotonic()
    known = _seen.get(key)
    if known is not None and now < known[0]:
        return known[1]
    try:
        rig, error, brief = chosen_rig(context), "", ""
    except SoliloquyError as problem:
        rig, error, brief = None, str(problem), problem.message
    line = describe(rig) if rig is not None else ""
    found = Seen(rig, rig is not None or bool(rigs_in_scene(scene)), error, brief, line)
    _seen.clear()
    done = time.monotonic()
    _seen[key] = (done + max(SEEN_SECONDS, _PATIENCE * (done - now)), found)
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
    if found.error:
        return f"{found.brief} See Character."
    if found.rig is not None or not found.any_rigs:
        return ""
    return "Choose one of the characters."
