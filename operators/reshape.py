"""Re-shape on a take that is already there: sliders that act at once, and the operators scripts call.

The sliders are kept on the first action of the take (``action.soliloquy_reshape``), so they are saved, undone, appended
and copied with it, and every take has its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import bpy

from ..inference.errors import SoliloquyError
from ..inference.shape.settings import Reshape
from . import performances
from .setting_properties import chosen, passed, with_settings
from .take_sliders import TakeSliders
from .takes import OnTake, meant

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take


def _carrier(rig: Rig, take: Take) -> Any | None:
    from ..rigs.takes.packed import carrier

    return carrier(rig, take)


def _read(rig: Rig, take: Take) -> Reshape:
    from ..rigs.takes.reshape import reshape_of

    return reshape_of(rig, take)


def _write(rig: Rig, take: Take, settings: Reshape) -> list[str]:
    from ..rigs.takes.reshape import reshape_take

    return reshape_take(rig, take, settings, performances.places())[1]


def _look(rig: Rig, take: Take) -> tuple[SoliloquyError | None, tuple[str, ...]]:
    from ..rigs.takes import kept
    from ..rigs.takes.packed import packed_size
    from ..rigs.takes.reshape import touched_regions, why_not

    problem = why_not(rig, take)
    if problem is None and not packed_size(rig, take):
        problem = kept.why_not(take, performances.places())
    return problem, tuple(touched_regions(rig, take)) if problem is None else ()


SLIDERS = TakeSliders(Reshape, "soliloquy_reshape", _carrier, _read, _write, _look)


def _moved(self: Any, context: Any) -> None:
    SLIDERS.moved(self, context)


@with_settings(Reshape, update=_moved, options=set())
class SoliloquyReshape(bpy.types.PropertyGroup):
    """The sliders of one take."""


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


def shown(context: Any) -> Shown | None:
    """Return what the panel shows: the take chosen in the list if it plays, else the newest that does; for drawing.

    Whether a person touched its keys, and whether its performance is there, is looked up once a second.
    """
    from ..rigs.takes.packed import packed_size

    found = SLIDERS.found(context)
    if found is None:
        return None
    rig, take, sliders, (problem, touched) = found
    return Shown(take, sliders, problem, touched, packed_size(rig, take))


@with_settings(Reshape, options=set())
class SOLILOQUY_OT_reshape(OnTake, bpy.types.Operator):
    """Change how strongly each part of a take shows, at once, without animating anew. What is not given stays"""

    bl_idname = "soliloquy.reshape"
    bl_label = "Re-shape Take"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Write the keys."""
        return SLIDERS.put(self, context, lambda before: replace(before, **chosen(Reshape, passed(self).__getitem__)))


class SOLILOQUY_OT_reshape_reset(OnTake, bpy.types.Operator):
    """Bring everything but the lips of a take back to how it was performed: every slider of Re-shape to its default"""

    bl_idname = "soliloquy.reshape_reset"
    bl_label = "Reset Re-shape"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Write the keys as performed."""
        return SLIDERS.put(self, context, lambda _before: Reshape())


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
        SLIDERS.forget()
        return {"FINISHED"}


CLASSES = (SoliloquyReshape, SOLILOQUY_OT_reshape, SOLILOQUY_OT_reshape_reset, SOLILOQUY_OT_pack_performance)


def register() -> None:
    """Attach the sliders to actions."""
    SLIDERS.attach(SoliloquyReshape)


def unregister() -> None:
    """Take the sliders back."""
    SLIDERS.detach()
