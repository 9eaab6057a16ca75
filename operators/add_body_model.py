"""Add a character from the user's own SMPL-X, FLAME or VRM file, and let a body model's joints follow its shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatVectorProperty, IntProperty, StringProperty

from ..inference.errors import BadFile, SoliloquyError
from ..rigs.compat import PATH_OPTIONS
from . import take_list
from .add_character import SOLILOQUY_OT_add_character
from .choice import character_reason, chosen_rig, seen
from .progress import busy

CORRECTIVE_ITEMS = (
    ("FULL", "Full", "Every pose corrective follows its joint: the body of the papers, some 35 ms a frame"),
    ("JAW", "Jaw Only", "Only the correctives of the jaw, which the lips need"),
    ("OFF", "Off", "None: fastest to play"),
)


class SOLILOQUY_OT_add_body_model(bpy.types.Operator):
    """Add your own SMPL-X or FLAME model file (.npz or .pkl), for those who hold one, and choose it"""

    bl_idname = "soliloquy.add_body_model"
    bl_label = "Add Body Model"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="File", description="Model file", subtype="FILE_PATH", options=PATH_OPTIONS)
    filter_glob: StringProperty(default="*.npz;*.pkl", options={"HIDDEN"})
    name: StringProperty(name="Name", description="Name of the new character; empty: after the model")
    shapes: IntProperty(
        name="Shape Components", description="Components of the body's shape that become shape keys",
        default=10, min=0, max=300,
    )  # fmt: skip
    expressions: IntProperty(
        name="Expression Components", description="Components of expression that become shape keys",
        default=100, min=0, max=100,
    )  # fmt: skip
    correctives: EnumProperty(
        name="Pose Correctives", description="Shape keys that repair bent joints", items=CORRECTIVE_ITEMS
    )
    location: FloatVectorProperty(
        name="Location", description="Where it stands; not given: at the 3D cursor", subtype="TRANSLATION"
    )
    on_ground: BoolProperty(
        name="On the Ground", description="Feet at the location; otherwise the model's own origin", default=True
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return SOLILOQUY_OT_add_character.disabled_reason(context)

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Enabled in every mode of every scene that is this file's own."""
        reason = cls.disabled_reason(context)
        cls.poll_message_set(reason)
        return not reason

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, context: Any) -> None:
        """Draw the file browser's side panel."""
        self.layout.use_property_split = True
        for name in ("name", "shapes", "expressions", "correctives", "on_ground"):
            self.layout.prop(self, name)

    def execute(self, context: Any) -> set[str]:
        """Build the character; Blender is in Object Mode afterwards."""
        from ..rigs.body_models.add import add_body_model

        if not self.properties.is_property_set("location"):
            self.location = context.scene.cursor.location
        try:
            path = Path(bpy.path.abspath(self.filepath)) if self.filepath else None
            if path is None or path.is_dir():
                raise BadFile("No model file is chosen.", "Choose an .npz or .pkl of SMPL-X or FLAME.")
            with busy(context, f"{self.bl_label}: {path.name}"):
                rig = add_body_model(
                    context,
                    path,
                    name=self.name.strip(),
                    shapes=self.shapes,
                    expressions=self.expressions,
                    correctives=self.correctives,
                    location=self.location,
                    on_ground=self.on_ground,
                    remark=lambda text: self.report({"WARNING"}, text),
                )
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.scene.soliloquy.character = rig.armature
        take_list.refresh(context)
        return {"FINISHED"}


class SOLILOQUY_OT_add_vrm(bpy.types.Operator):
    """Add the character of a VRM file with the names of its faces, which Blender's glTF import loses, and choose it"""

    bl_idname = "soliloquy.add_vrm"
    bl_label = "Add VRM Character"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="File", description="VRM file", subtype="FILE_PATH", options=PATH_OPTIONS)
    filter_glob: StringProperty(default="*.vrm", options={"HIDDEN"})
    location: FloatVectorProperty(
        name="Location", description="Where it stands; not given: at the 3D cursor", subtype="TRANSLATION"
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return SOLILOQUY_OT_add_character.disabled_reason(context)

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Enabled in every mode of every scene that is this file's own."""
        reason = cls.disabled_reason(context)
        cls.poll_message_set(reason)
        return not reason

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        """Import the character; Blender is in Object Mode afterwards."""
        from ..rigs.character.placement import frame_selected, view_of
        from ..rigs.vrm.add import add_vrm

        if not self.properties.is_property_set("location"):
            self.location = context.scene.cursor.location
        try:
            path = Path(bpy.path.abspath(self.filepath)) if self.filepath else None
            if path is None or path.is_dir():
                raise BadFile("No VRM file is chosen.", "Choose a .vrm.")
            with busy(context, f"{self.bl_label}: {path.name}"):
                rig = add_vrm(context, path, self.location)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.scene.soliloquy.character = rig.armature
        take_list.refresh(context)
        view = view_of(context)
        if view is not None:
            frame_selected(context, view)
        return {"FINISHED"}


class SOLILOQUY_OT_update_joints(bpy.types.Operator):
    """Move the bones of a body model to the joints of the shape that its Shape keys show. Use it after changing them"""

    bl_idname = "soliloquy.update_joints"
    bl_label = "Update Joints to Shape"
    bl_options = {"REGISTER", "UNDO"}

    character: StringProperty(name="Character", description="Name of the armature; not given: as in the panel")
    expression: BoolProperty(
        name="Expression Too", description="Follow the Exp keys as well, as the authors' own code does", default=False
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return character_reason(context) or ("" if seen(context).rig is not None else "Add a character first.")

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Always: which character is meant, a script may say in the call."""
        return context.scene is not None

    def execute(self, context: Any) -> set[str]:
        """Move the bones; animation, mode and selection stay as they are."""
        from ..rigs.body_models.joints import update_joints

        try:
            rig = chosen_rig(context, self.character)
            if rig is None:
                raise SoliloquyError("No character is chosen.", "Choose one under Character, or select it.")
            update_joints(rig, expression=self.expression)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_add_body_model, SOLILOQUY_OT_add_vrm, SOLILOQUY_OT_update_joints)
