"""Add the default character to the scene."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ..inference.errors import SoliloquyError
from . import take_list
from .properties import LOOK_ITEMS


class SOLILOQUY_OT_add_character(bpy.types.Operator):
    """Add Soliloquy's own character to the scene and choose it"""

    bl_idname = "soliloquy.add_character"
    bl_label = "Add Character"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(name="Name", description="Name of the new character", default="Soliloquy")
    look: EnumProperty(name="Rest Pose", description="How the character stands at rest", items=LOOK_ITEMS)

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        if context.mode != "OBJECT":
            return "Switch to Object Mode to add a character."
        return ""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Enabled in Object Mode."""
        reason = cls.disabled_reason(context)
        cls.poll_message_set(reason)
        return not reason

    def execute(self, context: Any) -> set[str]:
        """Build the character."""
        from ..rigs.character.default_character import add_character

        look = self.look if self.properties.is_property_set("look") else context.scene.soliloquy.look
        try:
            rig = add_character(context, name=self.name, look=look)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.scene.soliloquy.character = rig.armature
        take_list.refresh(context)
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_add_character,)
