"""Which character and which speech an operator means: the one rule that operators and panels share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..inference.errors import SoliloquyError

if TYPE_CHECKING:
    from ..rigs.rig import Rig


def chosen_rig(context: Any, name: str = "") -> Rig | None:
    """Return the character that is meant.

    In this order: the object called ``name``; the one chosen in the panel; the active object's; the scene's only one.

    Raises
    ------
    SoliloquyError
        When ``name`` or the chosen object is not a character.
    """
    from ..rigs.rig import find_rig, rigs_in_scene

    scene = context.scene
    chosen = scene.soliloquy.character
    if name:
        chosen = scene.objects.get(name)
        if chosen is None:
            raise SoliloquyError(f"There is no object '{name}' in this scene.", "Check the name of the character.")
    if chosen is not None and scene.objects.get(chosen.name) is chosen:
        rig = find_rig(chosen)
        if rig is None:
            raise SoliloquyError(f"'{chosen.name}' is not a character Soliloquy knows.", "Choose another, or add one.")
        return rig
    active = getattr(context, "active_object", None)
    rig = find_rig(active) if active is not None else None
    if rig is not None:
        return rig
    rigs = rigs_in_scene(scene)
    return rigs[0] if len(rigs) == 1 else None


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
    from ..rigs.strips import sound_strip

    settings = context.scene.soliloquy
    if settings.source == "FILE":
        return "" if settings.filepath else "Choose a sound file."
    try:
        return "" if sound_strip(context) is not None else "Select a sound strip in the Sequencer, or choose a file."
    except SoliloquyError as error:
        return str(error)


def character_reason(context: Any) -> str:
    """Return why no character is meant, empty when one is or when Animate may add one."""
    from ..rigs.rig import rigs_in_scene

    try:
        if chosen_rig(context) is not None or not rigs_in_scene(context.scene):
            return ""
    except SoliloquyError as error:
        return str(error)
    return "Choose one of the characters."
