"""Regenerate: make a part of the take that plays anew."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators import jobs
from ..operators.regenerate import PART_TEXTS
from ..operators.take_list import playing
from .editors import PRESENT, for_both_editors, paragraph, present_take


class _Regenerate:
    """Make a part of a take anew."""

    panel_name = "regenerate"
    bl_label = "Regenerate"
    header_icon = PRESENT
    help_page = "gestures_controls.md#a-part-made-anew"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw which frames, which parts, and the button."""
        layout = self.layout
        found = playing(context)
        if found is not None:
            layout = present_take(layout, f"A part of {found[1].name} anew")
        scene = context.scene
        part = scene.soliloquy.part
        if scene.use_preview_range:
            text = f"Preview range: {scene.frame_preview_start} to {scene.frame_preview_end}"
            layout.label(text=text, icon="PREVIEW_RANGE")
        else:
            row = layout.row(align=True)
            row.prop(part, "start")
            row.prop(part, "end")
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for name in PART_TEXTS:
            grid.prop(part, name, toggle=True)
        layout.prop(part, "new_seed")
        reason = bpy.types.SOLILOQUY_OT_regenerate.disabled_reason(context)
        row = layout.row()
        row.enabled = not reason and not jobs.running()
        row.operator_context = "INVOKE_DEFAULT"
        row.operator("soliloquy.regenerate", icon="FILE_REFRESH")
        if reason:
            paragraph(layout, context, reason, icon="INFO")


CLASSES = for_both_editors(_Regenerate, parent="takes")
