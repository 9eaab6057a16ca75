"""Face Engine: what makes the lips and the face, and what the chosen one still lacks."""

from __future__ import annotations

from typing import Any

from ..operators.engine_list import brings_files, why_not
from .editors import NEXT, for_both_editors, paragraph


class _FaceEngine:
    """Choose what makes the lips and the face."""

    panel_name = "face_engine"
    bl_label = "Face Engine"
    header_icon = NEXT
    help_page = "face.md"
    bl_order = 5
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the choice; for an engine whose files are missing, what to do."""
        layout = self.layout
        settings = context.scene.soliloquy
        layout.prop(settings, "face", text="")
        reason = why_not("face", settings.face)
        if reason:
            paragraph(layout, context, reason, icon="INFO")
            if brings_files("face", settings.face):
                layout.operator("soliloquy.models_folder", icon="FILE_FOLDER")


CLASSES = for_both_editors(_FaceEngine, parent="performance")
