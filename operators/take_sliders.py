"""Sliders of a finished take that act as they move: kept on one of its actions, saved, undone and copied with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import bpy
from bpy.props import PointerProperty

from ..inference.errors import SoliloquyError
from ..inference.setting import Settings
from . import session, take_list
from .choice import anchor, seen
from .setting_properties import chosen, shown_settings, shown_value
from .takes import meant

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take

Chosen = TypeVar("Chosen", bound=Settings)
_LOOK_SECONDS = 1.0


@dataclass(eq=False)
class TakeSliders(Generic[Chosen]):
    """One group of sliders that every take has. Its functions import what they need of ``rigs`` when called."""

    kind: type[Chosen]
    """The settings that the sliders show."""
    property: str
    """Name of the property on actions."""
    carrier: Callable[[Rig, Take], Any | None]
    """Returns the action that carries a take's sliders, None when there is none."""
    read: Callable[[Rig, Take], Chosen]
    """Returns the settings that a take was last written with."""
    write: Callable[[Rig, Take, Chosen], list[str]]
    """Writes a take's keys; returns the regions that stay as a person edited them."""
    look: Callable[[Rig, Take], Any]
    """Returns what the panel has to know besides, which takes long to find out."""
    _quiet: bool = field(default=False, init=False)
    _looked: dict[tuple[str, int, int], tuple[float, Any]] = field(default_factory=dict, init=False)

    def attach(self, group: type) -> None:
        """Give actions the sliders, a registered group of properties."""
        setattr(bpy.types.Action, self.property, PointerProperty(type=group))

    def detach(self) -> None:
        """Take them back."""
        self.forget()
        delattr(bpy.types.Action, self.property)

    def forget(self) -> None:
        """Look anew at what :meth:`found` remembers."""
        self._looked.clear()

    def shown(self, sliders: Any) -> Chosen:
        """Return the settings that sliders show."""
        return self.kind(**chosen(self.kind, lambda name: getattr(sliders, name)))

    def show(self, action: Any, settings: Chosen) -> None:
        """Let the sliders of an action show settings, without acting on them."""
        self._quiet = True
        try:
            for name, item in shown_settings(self.kind).items():
                setattr(getattr(action, self.property), item.shown_name, shown_value(item, getattr(settings, name)))
        finally:
            self._quiet = False

    def moved(self, sliders: Any, context: Any) -> None:
        """Write the take as the sliders ask; where that cannot be, the sliders go back to how it is."""
        action = sliders.id_data
        found = None if self._quiet else self._owner(context, action)
        if found is None:
            return  # an action that nothing plays
        before = self.read(*found)
        try:
            self.write(*found, self.shown(sliders))
        except SoliloquyError as error:
            self.show(action, before)
            session.set_error(error)
        else:
            take_list.look_again([found[1].id])
            if self.carrier(*found) != action:
                # A duplicate played the same action. It keeps that one, with the keys and the sliders as they were.
                self.show(action, before)
        self.forget()

    def put(self, operator: Any, context: Any, wanted: Callable[[Chosen], Chosen]) -> set[str]:
        """Write the take that an operator means with what is wanted in place of its settings; returns the outcome."""
        try:
            rig, take = meant(context, operator.take)
            settings = wanted(self.read(rig, take))
            touched = self.write(rig, take, settings)
        except SoliloquyError as error:
            operator.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if touched:
            operator.report({"WARNING"}, rested(touched))
        return self.written(context, rig, take, settings)

    def written(self, context: Any, rig: Rig, take: Take, settings: Chosen) -> set[str]:
        """Show what a take was written with; returns an operator's outcome."""
        self.show(self.carrier(rig, take), settings)
        self.forget()
        take_list.refresh(context, changed=[take.id])
        return {"FINISHED"}

    def found(self, context: Any) -> tuple[Rig, Take, Any | None, Any] | None:
        """Return the take chosen in the list if it plays, else the newest that does; for drawing.

        Returns
        -------
        tuple or None
            Character, take, sliders (None where no action carries them) and what ``look`` returns, looked up once a
            second. None when no take plays.
        """
        playing = take_list.playing(context)
        if playing is None:
            return None
        rig, take = playing
        action = self.carrier(rig, take)
        key = (take.id, anchor(rig).session_uid, action.session_uid if action is not None else 0)
        now = time.monotonic()
        if key not in self._looked or now - self._looked[key][0] > _LOOK_SECONDS:
            self._looked.clear()
            self._looked[key] = (now, self.look(rig, take))
        return rig, take, getattr(action, self.property) if action is not None else None, self._looked[key][1]

    def _owner(self, context: Any, action: Any) -> tuple[Rig, Take] | None:
        """Return the character and the take that an action carries the sliders of."""
        from ..rigs.rig import rigs_in_scene
        from ..rigs.takes.take import takes_of

        near = seen(context).rig
        for rigs in ([near] if near is not None else [], rigs_in_scene(context.scene)):
            for rig in rigs:
                for take in takes_of(rig):
                    if self.carrier(rig, take) == action:
                        return rig, take
        return None


def rested(regions: Any) -> str:
    """Return in a sentence which regions stay because a person edited them."""
    names = ", ".join(region.replace("_", " ") for region in regions)
    return f"Keys edited by hand stay as they are: {names}."
