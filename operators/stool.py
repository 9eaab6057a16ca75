"""A stool for a character that sits."""

from __future__ import annotations

from typing import Any

import bpy

from ..inference.errors import SoliloquyError
from .choice import around_character_reason, chosen_rig
from .reason import Reasoned


class SOLILOQUY_OT_add_stool(Reasoned, bpy.types.Operator):
    """Put a stool under the character as it sits on this frame, or move the one it has"""

    bl_idname = "soliloquy.add_stool"
    bl_label = "Add Stool"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return around_character_reason(context)

    def execute(self, context: Any) -> set[str]:
        """Put it there; it is a plain object, deleted like any other."""
        from ..rigs.stool import put_stool

        try:
            rig = chosen_rig(context)
            if rig is None:
                raise SoliloquyError("There is no character to sit.", "Add one first.")
            put_stool(context, rig)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_add_stool,)
