"""Stop the performance that is being made, or the listening."""

from __future__ import annotations

from typing import Any

import bpy

from . import emotion_hearing, jobs


class SOLILOQUY_OT_cancel(bpy.types.Operator):
    """Stop the performance that is being made; nothing changes in the scene"""

    bl_idname = "soliloquy.cancel"
    bl_label = "Cancel"

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return "" if jobs.running() or emotion_hearing.running() else "No performance is being made."

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Enabled while a performance is being made."""
        reason = cls.disabled_reason(context)
        cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[str]:
        """Cancel every job."""
        jobs.cancel_all()
        emotion_hearing.cancel_all()
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_cancel,)
