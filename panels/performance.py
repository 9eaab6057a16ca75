"""Direct the next take: type of character, gaze, what is animated and how strongly."""

from __future__ import annotations

from typing import Any

import bpy

from ..inference.arkit import REGIONS
from ..inference.settings import AnimateSettings
from ..operators import speakers
from ..operators.choice import seen
from ..operators.emotion_properties import directing, own_direction
from .editors import NEXT, draw_settings, for_both_editors, paragraph

STRENGTHS = (
    "head_motion", "weight_shift", "openness", "lean", "eye_contact", "listening",
    "blink_strength", "eye_darts", "brow_strength", "breathing",
)  # fmt: skip

_NAMED = 3
"""Of those whom a character speaks with: how many are named."""


class _Performance:
    """Direct the performance."""

    panel_name = "performance"
    bl_label = "Direct the Next Take"
    header_icon = NEXT
    help_page = "tutorial.md#direct-the-next-take"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the menu of types, gaze and parts."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = context.scene.soliloquy
        paragraph(layout, context, "For the next take. Press Animate to see it.", icon=NEXT)
        column = layout.column()
        row = column.row(align=True)
        row.operator_menu_enum("soliloquy.preset", "preset", text="Character Type", icon="PRESET")
        row.operator("soliloquy.save_preset", text="", icon="ADD")
        if bpy.ops.soliloquy.remove_preset.poll():
            row.operator_menu_enum("soliloquy.remove_preset", "preset", text="", icon="REMOVE")
        gaze = column.row()
        gaze.alert = speakers.looks_at_itself(context)
        gaze.prop(settings, "gaze_object")
        _draw_partner(column, context, bool(settings.gaze_object))
        layout.use_property_split = False
        # Two columns: the default width of a sidebar shows every name in full.
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for region in REGIONS:
            grid.prop_enum(settings, "regions", region.upper())


def _draw_partner(layout: Any, context: Any, looks_elsewhere: bool) -> None:
    """Draw whom the character speaks with, and who that is where nobody is chosen."""
    rig = seen(context).rig
    if rig is None:
        return
    from ..operators.conversation import chosen_partner, partners

    column = layout.column()
    column.active = not looks_elsewhere
    column.prop(own_direction(rig), "partner")
    if looks_elsewhere or chosen_partner(rig, context.scene) is not None:
        return
    names = [item.name for item in partners(context, rig)]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    said = f"Now: {', '.join(names[:_NAMED])}{more}." if names else "Now: somebody straight ahead."
    row = column.split(factor=0.4)
    row.label()
    row.label(text=said)


class _Strengths:
    """Strength of every layer."""

    panel_name = "strengths"
    bl_label = "Strengths"
    header_icon = NEXT
    help_page = "layers.md"
    bl_order = 3  # after Emotion, Body & Gestures and Words
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw one slider per layer."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = context.scene.soliloquy
        draw_settings(layout, settings, AnimateSettings, "upper_face")
        draw_settings(layout.column(align=True), directing(context).group, AnimateSettings, *STRENGTHS)


class _Keys:
    """How the keys are written."""

    panel_name = "keys"
    bl_label = "Keys"
    header_icon = NEXT
    help_page = "baking.md"
    bl_order = 4
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the options of the bake."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(context.scene.soliloquy, "interpolation", text="Interpolation")
        layout.prop(context.scene.soliloquy, "extend_scene")


CLASSES = (
    *for_both_editors(_Performance),
    *for_both_editors(_Strengths, parent="performance"),
    *for_both_editors(_Keys, parent="performance"),
)
