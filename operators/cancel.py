"""What to do about a performance that is being made, or was not made: stop it, end one that is stuck, try again."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import IntProperty

from ..inference.errors import SoliloquyError
from . import jobs, session
from .reason import Reasoned


class SOLILOQUY_OT_cancel(Reasoned, bpy.types.Operator):
    """Stop every performance that is being made. The scene stays as it was before Animate"""

    bl_idname = "soliloquy.cancel"
    bl_label = "Cancel Animating"

    job: IntProperty(name="Job", description="Number of the one to stop; 0: all", min=0, options={"SKIP_SAVE"})

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return "" if jobs.running() else "Nothing is being made."

    def execute(self, context: Any) -> set[str]:
        """Cancel one job, or every job."""
        jobs.cancel(self.job)
        return {"FINISHED"}


class SOLILOQUY_OT_keep_take(Reasoned, bpy.types.Operator):
    """Put onto the character what was made and waits. Cancel discards it"""

    bl_idname = "soliloquy.keep_take"
    bl_label = "Keep Previewed Take"

    job: IntProperty(name="Job", description="Number of the one to keep; 0: all", min=0, options={"SKIP_SAVE"})

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return "" if any(job.held for job in jobs.running()) else "Nothing waits to be kept."

    def execute(self, context: Any) -> set[str]:
        """Keep one take, or every one."""
        jobs.keep(self.job)
        return {"FINISHED"}


class SOLILOQUY_OT_end_stalled(Reasoned, bpy.types.Operator):
    """End the performance that makes no progress, and the worker that is stuck in it; what waits behind it goes on"""

    bl_idname = "soliloquy.end_stalled"
    bl_label = "End Stalled Performance"

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return "" if jobs.stalled() else "Nothing is stuck."

    def execute(self, context: Any) -> set[str]:
        """End it."""
        jobs.end_stalled()
        return {"FINISHED"}


class SOLILOQUY_OT_try_again(Reasoned, bpy.types.Operator):
    """Order once more what failed, with the same settings and a freshly started AI runtime"""

    bl_idname = "soliloquy.try_again"
    bl_label = "Try Failed Performance Again"

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        if jobs.last_failed() is None:
            return "Nothing failed that could be tried again."
        return session.unavailable_reason()

    def execute(self, context: Any) -> set[str]:
        """Order it and return at once; the result appears when it is ready."""
        try:
            jobs.try_again()
        except SoliloquyError as error:
            session.set_error(error)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_cancel, SOLILOQUY_OT_keep_take, SOLILOQUY_OT_end_stalled, SOLILOQUY_OT_try_again)
