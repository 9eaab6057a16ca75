"""Gestures as things: move, replace, remove, add and pin the gestures of a take, or draw all but the pinned ones anew.

The worker plays the changed plan over the take's stored performance; no network runs. The take itself changes, in one
step of undo, and the new stroke is shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    StringProperty,
)

from ..inference.errors import SoliloquyError
from ..inference.settings import AnimateSettings, recorded_settings
from ..rigs.compat import PATH_OPTIONS
from . import session
from .setting_properties import passed, setting_property
from .take_job import OrdersTakes
from .takes import OnTake

if TYPE_CHECKING:
    from ..inference.gestures.planned import Planned
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take
    from .gesture_job import GesturesJob

_FIRST = "ChrBrad@Idle01_BeatMidBt01"
"""What an added gesture is until another one is chosen."""


def _place(operator: Any, context: Any, planned: Planned) -> int:
    from .gesture_list import place

    return place(operator, context, planned)


class OnGestures(OrdersTakes, OnTake):
    """An operator that changes the plan of a take."""

    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return session.unavailable_reason() or super().disabled_reason(context)

    def orders(self, context: Any) -> list[GesturesJob]:
        """Return the order for the changed plan."""
        from .gesture_job import build, with_plan
        from .gesture_track import require_applied

        rig, take, planned = with_plan(context, self.take)
        require_applied(rig, take, planned)
        changed, stroke = self.changed(context, rig, take, planned)
        return [build(rig, take, changed, context.scene, stroke=stroke)]

    def second(self, context: Any, rig: Rig, take: Take) -> float:
        """Return the second of the performance that plays at the given frame, or at the playhead."""
        from ..rigs.takes.regenerate import seconds_at

        given = self.properties.is_property_set("frame")
        return seconds_at(rig, take, self.frame if given else context.scene.frame_current_final)

    if TYPE_CHECKING:
        frame: float
        properties: Any

        def changed(self, context: Any, rig: Rig, take: Take, planned: Planned) -> tuple[Planned, float]:
            """Return the new plan, and the second of what to show of it; every subclass says how."""
            ...


class SOLILOQUY_OT_gesture_move(OnGestures, bpy.types.Operator):
    """Move the gesture so that its stroke falls on the playhead"""

    bl_idname = "soliloquy.gesture_move"
    bl_label = "Move Gesture Here"

    index: IntProperty(
        name="Gesture", description="Place in the list, from 0; not given: the chosen one", min=0, options={"SKIP_SAVE"}
    )
    frame: FloatProperty(
        name="Frame", description="Scene frame of its stroke; not given: the playhead", options={"SKIP_SAVE"}
    )

    def changed(self, context: Any, rig: Rig, take: Take, planned: Planned) -> tuple[Planned, float]:
        """Return the plan with the gesture elsewhere."""
        from ..inference.gestures.planned import moved

        second = self.second(context, rig, take)
        return moved(planned, _place(self, context, planned), second), second


class SOLILOQUY_OT_gesture_remove(OnGestures, bpy.types.Operator):
    """Remove the gesture; the hands rest there, or go on to the next one"""

    bl_idname = "soliloquy.gesture_remove"
    bl_label = "Remove Gesture"

    index: IntProperty(
        name="Gesture", description="Place in the list, from 0; not given: the chosen one", min=0, options={"SKIP_SAVE"}
    )

    def changed(self, context: Any, rig: Rig, take: Take, planned: Planned) -> tuple[Planned, float]:
        """Return the plan without the gesture."""
        from ..inference.gestures.planned import removed

        index = _place(self, context, planned)
        return removed(planned, index), planned[index].time


def _vocabulary(_self: Any, _context: Any) -> list[tuple[str, str, str]]:
    from .gesture_list import vocabulary_items

    return vocabulary_items()


class SOLILOQUY_OT_gesture_replace(OnGestures, bpy.types.Operator):
    """Make another gesture of the vocabulary in its place, and play it. Undo brings the old one back"""

    bl_idname = "soliloquy.gesture_replace"
    bl_label = "Replace Gesture"
    bl_property = "gesture"

    index: IntProperty(
        name="Gesture", description="Place in the list, from 0; not given: the chosen one", min=0, options={"SKIP_SAVE"}
    )
    gesture: EnumProperty(
        name="Gesture", description="Its name in the vocabulary", items=_vocabulary, options={"SKIP_SAVE"}
    )
    step: IntProperty(
        name="Step", description="Instead: so many further among those of its kind and hands", options={"SKIP_SAVE"}
    )
    mirror: BoolProperty(name="Mirror", description="With left and right changed", options={"SKIP_SAVE"})
    wait: BoolProperty(
        name="Wait",
        description="Return when the take has changed, as scripts want it",
        default=True,
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the name, unless the next one of its kind is wanted."""
        if self.properties.is_property_set("gesture") or self.step or self.mirror:
            return super().invoke(context, event)
        self.wait = False
        context.window_manager.invoke_search_popup(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        """Replace it; what was chosen in a window does not wait."""
        return super().execute(context) if self.wait else self._submit(context)[0]

    def changed(self, context: Any, rig: Rig, take: Take, planned: Planned) -> tuple[Planned, float]:
        """Return the plan with another gesture."""
        from ..inference.gestures.names import alternatives
        from ..inference.gestures.planned import replaced

        index = _place(self, context, planned)
        item = planned[index]
        name = self.gesture if self.properties.is_property_set("gesture") else item.gesture
        if self.step:
            others = alternatives(item.gesture) or [item.gesture]
            name = others[(others.index(item.gesture) + self.step) % len(others)]
        return replaced(planned, index, name, mirrored=item.mirrored != self.mirror), item.time


class SOLILOQUY_OT_gesture_add(OnGestures, bpy.types.Operator):
    """Add a gesture whose stroke falls on the playhead: a beat, to be replaced by what is wanted"""

    bl_idname = "soliloquy.gesture_add"
    bl_label = "Add Gesture Here"

    frame: FloatProperty(
        name="Frame", description="Scene frame of its stroke; not given: the playhead", options={"SKIP_SAVE"}
    )
    gesture: EnumProperty(
        name="Gesture", description="Its name in the vocabulary", items=_vocabulary, options={"SKIP_SAVE"}
    )

    def changed(self, context: Any, rig: Rig, take: Take, planned: Planned) -> tuple[Planned, float]:
        """Return the plan with one gesture more."""
        from ..inference.gestures.planned import PlannedGesture, read_gestures

        second = self.second(context, rig, take)
        name = self.gesture if self.properties.is_property_set("gesture") else _FIRST
        return read_gestures((*planned, PlannedGesture(second, name, why="added by hand"))), second


class SOLILOQUY_OT_gestures_renew(OnGestures, bpy.types.Operator):
    """Draw the gestures anew from the next variation; those that are pinned stay, also where the Sequencer has them"""

    bl_idname = "soliloquy.gestures_renew"
    bl_label = "New Gestures"

    seed: setting_property(
        AnimateSettings, "seed", description="Not given: one that the take was not made with", options={"SKIP_SAVE"}
    )

    def orders(self, context: Any) -> list[GesturesJob]:
        """Return the order for new gestures around the pinned ones."""
        from ..inference.regenerate_job import next_seed
        from .gesture_job import build, with_plan
        from .gesture_track import wanted

        rig, take, planned = with_plan(context, self.take)
        planned = wanted(rig, take) or planned
        seed = passed(self).get("seed")
        if seed is None:
            seed = next_seed(recorded_settings(take.meta).seed, take.meta.get("regenerated", []))
        return [build(rig, take, planned, context.scene, seed=seed)]


class SOLILOQUY_OT_gestures_load(OnGestures, bpy.types.Operator):
    """Play the take with the gestures of a plan: what another one than its own is made anew"""

    bl_idname = "soliloquy.gestures_load"
    bl_label = "Load Plan"

    filepath: StringProperty(name="File", description="Plan (.json)", subtype="FILE_PATH", options=PATH_OPTIONS)
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def orders(self, context: Any) -> list[GesturesJob]:
        """Return the order for the plan in the file."""
        from ..inference.gestures.planned import read_plan
        from .gesture_job import build, with_plan
        from .gesture_track import require_applied

        rig, take, planned = with_plan(context, self.take)
        require_applied(rig, take, planned)
        return [build(rig, take, read_plan(bpy.path.abspath(self.filepath)), context.scene)]


class WithoutWorker(OnTake):
    """An operator on the gestures of a take that needs no order."""

    def execute(self, context: Any) -> set[str]:
        """Do it, or say why not."""
        from . import gesture_list
        from .gesture_job import with_plan

        try:
            self.act(context, *with_plan(context, self.take))
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        gesture_list.refresh(context)
        return {"FINISHED"}

    if TYPE_CHECKING:

        def act(self, context: Any, rig: Rig, take: Take, planned: Planned) -> None:
            """Do what the operator is for; every subclass says how."""

        def report(self, type: set[str], message: str) -> None:
            """Say something; Blender's."""


class SOLILOQUY_OT_gesture_pin(WithoutWorker, bpy.types.Operator):
    """Pin the gesture, so that it stays when the others are drawn anew; or let it go"""

    bl_idname = "soliloquy.gesture_pin"
    bl_label = "Pin Gesture"
    bl_options = {"REGISTER", "UNDO"}

    index: IntProperty(
        name="Gesture", description="Place in the list, from 0; not given: the chosen one", min=0, options={"SKIP_SAVE"}
    )

    def act(self, context: Any, rig: Rig, take: Take, planned: Planned) -> None:
        """Turn the pin."""
        from ..inference.gestures.planned import pinned
        from ..rigs.takes.gesture_plan import keep_edited
        from .gesture_job import require_free
        from .gesture_track import delivered, require_applied, wanted

        require_free(take)
        require_applied(rig, take, planned)
        index = _place(self, context, planned)
        changed = pinned(planned, index, not planned[index].pinned)
        shown = wanted(rig, take)
        keep_edited(rig, take, changed)
        delivered(context, rig, take.id, take, shown, changed)


class SOLILOQUY_OT_gesture_play(WithoutWorker, bpy.types.Operator):
    """Play this gesture once, with its sound, and stay at its stroke"""

    bl_idname = "soliloquy.gesture_play"
    bl_label = "Play Gesture"
    bl_options = {"REGISTER"}

    index: IntProperty(
        name="Gesture", description="Place in the list, from 0; not given: the chosen one", min=0, options={"SKIP_SAVE"}
    )

    def act(self, context: Any, rig: Rig, take: Take, planned: Planned) -> None:
        """Play it."""
        from . import gesture_list

        index = _place(self, context, planned)
        gesture_list.show_stroke(context, rig, take, planned, planned[index].time)


class SOLILOQUY_OT_gestures_save(WithoutWorker, bpy.types.Operator):
    """Write the plan of the take's gestures as a JSON file, to be edited and loaded again"""

    bl_idname = "soliloquy.gestures_save"
    bl_label = "Save Plan"
    bl_options = {"REGISTER"}

    filepath: StringProperty(name="File", description="Plan (.json)", subtype="FILE_PATH", options=PATH_OPTIONS)
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})
    check_existing: BoolProperty(default=True, options={"HIDDEN"})

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file."""
        self.filepath = self.filepath or "gestures.json"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def act(self, context: Any, rig: Rig, take: Take, planned: Planned) -> None:
        """Write the file."""
        from ..inference.gestures.planned import write_plan

        path = Path(bpy.path.abspath(self.filepath))
        write_plan(planned, path.with_suffix(".json"))
        self.report({"INFO"}, f"{path.with_suffix('.json').name}: {len(planned)} gestures.")


CLASSES = (
    SOLILOQUY_OT_gesture_move,
    SOLILOQUY_OT_gesture_remove,
    SOLILOQUY_OT_gesture_replace,
    SOLILOQUY_OT_gesture_add,
    SOLILOQUY_OT_gesture_pin,
    SOLILOQUY_OT_gesture_play,
    SOLILOQUY_OT_gestures_renew,
    SOLILOQUY_OT_gestures_save,
    SOLILOQUY_OT_gestures_load,
)


def unregister() -> None:
    """Let go of what is being shown."""
    from . import gesture_list

    gesture_list.forget()
