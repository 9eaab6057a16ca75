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
    help_page = "blender.md#a-first-performance"

    def draw(self, context: Any) -> None:
        """Draw the choice of the character and what it lacks; without any, the cast to add one from."""
        layout = self.layout
        settings = context.scene.soliloquy
        found = seen(context)
        if found.any_rigs or found.error or settings.character is not None:
            field = layout.row()
            # What is selected goes before what was chosen here.
            field.active = found.rig is None or settings.character in (None, anchor(found.rig))
            field.prop(settings, "character", text="", icon="ARMATURE_DATA")
        if found.error:
            paragraph(layout, context, found.error, icon="ERROR")
        elif found.rig is None and found.any_rigs:
            paragraph(layout, context, "Choose or select one of the characters.", icon="INFO")
        elif found.rig is None:
            paragraph(layout, context, "Add one, or let Animate add it.", icon="INFO")
            _draw_cast(layout, settings)
        else:
            _draw_found(layout, context, found)


def _draw_found(layout: Any, context: Any, found: Any) -> None:
    """Draw who speaks where the field does not say it, what is no character of ours, and what it lacks."""
    from ..rigs.oddities import lost_names

    session.expect_work()
    settings = context.scene.soliloquy
    if settings.character != anchor(found.rig):
        layout.label(text=f"Animates {anchor(found.rig).name}", icon="CHECKMARK")
    if found.rig.armature is None or CHARACTER_PROPERTY not in found.rig.armature:
        paragraph(layout, context, found.line)
    chosen = {name.lower() for name in settings.regions}
    for note in found.rig.notes:
        paragraph(layout, context, note, icon="ERROR")
    for lacking in dict.fromkeys(text for region, text in found.rig.lacks.items() if region in chosen):
        paragraph(layout, context, lacking, icon="INFO")
    if lost_names(found.rig.armature, found.rig.attached):
        layout.operator("soliloquy.add_vrm", icon="IMPORT")
    if found.rig.face != "arkit":
        layout.operator("soliloquy.add_face_shapes", icon="SHAPEKEY_DATA")


def _draw_cast(layout: Any, settings: Any) -> None:
    """Draw the cast by picture, and the button that adds whoever is chosen."""
    cast = layout.column(align=True)
    cast.template_icon_view(settings, "person", show_labels=True, scale=4.0, scale_popup=5.0)
    cast.prop(settings, "person", text="")
    row = layout.row(align=True)
    row.operator("soliloquy.add_character", icon="ADD").look = settings.look
    looks = row.row(align=True)
    looks.scale_x = 0.6
    looks.prop_enum(settings, "look", "A", text="A")
    looks.prop_enum(settings, "look", "T", text="T")


class _Cast:
    """Add further characters, and a stage around the one that speaks."""

    panel_name = "cast"
    bl_label = "Cast & Stage"
    bl_options = {"DEFAULT_CLOSED"}
    help_page = "character.md"

    def draw(self, context: Any) -> None:
        """Draw what can be added to the scene."""
        from ..rigs.body_models.joints import body_mesh

        layout = self.layout
        rig = seen(context).rig
        if rig is not None or seen(context).any_rigs:
            _draw_cast(layout, context.scene.soliloquy)
        if rig is not None:
            layout.operator("soliloquy.set_stage", icon="OUTLINER_OB_CAMERA")
        layout.operator("soliloquy.add_vrm", icon="IMPORT")
        row = layout.row(align=True)
        row.operator("soliloquy.add_body_model", icon="FILE_FOLDER")
        if rig is not None and body_mesh(rig) is not None:
            row.operator("soliloquy.update_joints", text="Update Joints", icon="BONE_DATA")
        if rig is None:
            layout.operator("soliloquy.add_face_shapes", icon="SHAPEKEY_DATA")


class _Build:
    """What belongs to this character in every take: its body, its mouth, which bone is which."""

    panel_name = "build"
    bl_label = "Body, Mouth & Bones"
    bl_options = {"DEFAULT_CLOSED"}
    help_page = "rigs.md"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown where there is a character, or something that could be one once its bones are named."""
        found = seen(context)
        return found.rig is not None or bool(found.error)

    def draw(self, context: Any) -> None:
        """Draw what this character is, and for one of the cast what its hair is made of."""
        rig = seen(context).rig
        paragraph(self.layout, context, seen(context).line or "Say under Mapping which bone is which joint.")
        if rig is not None and rig.armature is not None and CHARACTER_PROPERTY in rig.armature:
            _draw_hair(self.layout, rig)


def _draw_hair(layout: Any, rig: Any) -> None:
    """Draw what hair is made of, and how to exchange it."""
    from ..rigs.character.strands.worn import strands_of

    worn = "strands" if strands_of(rig) else "cards"
    split = layout.split(factor=0.3)
    split.label(text="Hair as")
    row = split.row(align=True)
    for kind, title in (("cards", "Cards"), ("strands", "Strands")):
        row.operator("soliloquy.hair_as", text=title, depress=kind == worn).kind = kind


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
    *for_both_editors(_Cast, parent="character"),
    *for_both_editors(_Build, parent="character"),
    *for_both_editors(_Shape, parent="build"),
    *for_both_editors(_Mouth, parent="build"),
)
