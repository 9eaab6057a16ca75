"""Show the gestures of a take as strips in the Sequencer, and play the take as the strips were left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.handlers import persistent

from ..inference.errors import SoliloquyError
from . import handlers, session
from .gestures import OnGestures, WithoutWorker

if TYPE_CHECKING:
    from ..inference.gestures.planned import Planned
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take
    from .gesture_job import GesturesJob


class SOLILOQUY_OT_gestures_show(WithoutWorker, bpy.types.Operator):
    """Show the gestures as strips in the Sequencer: move, delete, copy or lock them there, or write another name"""

    bl_idname = "soliloquy.gestures_show"
    bl_label = "Gestures to Sequencer"
    bl_options = {"REGISTER", "UNDO"}

    def act(self, context: Any, rig: Rig, take: Take, planned: Planned) -> None:
        """Lay the plan into the Sequencer."""
        from .gesture_track import show

        count = show(context, rig, take, planned)
        self.report({"INFO"}, f"{count} gestures in the Sequencer: move, delete, copy, rename or lock, then Apply.")


class SOLILOQUY_OT_gestures_hide(WithoutWorker, bpy.types.Operator):
    """Take the strips of gestures out of the Sequencer. What was changed there and not applied is dropped"""

    bl_idname = "soliloquy.gestures_hide"
    bl_label = "Hide Gestures in Sequencer"
    bl_options = {"REGISTER", "UNDO"}

    def act(self, context: Any, rig: Rig, take: Take, planned: Planned) -> None:
        """Remove the strips."""
        from .gesture_track import hide

        hide(take)


class SOLILOQUY_OT_gestures_apply(OnGestures, bpy.types.Operator):
    """Play the take with the gestures as the strips in the Sequencer have them. Locked ones are pinned"""

    bl_idname = "soliloquy.gestures_apply"
    bl_label = "Apply Gestures of Sequencer"

    def orders(self, context: Any) -> list[GesturesJob]:
        """Return the order for the plan in the Sequencer."""
        from .gesture_job import build, with_plan
        from .gesture_track import changes, wanted

        rig, take, planned = with_plan(context, self.take)
        changed = wanted(rig, take)
        if changed is None:
            raise SoliloquyError(f"The Sequencer shows no gestures of '{take.name}'.", "Press Gestures to Sequencer.")
        if not changes(planned, changed):
            raise SoliloquyError("No gesture was changed in the Sequencer.", "Move, delete, copy or rename a strip.")
        return [build(rig, take, changed, context.scene)]


@persistent
def _scene_updated(_scene: Any, depsgraph: Any) -> None:
    """Let the panels say what was changed in the Sequencer; Blender draws them for changes of their own editor only."""
    if not depsgraph.id_type_updated("SCENE") or depsgraph.mode == "RENDER":
        return
    from .gesture_track import is_drawn

    if is_drawn() and not any(window.screen.is_animation_playing for window in bpy.context.window_manager.windows):
        session.redraw()


HANDLERS = (("depsgraph_update_post", _scene_updated),)


def register() -> None:
    """Notice changes of the strips."""
    handlers.add(HANDLERS)


def unregister() -> None:
    """Stop noticing."""
    handlers.remove(HANDLERS)


CLASSES = (SOLILOQUY_OT_gestures_show, SOLILOQUY_OT_gestures_hide, SOLILOQUY_OT_gestures_apply)
