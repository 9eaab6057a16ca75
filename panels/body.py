"""Body & Gestures: what moves hands and body, and in which manner."""

from __future__ import annotations

from typing import Any

from ..inference.body.engines import BODIES, GROUND_ONLY
from ..inference.gestures.settings import GestureSettings
from ..operators.missing import missing
from .editors import draw_settings, for_both_editors, paragraph


class _Body:
    """Choose how hands and body accompany the speech."""

    panel_name = "body"
    bl_label = "Body & Gestures"
    bl_order = 1  # after Emotion

    def draw(self, context: Any) -> None:
        """Draw the manner of gesturing; for an engine whose files are missing, why it cannot gesture."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = context.scene.soliloquy
        column = layout.column()
        column.active = gestures(settings)
        draw_settings(column, settings, GestureSettings, "style", "energy")
        column = layout.column()
        column.active = settings.body != "NONE"
        column.row().prop(settings, "posture", expand=True)
        reason = missing("body", settings.body)
        if reason:
            paragraph(layout, context, reason, icon="INFO")
            if BODIES[settings.body.lower()].published:
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
        settings = context.scene.soliloquy
        layout.prop(settings, "body", text="Engine")
        column = layout.column()
        column.active = gestures(settings)
        draw_settings(column, settings, GestureSettings, "rate", "handedness", "contacts")


def gestures(settings: Any) -> bool:
    """Return whether the chosen body engine gestures."""
    return settings.body.lower() not in GROUND_ONLY


CLASSES = (*for_both_editors(_Body, parent="performance"), *for_both_editors(_BodyDetails, parent="body"))
