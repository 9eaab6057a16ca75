"""Lip craft on a take that is already there: sliders that act at once, and the operators scripts call.

The sliders are kept on the action that carries the take's lips (``action.soliloquy_craft``), so they are saved, undone,
appended and copied with it, and every take has its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ..inference.craft_settings import LipCraft
from ..inference.errors import SoliloquyError
from .setting_properties import chosen, passed, with_settings
from .take_sliders import TakeSliders
from .takes import OnTake, meant

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take


def _carrier(rig: Rig, take: Take) -> Any | None:
    from ..rigs.takes.craft import carrier

    return carrier(rig, take)


def _read(rig: Rig, take: Take) -> LipCraft:
    from ..rigs.takes.craft import craft_of

    return craft_of(rig, take)


def _write(rig: Rig, take: Take, craft: LipCraft) -> list[str]:
    from ..rigs.takes.craft import craft_take

    craft_take(rig, take, craft)
    return []


def _look(rig: Rig, take: Take) -> tuple[SoliloquyError | None, bool]:
    from ..rigs.takes.access import sharers
    from ..rigs.takes.craft import why_not

    return why_not(rig, take), bool(sharers(rig, take.id))


SLIDERS = TakeSliders(LipCraft, "soliloquy_craft", _carrier, _read, _write, _look)


def _moved(self: Any, context: Any) -> None:
    SLIDERS.moved(self, context)


@with_settings(LipCraft, update=_moved, options=set())
class SoliloquyCraft(bpy.types.PropertyGroup):
    """The sliders of one take's lips."""


@dataclass(frozen=True)
class Shown:
    """What the panel shows: one take, its sliders, and why they cannot be used."""

    rig: Rig
    take: Take
    sliders: Any | None
    problem: SoliloquyError | None
    shared: bool
    """Whether another character plays the same keys; moving a slider would first have to part them."""


def shown(context: Any) -> Shown | None:
    """Return what the panel shows: the take chosen in the list if it plays, else the newest that does; for drawing.

    Whether a person touched its keys is looked up once a second, it means reading all of them.
    """
    found = SLIDERS.found(context)
    return Shown(*found[:3], *found[3]) if found is not None else None


@with_settings(LipCraft, options=set())
class SOLILOQUY_OT_craft(OnTake, bpy.types.Operator):
    """Change the lips of a take that is there, at once and without animating anew. What is not given stays"""

    bl_idname = "soliloquy.craft"
    bl_label = "Craft Lips of Take"
    bl_options = {"REGISTER", "UNDO"}

    new_take: BoolProperty(
        name="Into a New Take",
        description="Leave the take's lips as they are and make a new take of the crafted ones",
        options={"SKIP_SAVE"},
    )
    name: StringProperty(
        name="Name", description="Name of the new take; empty: after the old one", options={"SKIP_SAVE"}
    )

    def execute(self, context: Any) -> set[str]:
        """Write the lips."""
        return self._into_new_take(context) if self.new_take else SLIDERS.put(self, context, self._wanted)

    def _wanted(self, before: LipCraft) -> LipCraft:
        return replace(before, **chosen(LipCraft, passed(self).__getitem__))

    def _into_new_take(self, context: Any) -> set[str]:
        from ..rigs.takes.craft import craft_into_new_take

        try:
            rig, take = meant(context, self.take)
            craft = self._wanted(_read(rig, take))
            take = craft_into_new_take(rig, take, craft, name=self.name, scene=context.scene).take
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return SLIDERS.written(context, rig, take, craft)


class SOLILOQUY_OT_craft_reset(OnTake, bpy.types.Operator):
    """Bring the lips of a take back to how they were performed: every slider of Lip Craft to its default"""

    bl_idname = "soliloquy.craft_reset"
    bl_label = "Reset Lips of Take"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Write the lips as performed."""
        return SLIDERS.put(self, context, lambda _before: LipCraft())


CLASSES = (SoliloquyCraft, SOLILOQUY_OT_craft, SOLILOQUY_OT_craft_reset)


def register() -> None:
    """Attach the sliders to actions."""
    SLIDERS.attach(SoliloquyCraft)


def unregister() -> None:
    """Take the sliders back."""
    SLIDERS.detach()
