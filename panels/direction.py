"""Direction: what the character does, in a line of text or on keyed sliders."""

from __future__ import annotations

from typing import Any

import bpy

from ..inference.errors import SoliloquyError
from ..inference.gestures.settings import GestureSettings
from ..inference.settings import AnimateSettings
from ..operators.choice import anchor, seen
from ..operators.direct import reading
from ..operators.emotion_properties import directing
from .editors import NEXT, draw_settings, for_both_editors, paragraph

_MOST_LINES = 16
"""Lines of a reading that are drawn: a page of notes would push everything else off the screen."""


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
        by = directing(context)
        settings = by.group
        row = layout.row(align=True)
        row.prop(settings, "direct", text="", icon="TEXT")
        row.operator("soliloquy.own_direction", text="", icon="ARMATURE_DATA", depress=by.own)
        rig = seen(context).rig
        if by.own and rig is not None:
            row = layout.row(align=True)
            row.label(text=f"For {anchor(rig).name} alone", icon="ARMATURE_DATA")
            row.operator("soliloquy.copy_direction", text="", icon="DUPLICATE")
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
        draw_settings(column, settings, AnimateSettings, "openness", "lean", "eye_contact", "head_motion")


def _draw_reading(layout: Any, context: Any, text: str) -> None:
    """Draw a line per thing that was understood, and one per piece that was not."""
    box = layout.box()
    try:
        direction = reading(text)
    except SoliloquyError as error:
        paragraph(box, context, str(error), icon="ERROR")
        return
    if direction is None:
        paragraph(box, context, "Reading.", icon="TIME")
        return
    lines = direction.readings()
    for line in lines[:_MOST_LINES]:
        paragraph(box, context, line, icon="CHECKMARK")
    if len(lines) > _MOST_LINES:
        paragraph(box, context, f"And {len(lines) - _MOST_LINES} more.", icon="BLANK1")
    for missed in direction.missed[:_MOST_LINES]:
        paragraph(box, context, missed.sentence(), icon="ERROR")
    if len(direction.missed) > _MOST_LINES:
        paragraph(box, context, f"And {len(direction.missed) - _MOST_LINES} more not understood.", icon="BLANK1")


CLASSES = tuple(for_both_editors(_Direction, parent="performance"))
