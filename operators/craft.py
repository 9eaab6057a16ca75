"""Lip craft on a take that is already there: sliders that act at once, and the operators scripts call.

The sliders are kept on the action that carries the take's lips (``action.soliloquy_craft``), so they are saved, undone,
appended and copied with it, and every take has its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, FloatProperty, PointerProperty, StringProperty

from ..inference.craft import RANGES, LipCraft
from ..inference.errors import SoliloquyError
from . import session, take_list
from .choice import seen
from .takes import OnTake, meant

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take

_TEXTS = {
    "closure": ("Closure", "How firmly the lips meet in p, b and m: 0 leaves them apart, 2 seals every near closure"),
    "jaw": ("Jaw", "How far the jaw drops"),
    "rounding": ("Rounding", "How far the lips round and push forward"),
    "articulation": ("Articulation", "0 mumbles, 2 over-articulates; lips that meet still meet"),
    "smoothing": ("Smoothing (ms)", "Milliseconds over which the mouth is smoothed; closures survive"),
    "offset": ("Offset (ms)", "Milliseconds by which the mouth comes later; negative: earlier"),
    "asymmetry": ("Asymmetry", "-1 speaks with the right side of the mouth, 1 with the left"),
    "upper_lip": ("Upper Lip", "Strength of the upper lip's shapes"),
    "lower_lip": ("Lower Lip", "Strength of the lower lip's shapes"),
    "corners": ("Corners", "Strength of the shapes of the mouth corners"),
    "tongue": ("Tongue", "Strength of the tongue"),
}
_MILLISECONDS = ("smoothing", "offset")
PROPERTIES: dict[str, str] = {name: f"{name}_ms" if name in _MILLISECONDS else name for name in RANGES}
"""Setting of :class:`LipCraft` -> property of the sliders and of the operator; those in seconds count milliseconds."""

_LOOK_SECONDS = 1.0


def _slider(name: str, **more: Any) -> Any:
    scale = 1000.0 if name in _MILLISECONDS else 1.0
    low, high = RANGES[name]
    title, description = _TEXTS[name]
    return FloatProperty(
        name=title,
        description=description,
        default=scale * getattr(LipCraft(), name),
        min=scale * low,
        max=scale * high,
        precision=0 if name in _MILLISECONDS else 2,
        step=100 if name in _MILLISECONDS else 1,
        options=set(),
        **more,
    )


def _value(name: str, shown: float) -> float:
    """Return a setting from what a slider shows; the slider's 32 bits would otherwise show in files and messages."""
    low, high = RANGES[name]
    return min(max(round(shown / 1000.0 if name in _MILLISECONDS else shown, 5), low), high)


_quiet = False


def _moved(self: Any, context: Any) -> None:
    if not _quiet:
        _follow(self, context)


class SoliloquyCraft(bpy.types.PropertyGroup):
    """The sliders of one take's lips."""

    closure: _slider("closure", update=_moved)
    jaw: _slider("jaw", update=_moved)
    rounding: _slider("rounding", update=_moved)
    articulation: _slider("articulation", update=_moved)
    smoothing_ms: _slider("smoothing", update=_moved)
    offset_ms: _slider("offset", update=_moved)
    asymmetry: _slider("asymmetry", update=_moved)
    upper_lip: _slider("upper_lip", update=_moved)
    lower_lip: _slider("lower_lip", update=_moved)
    corners: _slider("corners", update=_moved)
    tongue: _slider("tongue", update=_moved)


def shown_craft(sliders: Any) -> LipCraft:
    """Return the settings that the sliders show."""
    return LipCraft(**{name: _value(name, getattr(sliders, prop)) for name, prop in PROPERTIES.items()})


def show_craft(action: Any, craft: LipCraft) -> None:
    """Let the sliders of an action show settings, without acting on them."""
    global _quiet
    _quiet = True
    try:
        for name, prop in PROPERTIES.items():
            scale = 1000.0 if name in _MILLISECONDS else 1.0
            setattr(action.soliloquy_craft, prop, scale * getattr(craft, name))
    finally:
        _quiet = False


def _follow(sliders: Any, context: Any) -> None:
    """Write the lips as the sliders ask; where that cannot be, the sliders go back to how the lips are."""
    from ..rigs.takes.craft import craft_of, craft_take

    action = sliders.id_data
    found = _owner(context, action)
    if found is None:
        return  # an action that nothing plays
    try:
        craft_take(*found, shown_craft(sliders))
    except SoliloquyError as error:
        show_craft(action, craft_of(*found))
        session.set_error(error)
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


_looked: dict[tuple[str, int], tuple[float, SoliloquyError | None]] = {}


def shown(context: Any) -> Shown | None:
    """Return what the panel shows: the take chosen in the list if it plays, else the newest that does; for drawing.

    Whether a person touched its keys is looked up once a second, it means reading all of them.
    """
    from ..rigs.takes.craft import carrier, why_not
    from ..rigs.takes.take import takes_of

    rig = seen(context).rig
    if rig is None:
        return None
    playing = [take for take in takes_of(rig) if take.active]
    if not playing:
        return None
    listed = context.window_manager.soliloquy_takes
    chosen = listed.takes[listed.index].take_id if 0 <= listed.index < len(listed.takes) else ""
    take = next((item for item in playing if item.id == chosen), playing[-1])
    action = carrier(rig, take)
    key = (take.id, action.session_uid if action is not None else 0)
    now = time.monotonic()
    if key not in _looked or now - _looked[key][0] > _LOOK_SECONDS:
        _looked.clear()
        _looked[key] = (now, why_not(rig, take))
    return Shown(rig, take, action.soliloquy_craft if action is not None else None, _looked[key][1])


class SOLILOQUY_OT_craft(OnTake, bpy.types.Operator):
    """Change the lips of a take that is already there. What is not given stays as it is"""

    bl_idname = "soliloquy.craft"
    bl_label = "Craft Lips"
    bl_options = {"REGISTER", "UNDO"}

    closure: _slider("closure")
    jaw: _slider("jaw")
    rounding: _slider("rounding")
    articulation: _slider("articulation")
    smoothing_ms: _slider("smoothing")
    offset_ms: _slider("offset")
    asymmetry: _slider("asymmetry")
    upper_lip: _slider("upper_lip")
    lower_lip: _slider("lower_lip")
    corners: _slider("corners")
    tongue: _slider("tongue")
    new_take: BoolProperty(
        name="Into a New Take", description="Leave the take's lips as they are and make a new take of the crafted ones"
    )
    name: StringProperty(name="Name", description="Name of the new take; empty: after the old one")

    def execute(self, context: Any) -> set[str]:
        """Write the lips."""
        from ..rigs.takes.craft import carrier, craft_into_new_take, craft_of, craft_take

        try:
            rig, take = meant(context, self.take)
            given = {
                name: _value(name, getattr(self, prop))
                for name, prop in PROPERTIES.items()
                if self.properties.is_property_set(prop)
            }
            craft = replace(craft_of(rig, take), **given)
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
