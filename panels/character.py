"""Character: choose one or add one, and shape its body."""

from __future__ import annotations

from typing import Any

from ..inference.settings import AnimateSettings
from ..operators import session
from ..operators.choice import anchor, seen
from ..operators.mouth import MOUTH, mouth_of
from ..rigs.character.marker import CHARACTER_PROPERTY
from .editors import draw_settings, for_both_editors, paragraph


class _Character:
    """Choose or add a character."""

    panel_name = "character"
    bl_label = "Character"

    def draw(self, context: Any) -> None:
        """Draw the choice of the character."""
        from ..rigs.body_models.joints import body_mesh

        layout = self.layout
        settings = context.scene.soliloquy
        found = seen(context)
        field = layout.row()
        # What is selected goes before what was chosen here.
        field.active = found.rig is None or settings.character in (None, anchor(found.rig))
        field.prop(settings, "character", text="", icon="ARMATURE_DATA")
        if found.error:
            paragraph(layout, context, found.error, icon="ERROR")
        elif found.rig is not None:
            layout.label(text=f"Animates {anchor(found.rig).name}", icon="CHECKMARK")
            paragraph(layout, context, found.line)
        elif found.rig is None and found.any_rigs:
            paragraph(layout, context, "Choose or select one of the characters.", icon="INFO")
        elif found.rig is None:
            paragraph(layout, context, "Add one, or let Animate add it.", icon="INFO")
        if found.rig is not None:
            session.expect_work()
            chosen = {name.lower() for name in settings.regions}
            for note in found.rig.notes:
                paragraph(layout, context, note, icon="ERROR")
            for lacking in dict.fromkeys(text for region, text in found.rig.lacks.items() if region in chosen):
                paragraph(layout, context, lacking, icon="INFO")
        cast = layout.column(align=True)
        cast.template_icon_view(settings, "person", show_labels=True, scale=5.0, scale_popup=5.0)
        cast.prop(settings, "person", text="")
        row = layout.row(align=True)
        row.operator("soliloquy.add_character", icon="ADD").look = settings.look
        looks = row.row(align=True)
        looks.scale_x = 0.6
        looks.prop_enum(settings, "look", "A", text="A")
        looks.prop_enum(settings, "look", "T", text="T")
        if found.rig is not None:
            layout.operator("soliloquy.set_stage", icon="OUTLINER_OB_CAMERA")
        row = layout.row(align=True)
        row.operator("soliloquy.add_body_model", icon="FILE_FOLDER")
        if found.rig is not None and body_mesh(found.rig) is not None:
            row.operator("soliloquy.update_joints", icon="BONE_DATA")
        if found.rig is None or found.rig.face != "arkit":
            layout.operator("soliloquy.add_face_shapes", icon="SHAPEKEY_DATA")


class _Shape:
    """Sliders of the body."""

    panel_name = "shape"
    bl_label = "Shape"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown for characters that can be shaped."""
        rig = seen(context).rig
        return rig is not None and rig.armature is not None and CHARACTER_PROPERTY in rig.armature

    def draw(self, context: Any) -> None:
        """Draw one slider per shape."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        shape = seen(context).rig.armature.soliloquy_shape
        column = layout.column(align=True)
        for item in shape.bl_rna.properties:
            if item.identifier not in ("rna_type", "name") and not item.is_hidden:
                column.prop(shape, item.identifier)


class _Mouth:
    """How this character holds its mouth and speaks."""

    panel_name = "mouth"
    bl_label = "Mouth"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown where one character is meant."""
        return seen(context).rig is not None

    def draw(self, context: Any) -> None:
        """Draw the sliders that are kept with the character."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        rig = seen(context).rig
        if rig is not None:
            draw_settings(layout.column(align=True), mouth_of(rig), AnimateSettings, *MOUTH)


CLASSES = (
    *for_both_editors(_Character),
    *for_both_editors(_Shape, parent="character"),
    *for_both_editors(_Mouth, parent="character"),
)
