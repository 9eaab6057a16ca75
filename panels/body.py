"""Body & Gestures: what moves hands and body, and in which manner."""

from __future__ import annotations

from typing import Any

from ..inference.gestures.settings import GestureSettings
from ..inference.settings import AnimateSettings
from ..operators.emotion_properties import directing
from ..operators.engine_list import brings_files, can, why_not
from .editors import NEXT, draw_settings, for_both_editors, paragraph


class _Body:
    """Choose how hands and body accompany the speech."""

    panel_name = "body"
    bl_label = "Body & Gestures"
    header_icon = NEXT
    help_page = "gestures_controls.md"
    bl_order = 1  # after Emotion
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the manner of gesturing; for an engine whose files are missing, why it cannot gesture."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings, by = context.scene.soliloquy, directing(context).group
        column = layout.column()
        column.active = gestures(settings)
        keyed = column.column()
        # The dots beside style and rest key them.
        keyed.use_property_decorate = True
        draw_settings(keyed, by, GestureSettings, "style", "energy")
        column = layout.column()
        column.active = settings.body != "NONE"
        column.row().prop(by, "posture", expand=True)
        if by.posture == "SEATED":
            draw_settings(column.column(align=True), settings, AnimateSettings, "seat_height", "seat_depth")
            column.operator("soliloquy.add_stool", icon="MESH_CYLINDER")
        column.use_property_decorate = True
        draw_settings(column, by, GestureSettings, "rest")
        reason = why_not("body", settings.body)
        if reason:
            paragraph(layout, context, reason, icon="INFO")
            if brings_files("body", settings.body):
                layout.operator("soliloquy.models_folder", icon="FILE_FOLDER")


class _BodyDetails:
    """The engine and the finer choices."""

    panel_name = "body_details"
    bl_label = "Details"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the engine, how often, and with which hand."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings, by = context.scene.soliloquy, directing(context).group
        layout.prop(settings, "body", text="Engine")
        column = layout.column()
        column.active = gestures(settings)
        row = column.row()
        row.active = can("body", settings.body, "rate")
        draw_settings(row, by, GestureSettings, "rate")
        draw_settings(column, by, GestureSettings, "handedness")
        draw_settings(column, settings, GestureSettings, "contacts")


def gestures(settings: Any) -> bool:
    """Return whether the chosen body engine gestures."""
    return can("body", settings.body, "gesture")


CLASSES = (*for_both_editors(_Body, parent="performance"), *for_both_editors(_BodyDetails, parent="body"))
