"""The list of takes in the panels: a copy of what lies in the actions, refreshed when that changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.handlers import persistent

from ..inference.errors import SoliloquyError
from . import handlers, history, session
from .choice import anchor, chosen_rig, forget_seen, seen
from .engine_list import can

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take

_filling = False


def playing(context: Any) -> tuple[Rig, Take] | None:
    """Return the character and its take that panels below the list are about: the chosen one if it plays, else the
    newest that does; for drawing.
    """
    from ..rigs.takes.take import takes_of

    rig = seen(context).rig
    if rig is None:
        return None
    found = [take for take in takes_of(rig) if take.active]
    if not found:
        return None
    listed = context.window_manager.soliloquy_takes
    chosen = listed.takes[listed.index].take_id if 0 <= listed.index < len(listed.takes) else ""
    return rig, next((item for item in found if item.id == chosen), found[-1])


def describe(take: Any) -> str:
    """Return one line about a take: emotion, style, seed, keys and the largest errors of the key reduction."""
    from ..inference.emotion.words import write_mixture

    meta = take.meta
    settings = meta.get("settings", {})
    parts = []
    curves = settings.get("emotion_curves") or ()
    if len(curves) == 1:
        parts.append(write_mixture(curves[0][1:]).capitalize())
    elif curves:
        parts.append("Emotions over time")
    elif settings.get("emotion_track"):
        parts.append("Emotion track")
    elif settings.get("emotion") == "neutral":
        parts.append("Neutral")
    elif settings.get("emotion"):
        parts.append(f"{settings['emotion'].capitalize()} {settings.get('intensity', 1.0):.2f}")
    if can("body", settings.get("body", "none"), "gesture") and {"body", "hands"} & set(take.regions):
        parts.append(str(settings.get("gestures", {}).get("style", "")).capitalize())
    if "seed" in meta:
        parts.append(f"Seed {meta['seed']}")
    for record in meta.get("regenerated", [])[-1:]:
        start, stop = record["ranges"][-1]
        parts.append(f"{start:.1f} to {stop:.1f} s anew from seed {record['seed']}")
    if "keys" in meta:
        parts.append(f"{meta['keys']:,} keys")
    errors = meta.get("max_error") or {}
    if errors:
        # Blender shows angles in degrees and lengths in metres; a coefficient is a share of its full movement.
        turned = math.degrees(errors.get("radians", 0.0))
        parts.append(f"off by at most {turned:.2f}° and {100 * errors.get('coefficient', 0.0):.1f} % of a shape")
    return "  ·  ".join(part for part in parts if part)


def rows(rig: Rig | None) -> list[tuple[str, str, bool, str, str]]:
    """Return (take id, name, active, summary, warnings) of a character's takes."""
    from ..rigs.takes.take import takes_of

    if rig is None:
        return []
    return [
        (take.id, take.name, take.active, describe(take), " ".join(take.meta.get("warnings", ())))
        for take in takes_of(rig)
    ]


def is_current(context: Any, rig: Rig | None) -> bool:
    """Return whether the list shows exactly the takes there are."""
    shown = context.window_manager.soliloquy_takes
    listed = [(item.take_id, item.name, item.active, item.summary, item.warnings) for item in shown.takes]
    return shown.owner == (anchor(rig).name if rig is not None else "") and listed == rows(rig)


def refresh(context: Any = None) -> None:
    """Fill the list again from the chosen character."""
    global _filling
    context = context or bpy.context
    try:
        rig = chosen_rig(context)
    except SoliloquyError:
        rig = None
    shown = context.window_manager.soliloquy_takes
    known = {item.take_id for item in shown.takes}
    chosen_id = shown.takes[shown.index].take_id if 0 <= shown.index < len(shown.takes) else ""
    _filling = True
    try:
        shown.takes.clear()
        shown.owner = anchor(rig).name if rig is not None else ""
        for index, (take_id, name, active, summary, warnings) in enumerate(rows(rig)):
            item = shown.takes.add()
            item.name, item.take_id, item.active, item.summary, item.warnings = name, take_id, active, summary, warnings
            # A take that has just come is the one to look at; else the choice stays where it was.
            if take_id == chosen_id or take_id not in known:
                shown.index = index
    finally:
        _filling = False


def show(take_id: str) -> None:
    """Choose a take in the list that plays already; nothing else changes."""
    global _filling
    shown = bpy.context.window_manager.soliloquy_takes
    _filling = True
    try:
        shown.index = next((i for i, item in enumerate(shown.takes) if item.take_id == take_id), shown.index)
    finally:
        _filling = False


def refresh_soon() -> None:
    """Fill the list again outside of drawing, where Blender allows writing."""
    if not bpy.app.timers.is_registered(_refresh_once):
        bpy.app.timers.register(_refresh_once, first_interval=0.0, persistent=True)


def _refresh_once() -> None:
    refresh()
    session.redraw()


def name_edited(item: Any) -> None:
    """Carry a name typed into the list over to the take."""
    from ..rigs.takes.take import find_take, rename

    if _filling:
        return
    try:
        rig = chosen_rig(bpy.context)
        if rig is not None:
            rename(rig, find_take(rig, item.take_id), item.name)
            # The list is no part of the file, so Blender itself makes no step of what is done in it.
            history.push("Rename Take")
    except SoliloquyError as error:
        session.set_error(error)
    refresh_soon()


def chosen(shown: Any, context: Any) -> None:
    """Play the take that was clicked in the list."""
    from ..rigs.takes.take import activate, find_take

    if _filling or not 0 <= shown.index < len(shown.takes):
        return
    item = shown.takes[shown.index]
    if not item.active:
        try:
            rig = chosen_rig(context)
            if rig is not None:
                activate(rig, find_take(rig, item.take_id))
                history.push("Play Take")
        except SoliloquyError as error:
            session.set_error(error)
    refresh_soon()


@persistent
def _before_history_or_load(*_: Any) -> None:
    forget_seen()


@persistent
def _after_history_or_load(*_: Any) -> None:
    forget_seen()
    refresh()
    refresh_soon()  # and drawn again


HANDLERS = (
    ("undo_pre", _before_history_or_load),
    ("redo_pre", _before_history_or_load),
    ("load_pre", _before_history_or_load),
    ("undo_post", _after_history_or_load),
    ("redo_post", _after_history_or_load),
    ("load_post", _after_history_or_load),
)


def register() -> None:
    """Follow undo, redo and opening files."""
    handlers.add(HANDLERS)


def unregister() -> None:
    """Stop following."""
    forget_seen()
    handlers.remove(HANDLERS)
    if bpy.app.timers.is_registered(_refresh_once):
        bpy.app.timers.unregister(_refresh_once)
