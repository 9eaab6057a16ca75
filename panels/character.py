"""Character: choose one or add one, and shape its body."""

from __future__ import annotations

from typing import Any

from ..inference.errors import SoliloquyError
from ..operators.choice import anchor, chosen_rig
from ..rigs.shape import CHARACTER_PROPERTY
from .editors import for_both_editors, paragraph


def rig_shown(context: Any) -> Any:
    """Return the character the panels are about, None when none or no valid one is chosen."""
    try:
        return chosen_rig(context)
    except SoliloquyError:
        return None


class _Character:
    """Choose or add a character."""

    panel_name = "character"
    bl_label = "Character"

    def draw(self, context: Any) -> None:
        """Draw the choice of the character."""
        layout = self.layout
        settings = context.scene.soliloquy
        layout.prop(settings, "character", text="", icon="ARMATURE_DATA")
        try:
            rig = chosen_rig(context)
        except SoliloquyError as error:
            paragraph(layout, context, str(error), icon="ERROR")
            rig = None
        else:
            if rig is not None and settings.character is None:
                layout.label(text=f"Animates {anchor(rig).name}", icon="CHECKMARK")
            elif rig is None:
                paragraph(layout, context, "Add one, or select one. Animate adds one by itself.", icon="INFO")
        row = layout.row(align=True)
        row.operator("soliloquy.add_character", icon="ADD").look = settings.look
        looks = row.row(align=True)
        looks.scale_x = 0.6
        looks.prop_enum(settings, "look", "A", text="A")
        looks.prop_enum(settings, "look", "T", text="T")


class _Shape:
    """Sliders of the body."""

    panel_name = "shape"
    bl_label = "Shape"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown for characters that can be shaped."""
        rig = rig_shown(context)
        return rig is not None and rig.armature is not None and CHARACTER_PROPERTY in rig.armature

    def draw(self, context: Any) -> None:
        """Draw one slider per shape."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        shape = rig_shown(context).armature.soliloquy_shape
        column = layout.column(align=True)
        for item in shape.bl_rna.properties:
            if item.identifier not in ("rna_type", "name") and not item.is_hidden:
                column.prop(shape, item.identifier)


CLASSES = (*for_both_editors(_Character), *for_both_editors(_Shape, parent="character"))
