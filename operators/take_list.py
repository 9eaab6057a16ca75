"""The list of takes in the panels: a copy of what lies in the actions, refreshed when that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.handlers import persistent

from ..inference.errors import SoliloquyError
from . import handlers, history, session
from .choice import anchor, chosen_rig, forget_seen, seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take

_filling = False
_SHOWN = (
    "take_id", "name", "active", "rating", "variation", "engine", "length", "strip", "speech",
    "summary", "warnings",
)  # fmt: skip
"""What a row of the list copies of a take."""


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


def is_current(context: Any, rig: Rig | None) -> bool:
    """Return whether the list shows exactly the takes there are, and their states as they were looked up."""
    from . import take_rows

    shown = context.window_manager.soliloquy_takes
    listed = [tuple(getattr(item, name) for name in _SHOWN) for item in shown.takes]
    found = [tuple(getattr(row, name) for name in _SHOWN) for row in take_rows.rows(rig)]
    states = [take_rows.state_of(item.take_id) for item in shown.takes]
    return (
        shown.owner == (anchor(rig).name if rig is not None else "")
        and listed == found
        and [item.state for item in shown.takes] == [state.words if state is not None else None for state in states]
    )


def refresh(context: Any = None, *, changed: Iterable[str] = ()) -> None:
    """Fill the list again from the chosen character.

    Parameters
    ----------
    changed : iterable of str
        Ids of takes whose states are to be looked up anew.
    """
    global _filling
    from . import take_rows

    take_rows.forget(changed)
    context = context or bpy.context
    try:
        rig = chosen_rig(context)
    except SoliloquyError:
        rig = None
    shown = context.window_manager.soliloquy_takes
    known = {item.take_id for item in shown.takes}
    chosen_id = shown.takes[shown.index].take_id if 0 <= shown.index < len(shown.takes) else ""
    if rig is not None:
        take_rows.look(rig)
    _filling = True
    try:
        shown.takes.clear()
        shown.owner = anchor(rig).name if rig is not None else ""
        for index, row in enumerate(take_rows.rows(rig)):
            item = shown.takes.add()
            for name in _SHOWN:
                setattr(item, name, getattr(row, name))
            state = take_rows.state_of(row.take_id)
            item.state = state.words if state is not None else ""
            # A take that has just come is the one to look at; else the choice stays where it was.
            if row.take_id == chosen_id or row.take_id not in known:
                shown.index = index
    finally:
        _filling = False


def settings_of(context: Any, take_id: str) -> list[tuple[str, str]]:
    """Return (title, value) of what a listed take was made with otherwise than by default; for drawing."""
    from ..rigs.takes.take import takes_of
    from . import take_rows

    rig = seen(context).rig
    found = next((item for item in takes_of(rig) if item.id == take_id), None) if rig is not None else None
    return take_rows.settings_words(found) if found is not None else []


def look_again(takes: Iterable[str] | None = None) -> None:
    """Let the states of takes be looked up when the list is drawn next: those of these ids, all when missing."""
    from . import take_rows

    take_rows.forget(takes)
    refresh_soon()


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
    handlers.soon(_refresh_once)


def _refresh_once() -> None:
    _arrange()
    refresh()
    session.redraw()


def _arrange() -> None:
    """Let takes pass over into what plays now, where one was muted or unmuted in the NLA editor."""
    from ..rigs.takes import nla
    from ..rigs.takes.take import takes_of

    rig = seen(bpy.context).rig
    listed = {item.take_id: item.active for item in bpy.context.window_manager.soliloquy_takes.takes}
    if rig is not None and any(listed.get(take.id, take.active) != take.active for take in takes_of(rig)):
        nla.arrange(rig)


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
    from . import take_rows

    forget_seen()
    take_rows.forget()
    refresh()
    refresh_soon()  # and drawn again


@persistent
def _actions_changed(_scene: Any, depsgraph: Any) -> None:
    """Look again at takes of which keys were changed, in whatever editor."""
    if depsgraph.mode == "RENDER" or not depsgraph.id_type_updated("ACTION"):
        return
    from ..rigs.takes import nla

    changed = {
        info["take"]
        for update in depsgraph.updates
        if isinstance(update.id, bpy.types.Action) and (info := nla.read_info(update.id)) is not None
    }
    if changed:
        look_again(changed)


HANDLERS = (
    ("depsgraph_update_post", _actions_changed),
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
    handlers.not_any_more(_refresh_once)
