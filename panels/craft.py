"""Lip Craft: what an artist changes about the lips of the take that plays, at once."""

from __future__ import annotations

from typing import Any

from ..inference.craft_settings import LipCraft
from ..operators import craft
from .editors import PRESENT, draw_settings, for_both_editors, paragraph, present_take

MOTION = ("closure", "jaw", "rounding", "articulation")
TIMING = ("smoothing", "offset")
PLACES = ("asymmetry", "upper_lip", "lower_lip", "corners", "tongue")


class _LipCraft:
    """Craft the lips of the take that plays."""

    panel_name = "lip_craft"
    bl_label = "Lip Craft"
    header_icon = PRESENT
    help_page = "lip_craft.md"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the sliders of the take that plays, and why they cannot be used where they cannot."""
        layout = self.layout
        found = craft.shown(context)
        if found is None:
            paragraph(layout, context, "No take plays. Press Animate first, or choose a take.", icon="INFO")
            return
        if found.problem is not None:
            paragraph(layout, context, found.problem.message, icon="INFO")
            if found.problem.kind == "hand_made":
                again = layout.operator("soliloquy.craft", text="Craft into a New Take", icon="DUPLICATE")
                again.take, again.new_take = found.take.id, True
            elif found.problem.hint:
                paragraph(layout, context, found.problem.hint, icon="FORWARD")
        if found.sliders is None:
            return
        if found.shared and found.problem is None:
            paragraph(layout, context, "A duplicate of the character plays the same keys.", icon="LINKED")
            layout.operator("soliloquy.take_own", text="Make Single-User", icon="UNLINKED").take = found.take.id
        layout.use_property_split = True
        layout.use_property_decorate = False
        body = present_take(layout, f"Changes {found.take.name}")
        body.enabled = found.problem is None and not found.shared
        for names in (MOTION, TIMING, PLACES):
            draw_settings(body.column(align=True), found.sliders, LipCraft, *names)
        body.operator("soliloquy.craft_reset", text="Reset Lips", icon="LOOP_BACK").take = found.take.id


CLASSES = tuple(for_both_editors(_LipCraft, parent="takes"))
