"""Re-shape on a take that is already there: sliders that act at once, and the operators scripts call.

The sliders are kept on the first action of the take (``action.soliloquy_reshape``), so they are saved, undone, appended
and copied with it, and every take has its own.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import PointerProperty

from ..inference.errors import SoliloquyError
from ..inference.shape.settings import Reshape
from . import performances, session, take_list
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


@with_settings(Reshape, update=_moved, options=set())
class SoliloquyReshape(bpy.types.PropertyGroup):
    """The sliders of one take."""


def shown_reshape(sliders: Any) -> Reshape:
    """Return the settings that the sliders show."""
    return Reshape(**chosen(Reshape, lambda name: getattr(sliders, name)))


def show_reshape(action: Any, settings: Reshape) -> None:
    """Let the sliders of an action show settings, without acting on them."""
    global _quiet
    _quiet = True
    try:
        for name, item in shown_settings(Reshape).items():
            setattr(action.soliloquy_reshape, item.shown_name, shown_value(item, getattr(settings, name)))
    finally:
        _quiet = False


def _follow(sliders: Any, context: Any) -> None:
    """Write the take as the sliders ask; where that cannot be, the sliders go back to how it is."""
    from ..rigs.takes.packed import carrier
    from ..rigs.takes.reshape import reshape_of, reshape_take

    action = sliders.id_data
    found = _owner(context, action)
    if found is None:
        return  # an action that nothing plays
    before = reshape_of(*found)
    try:
        reshape_take(*found, shown_reshape(sliders), performances.places())
    except SoliloquyError as error:
        show_reshape(action, before)
        session.set_error(error)
    else:
        if carrier(*found) != action:
            # A duplicate played the same action. It keeps that one, with the keys and the sliders as they were.
            show_reshape(action, before)
    _looked.clear()


def _owner(context: Any, action: Any) -> tuple[Rig, Take] | None:
    """Return the character and the take that an action carries the sliders of."""
    from ..rigs.rig import rigs_in_scene
    from ..rigs.takes.packed import carrier
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

    take: Take
    sliders: Any | None
    problem: SoliloquyError | None
    touched: tuple[str, ...]
    """Regions that a person edited, which stay as they are."""
    packed: int
    """Bytes of the performance in this file; 0 where it lies beside it."""


_looked: dict[tuple[str, int, int], tuple[float, SoliloquyError | None, tuple[str, ...]]] = {}


def shown(context: Any) -> Shown | None:
    """Return what the panel shows: the take chosen in the list if it plays, else the newest that does; for drawing.

    Whether a person touched its keys, and whether its performance is there, is looked up once a second.
    """
    from ..rigs.takes.packed import carrier, packed_size

    found = take_list.playing(context)
    if found is None:
        return None
    rig, take = found
    action = carrier(rig, take)
    key = (take.id, anchor(rig).session_uid, action.session_uid if action is not None else 0)
    now = time.monotonic()
    if key not in _looked or now - _looked[key][0] > _LOOK_SECONDS:
        _looked.clear()
        _looked[key] = (now, *_look(rig, take))
    sliders = action.soliloquy_reshape if action is not None else None
    return Shown(take, sliders, *_looked[key][1:], packed_size(rig, take))


def _look(rig: Rig, take: Take) -> tuple[SoliloquyError | None, tuple[str, ...]]:
    from ..rigs.takes import kept
    from ..rigs.takes.packed import packed_size
    from ..rigs.takes.reshape import touched_regions, why_not

    problem = why_not(rig, take)
    if problem is None and not packed_size(rig, take):
        problem = kept.why_not(take, performances.places())
    return problem, tuple(touched_regions(rig, take)) if problem is None else ()


@with_settings(Reshape, options=set())
class SOLILOQUY_OT_reshape(OnTake, bpy.types.Operator):
    """Re-shape a take that is already there, without running a network. What is not given stays as it is"""

    bl_idname = "soliloquy.reshape"
    bl_label = "Re-shape Take"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Write the keys."""
        return _reshape(self, context, lambda before: replace(before, **chosen(Reshape, passed(self).__getitem__)))


class SOLILOQUY_OT_reshape_reset(OnTake, bpy.types.Operator):
    """Bring everything but the lips of a take back to how it was performed"""

    bl_idname = "soliloquy.reshape_reset"
    bl_label = "Reset Shape"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Write the keys as performed."""
        return _reshape(self, context, lambda _before: Reshape())


def _reshape(operator: Any, context: Any, wanted: Any) -> set[str]:
    from ..rigs.takes.packed import carrier
    from ..rigs.takes.reshape import reshape_of, reshape_take

    try:
        rig, take = meant(context, operator.take)
        settings = wanted(reshape_of(rig, take))
        _, touched = reshape_take(rig, take, settings, performances.places())
    except SoliloquyError as error:
        operator.report({"ERROR"}, str(error))
        return {"CANCELLED"}
    if touched:
        operator.report({"WARNING"}, rested(touched))
    show_reshape(carrier(rig, take), settings)
    _looked.clear()
    take_list.refresh(context)
    return {"FINISHED"}


def rested(regions: Any) -> str:
    """Return in a sentence which regions stay because a person edited them."""
    names = ", ".join(region.replace("_", " ") for region in regions)
    return f"Keys edited by hand stay as they are: {names}."


class SOLILOQUY_OT_pack_performance(OnTake, bpy.types.Operator):
    """Keep the take's performance inside this file, so that it can be re-shaped anywhere, or beside it again"""

    bl_idname = "soliloquy.pack_performance"
    bl_label = "Pack Performance"
    bl_options = {"REGISTER", "UNDO"}

    unpack: bpy.props.BoolProperty(name="Unpack", description="Leave it to the performance file instead")

    def execute(self, context: Any) -> set[str]:
        """Pack or unpack it."""
        from ..rigs.takes import kept, packed

        try:
            rig, take = meant(context, self.take)
            problem = kept.why_not(take, performances.places())
            if problem is not None:
                raise problem
            if self.unpack:
                packed.unpack(rig, take)
            else:
                packed.pack(rig, take, kept.file_of(take, performances.places()))
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        _looked.clear()
        return {"FINISHED"}


CLASSES = (SoliloquyReshape, SOLILOQUY_OT_reshape, SOLILOQUY_OT_reshape_reset, SOLILOQUY_OT_pack_performance)


def register() -> None:
    """Attach the sliders to actions."""
    bpy.types.Action.soliloquy_reshape = PointerProperty(type=SoliloquyReshape)


def unregister() -> None:
    """Take the sliders back."""
    _looked.clear()
    del bpy.types.Action.soliloquy_reshape
