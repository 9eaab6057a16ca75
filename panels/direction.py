"""Direction: what the character does, in a line of text or on keyed sliders."""

from __future__ import annotations

from typing import Any

import bpy

from ..inference.errors import SoliloquyError
from ..inference.gestures.settings import GestureSettings
from ..inference.settings import AnimateSettings
from ..operators.direct import reading
from .editors import NEXT, draw_settings, for_both_editors, paragraph


class _Direction:
    """Direct in words, and over time."""

    panel_name = "direction"
    header_icon = NEXT
    help_page = "direction.md"
    bl_label = "Direction"
    bl_order = 0  # before Emotion

    def draw(self, context: Any) -> None:
        """Draw the text with how it is read, and the sliders that can be keyed."""
        layout = self.layout
        settings = context.scene.soliloquy
        layout.prop(settings, "direct", text="", icon="TEXT")
        if settings.direct.strip():
            _draw_reading(layout, context, settings.direct)
            row = layout.row()
            row.enabled = not bpy.types.SOLILOQUY_OT_write_direction.disabled_reason(context)
            row.operator_context = "INVOKE_DEFAULT"
            row.operator("soliloquy.write_direction", text="Keys from Text", icon="KEYINGSET")
        else:
            paragraph(layout, context, "Such as: calm, angry at 4.5 s, ends sad and quiet", icon="INFO")
        column = layout.column(align=True)
        column.use_property_split = True
        # The dots beside the sliders key them.
        column.use_property_decorate = True
        draw_settings(column, settings, GestureSettings, "energy")
        draw_settings(column, settings, AnimateSettings, "openness", "eye_contact", "head_motion")


def _draw_reading(layout: Any, context: Any, text: str) -> None:
    """Draw a line per thing that was understood, and one per piece that was not."""
    box = layout.box()
    try:
        direction = reading(text)
    except SoliloquyError as error:
        paragraph(box, context, str(error), icon="ERROR")
        return
    for line in direction.readings():
        paragraph(box, context, line, icon="CHECKMARK")
    for missed in direction.missed:
        paragraph(box, context, missed.sentence(), icon="ERROR")


CLASSES = tuple(for_both_editors(_Direction, parent="performance"))
