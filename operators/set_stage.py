"""Put a camera, lights and a plain background around the character."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty

from ..inference.errors import SoliloquyError
from .choice import around_character_reason, chosen_rig
from .reason import Reasoned


class SOLILOQUY_OT_set_stage(Reasoned, bpy.types.Operator):
    """Put a camera that the character looks into, three soft lights and a plain background around it"""

    bl_idname = "soliloquy.set_stage"
    bl_label = "Set Stage"
    bl_options = {"REGISTER", "UNDO"}

    view: EnumProperty(
        name="View",
        description="What the camera shows",
        items=(
            ("head", "Head", "Head and shoulders"),
            ("upper", "Upper Body", "From the hips up"),
            ("body", "Body", "From head to foot"),
        ),
        default="upper",
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return around_character_reason(context)

    def execute(self, context: Any) -> set[str]:
        """Put it there; what stood there from before is replaced. Takes made afterwards look at the camera."""
        from ..rigs.render.set_stage import set_stage

        try:
            rig = chosen_rig(context)
            if rig is None:
                raise SoliloquyError("There is no character to light.", "Add one first.")
            camera = set_stage(context, rig, view=self.view)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if context.scene.soliloquy.gaze_object is None:
            context.scene.soliloquy.gaze_object = camera
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_set_stage,)
