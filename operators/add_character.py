"""Add a character of the cast to the scene, and choose what its hair is made of."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent
from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty, StringProperty

from ..inference.errors import SoliloquyError
from . import handlers, take_list
from .cast_choice import AS_LOOK, chosen_parts, part_items, person_items
from .choice import around_character_reason, chosen_rig
from .properties import LOOK_ITEMS
from .reason import Reasoned

_HAIR_AS = (
    ("cards", "Cards", "Strips with a picture of locks: fast to play, and what exports have"),
    ("strands", "Strands", "Single strands, grown along the cards: for close-ups and renders"),
)


class SOLILOQUY_OT_add_character(Reasoned, bpy.types.Operator):
    """Add one of Soliloquy's own characters, free to use anywhere, at the 3D cursor, and choose it"""

    bl_idname = "soliloquy.add_character"
    bl_label = "Add Character"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(name="Name", description="Name of the new character", default="Soliloquy")
    person: EnumProperty(name="Person", description="Whom of the cast to add", items=person_items)
    hair: EnumProperty(name="Hair", description="The haircut", items=part_items("hair"))
    hair_as: EnumProperty(
        name="Hair as",
        description="What hair, beard and brows are made of",
        items=((AS_LOOK, "As the Look", "What this person has"), *_HAIR_AS),
    )
    brows: EnumProperty(name="Brows", description="The eyebrows", items=part_items("brows"))
    beard: EnumProperty(name="Beard", description="The beard", items=part_items("beard"))
    outfit: EnumProperty(name="Outfit", description="The clothes", items=part_items("outfit"))
    glasses: EnumProperty(name="Glasses", description="The glasses", items=part_items("glasses"))
    blend_with: EnumProperty(
        name="Mix with", description="Whose face and body to mix into this person's", items=person_items
    )
    blend: FloatProperty(
        name="Mix", description="How much of the other person", default=0.0, min=0.0, max=1.0, subtype="FACTOR"
    )
    look: EnumProperty(name="Rest Pose", description="How the character stands at rest", items=LOOK_ITEMS)
    location: FloatVectorProperty(
        name="Location", description="Where it stands; not given: at the 3D cursor", subtype="TRANSLATION"
    )
    frame_view: BoolProperty(name="Frame in View", description="Turn the 3D View towards it", default=True)

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        if context.scene.library is not None:
            return "The scene is linked from another file; switch to a scene of this one."
        return ""

    def execute(self, context: Any) -> set[str]:
        """Build the character; Blender is in Object Mode afterwards."""
        from ..rigs.character.default_character import add_character
        from ..rigs.character.placement import frame_selected, view_of

        given = self.properties.is_property_set
        if not given("location"):
            self.location = context.scene.cursor.location
        if not given("person"):
            self.person = context.scene.soliloquy.person
        try:
            rig = add_character(
                context,
                name=self.name,
                look=self.look if given("look") else context.scene.soliloquy.look,
                location=self.location,
                person=self.person,
                mix=(self.person, self.blend_with, self.blend) if self.blend > 0 else None,
                hair_as=None if self.hair_as == AS_LOOK else self.hair_as,
                **chosen_parts(self),
                remark=lambda text: self.report({"WARNING"}, text),
            )
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.scene.soliloquy.character = rig.armature
        take_list.refresh(context)
        view = view_of(context)
        if self.frame_view and view is not None:
            frame_selected(context, view)
        return {"FINISHED"}


class SOLILOQUY_OT_hair_as(Reasoned, bpy.types.Operator):
    """Make hair, beard and brows of the character of cards, which play fast and go into files, or of single strands"""

    bl_idname = "soliloquy.hair_as"
    bl_label = "Hair as"
    bl_options = {"REGISTER", "UNDO"}

    kind: EnumProperty(name="Hair as", description="What hair, beard and brows are made of", items=_HAIR_AS)

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return around_character_reason(context)

    def execute(self, context: Any) -> set[str]:
        """Exchange them; settings that were changed on strands are lost with them."""
        from ..rigs.character.strands.hair import put_on_strands, take_off_strands

        rig = chosen_rig(context)
        if rig is None:
            self.report({"ERROR"}, "There is no character. Add one first.")
            return {"CANCELLED"}
        if self.kind == "cards":
            take_off_strands(rig)
        elif any(not mesh.is_editable for mesh in rig.meshes):
            self.report({"ERROR"}, "The character is linked from another file. Choose its hair there.")
            return {"CANCELLED"}
        elif not put_on_strands(rig):
            self.report({"ERROR"}, "This character wears no hair of Soliloquy's. Add somebody of the cast.")
            return {"CANCELLED"}
        return {"FINISHED"}


_objects = 0


@persistent
def _scene_updated(*_: Any) -> None:
    """Notice that objects were deleted: strands whose character is gone would stay, and keep it in the file."""
    global _objects
    if not len(bpy.data.hair_curves):
        return
    before, _objects = _objects, len(bpy.context.scene.objects)
    if _objects < before:
        handlers.soon(_tidy)


def _tidy() -> None:
    from ..rigs.character.strands.worn import remove_abandoned

    remove_abandoned()


HANDLERS = (("depsgraph_update_post", _scene_updated),)


def register() -> None:
    """Notice deleted characters."""
    handlers.add(HANDLERS)


def unregister() -> None:
    """Stop noticing."""
    handlers.not_any_more(_tidy)
    handlers.remove(HANDLERS)


CLASSES = (SOLILOQUY_OT_add_character, SOLILOQUY_OT_hair_as)
