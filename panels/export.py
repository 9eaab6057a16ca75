"""Export: the chosen take, to a file; and the files of performances that takes come from."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators import tidy_up
from ..rigs.export_formats import FORMATS
from .editors import PRESENT, for_both_editors, paragraph, present_take


def chosen_take(context: Any) -> str:
    """Return the id of the take chosen in the list, empty when there is none."""
    shown = context.window_manager.soliloquy_takes
    return shown.takes[shown.index].take_id if 0 <= shown.index < len(shown.takes) else ""


class _Export:
    """Write the chosen take to a file."""

    panel_name = "export"
    bl_label = "Export"
    header_icon = PRESENT
    help_page = "export.md"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw format and button."""
        layout = self.layout
        shown = context.window_manager.soliloquy_takes
        if 0 <= shown.index < len(shown.takes):
            layout = present_take(layout, f"Writes {shown.takes[shown.index].name}")
        reason = bpy.types.SOLILOQUY_OT_export.disabled_reason(context)
        settings = context.scene.soliloquy
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(settings, "export_format")
        if settings.export_format == "FBX":
            column.prop(settings, "export_preset")
        paragraph(layout, context, FORMATS[settings.export_format].description)
        row = layout.row()
        row.enabled = not reason
        row.operator_context = "INVOKE_DEFAULT"
        row.operator("soliloquy.export", icon="EXPORT").take = chosen_take(context)
        film = layout.row()
        film.enabled = not reason
        film.operator("soliloquy.playblast", icon="RENDER_ANIMATION").take = chosen_take(context)
        if reason:
            paragraph(layout, context, reason, icon="INFO")


class _Files:
    """Load performance files as takes, and delete those that nothing uses."""

    panel_name = "files"
    bl_label = "Performance Files"
    bl_order = 9  # after what is used more often
    header_icon = PRESENT
    help_page = "blender.md#what-happens-to-your-keys"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw what there is to do with performance files."""
        layout = self.layout
        row = layout.row()
        row.enabled = not bpy.types.SOLILOQUY_OT_load_performance.disabled_reason(context)
        row.operator("soliloquy.load_performance", icon="IMPORT")
        found = tidy_up.summary()
        if found:
            layout.operator("soliloquy.tidy_up", text=f"Tidy Up: {found}", icon="BRUSH_DATA")


CLASSES = (*for_both_editors(_Export, parent="takes"), *for_both_editors(_Files, parent="takes"))
