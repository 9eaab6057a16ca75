"""Lip craft on a take that is already there: sliders that act at once, and the operators scripts call.

The sliders are kept on the action that carries the take's lips (``action.soliloquy_craft``), so they are saved, undone,
appended and copied with it, and every take has its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, PointerProperty, StringProperty

from ..inference.craft import LipCraft
from ..inference.errors import SoliloquyError
from . import session, take_list
from .choice import anchor, seen
from .setting_properties import chosen, passed, shown_settings, shown_value, with_settings
from .takes import OnTake, meant

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take

_LOOK_SECONDS = 1.0


_quiet = False


def _moved(self: Any, context: Any) -> None:
    if not _quiet:
        _follow(self, context)


@with_settings(LipCraft, update=_moved, options=set())
class SoliloquyCraft(bpy.types.PropertyGroup):
    """The sliders of one take's lips."""


def shown_craft(sliders: Any) -> LipCraft:
    """Return the settings that the sliders show."""
    return LipCraft(**chosen(LipCraft, lambda name: getattr(sliders, name)))


def show_craft(action: Any, craft: LipCraft) -> None:
    """Let the sliders of an action show settings, without acting on them."""
    global _quiet
    _quiet = True
    try:
        for name, item in shown_settings(LipCraft).items():
            setattr(action.soliloquy_craft, item.shown_name, shown_value(item, getattr(craft, name)))
    finally:
        _quiet = False


def _follow(sliders: Any, context: Any) -> None:
    """Write the lips as the sliders ask; where that cannot be, the sliders go back to how the lips are."""
    from ..rigs.takes.craft import carrier, craft_of, craft_take

    action = sliders.id_data
    found = _owner(context, action)
    if found is None:
        return  # an action that nothing plays
    before = craft_of(*found)
    try:
        craft_take(*found, shown_craft(sliders))
    except SoliloquyError as error:
        show_craft(action, before)
        session.set_error(error)
    else:
        if carrier(*found) != action:
            # A duplicate played the same action. It keeps that one, with the lips and the sliders as they were.
            show_craft(action, before)
    _looked.clear()


def _owner(context: Any, action: Any) -> tuple[Rig, Take] | None:
    """Return the character and the take whose lips an action carries."""
    from ..rigs.rig import rigs_in_scene
    from ..rigs.takes.craft import carrier
    from ..rigs.takes.take import takes_of

    near = seen(context).rig
    for rigs in ([near] if near is not None else [], rigs_in_scene(context.scene)):
        for rig in rigs:
            for take in takes_of(rig):
                if carrier(rig, take) == action:
                    return rig, take
    return None


@dataclass(frozen=True)
class Shown:
    """What the panel shows: one take, its sliders, and why they cannot be used."""

    rig: Rig
    take: Take
    sliders: Any | None
    problem: SoliloquyError | None
    shared: bool
    """Whether another character plays the same keys; moving a slider would first have to part them."""


_looked: dict[tuple[str, int, int], tuple[float, SoliloquyError | None, bool]] = {}


def shown(context: Any) -> Shown | None:
    """Return what the panel shows: the take chosen in the list if it plays, else the newest that does; for drawing.

    Whether a person touched its keys is looked up once a second, it means reading all of them.
    """
    from ..rigs.takes.access import sharers
    from ..rigs.takes.craft import carrier, why_not

    found = take_list.playing(context)
    if found is None:
        return None
    rig, take = found
    action = carrier(rig, take)
    key = (take.id, anchor(rig).session_uid, action.session_uid if action is not None else 0)
    now = time.monotonic()
    if key not in _looked or now - _looked[key][0] > _LOOK_SECONDS:
        _looked.clear()
        _looked[key] = (now, why_not(rig, take), bool(sharers(rig, take.id)))
    return Shown(rig, take, action.soliloquy_craft if action is not None else None, *_looked[key][1:])


@with_settings(LipCraft, options=set())
class SOLILOQUY_OT_craft(OnTake, bpy.types.Operator):
    """Change the lips of a take that is already there. What is not given stays as it is"""

    bl_idname = "soliloquy.craft"
    bl_label = "Craft Lips"
    bl_options = {"REGISTER", "UNDO"}

    new_take: BoolProperty(
        name="Into a New Take", description="Leave the take's lips as they are and make a new take of the crafted ones"
    )
    name: StringProperty(name="Name", description="Name of the new take; empty: after the old one")

    def execute(self, context: Any) -> set[str]:
        """Write the lips."""
        from ..rigs.takes.craft import carrier, craft_into_new_take, craft_of, craft_take

        try:
            rig, take = meant(context, self.take)
            craft = replace(craft_of(rig, take), **chosen(LipCraft, passed(self).__getitem__))
            if self.new_take:
                take = craft_into_new_take(rig, take, craft, name=self.name, scene=context.scene).take
            else:
                craft_take(rig, take, craft)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        show_craft(carrier(rig, take), craft)
        _looked.clear()
        take_list.refresh(context)
        return {"FINISHED"}


class SOLILOQUY_OT_craft_reset(OnTake, bpy.types.Operator):
    """Bring the lips of a take back to how they were performed"""

    bl_idname = "soliloquy.craft_reset"
    bl_label = "Reset Lips"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Write the lips as performed."""
        from ..rigs.takes.craft import carrier, craft_take

        try:
            rig, take = meant(context, self.take)
            craft_take(rig, take, LipCraft())
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        show_craft(carrier(rig, take), LipCraft())
        _looked.clear()
        take_list.refresh(context)
        return {"FINISHED"}


CLASSES = (SoliloquyCraft, SOLILOQUY_OT_craft, SOLILOQUY_OT_craft_reset)


def register() -> None:
    """Attach the sliders to actions."""
    bpy.types.Action.soliloquy_craft = PointerProperty(type=SoliloquyCraft)


def unregister() -> None:
    """Take the sliders back."""
    _looked.clear()
    del bpy.types.Action.soliloquy_craft
