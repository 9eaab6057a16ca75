"""Re-shape: how strongly each part of the take that plays shows, at once."""

from __future__ import annotations

from typing import Any

from ..inference.shape.settings import Reshape
from ..operators import reshape
from ..operators.take_sliders import rested
from .editors import PRESENT, draw_settings, for_both_editors, paragraph, present_take

FACE = ("upper_face", "emotion", "blinks", "gaze")
BODY = ("head", "body", "gestures", "openness", "fingers")
TIMING = ("motion_smoothing", "motion_offset")


class _Reshape:
    """Re-shape the take that plays."""

    panel_name = "reshape"
    bl_label = "Re-shape"
    header_icon = PRESENT
    help_page = "reshape.md"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the sliders of the take that plays, and why they cannot be used where they cannot."""
        layout = self.layout
        found = reshape.shown(context)
        if found is None:
            paragraph(layout, context, "No take plays. Press Animate first, or choose a take.", icon="INFO")
            return
        if found.problem is not None:
            paragraph(layout, context, found.problem.message, icon="INFO")
            if found.problem.hint:
                paragraph(layout, context, found.problem.hint, icon="FORWARD")
        if found.sliders is None:
            return
        if found.touched:
            paragraph(layout, context, rested(found.touched), icon="KEYINGSET")
        layout.use_property_split = True
        layout.use_property_decorate = False
        body = present_take(layout, f"Changes {found.take.name}")
        body.enabled = found.problem is None
        for names in (FACE, BODY, TIMING):
            draw_settings(body.column(align=True), found.sliders, Reshape, *names)
        row = body.row(align=True)
        row.operator("soliloquy.reshape_reset", text="Reset", icon="LOOP_BACK").take = found.take.id
        text = f"Packed, {found.packed / 1e6:.1f} MB" if found.packed else "Pack Performance"
        pack = row.operator("soliloquy.pack_performance", text=text, icon="PACKAGE" if found.packed else "UGLYPACKAGE")
        pack.take, pack.unpack = found.take.id, bool(found.packed)


CLASSES = tuple(for_both_editors(_Reshape, parent="takes"))
