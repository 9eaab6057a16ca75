"""Add a character of the cast to the scene."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty, StringProperty

from ..inference.errors import SoliloquyError
from . import take_list
from .cast_choice import chosen_parts, part_items, person_items
from .properties import LOOK_ITEMS
from .reason import Reasoned


class SOLILOQUY_OT_add_character(Reasoned, bpy.types.Operator):
    """Add one of Soliloquy's own characters, free to use anywhere, at the 3D cursor, and choose it"""

    bl_idname = "soliloquy.add_character"
    bl_label = "Add Character"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(name="Name", description="Name of the new character", default="Soliloquy")
    person: EnumProperty(name="Person", description="Whom of the cast to add", items=person_items)
    hair: EnumProperty(name="Hair", description="The haircut", items=part_items("hair"))
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


CLASSES = (SOLILOQUY_OT_add_character,)
