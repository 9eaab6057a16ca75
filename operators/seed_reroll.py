"""Draw another seed, in the panels another variation."""

from __future__ import annotations

import random
from typing import Any

import bpy


class SOLILOQUY_OT_seed_reroll(bpy.types.Operator):
    """Choose another variation: other gestures, blinks and glances for the next take, the same lips"""

    bl_idname = "soliloquy.seed_reroll"
    bl_label = "New Variation"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Draw a seed that differs from the present one."""
        settings = context.scene.soliloquy
        before = settings.seed
        while settings.seed == before:
            settings.seed = random.randrange(10_000)
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_seed_reroll,)
