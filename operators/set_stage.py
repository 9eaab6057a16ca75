"""Put a camera, lights and a plain background around the character, and film a take."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..inference.errors import SoliloquyError
from ..rigs.compat import PATH_OPTIONS
from . import speakers
from .choice import anchor, around_character_reason, chosen_rig
from .progress import busy
from .reason import Reasoned
from .takes import OnTake, meant


class SOLILOQUY_OT_set_stage(Reasoned, bpy.types.Operator):
    """Put a camera that the character looks into, soft lights and a plain background around it"""

    bl_idname = "soliloquy.set_stage"
    bl_label = "Set Stage"
    bl_options = {"REGISTER", "UNDO"}

    view: EnumProperty(
        name="View",
        description="What the camera shows",
        items=(
            ("head", "Head", "Head and shoulders"),
            ("upper", "Upper Body", "From the hips up"),
            ("body", "Body", "From head to foot"),
        ),
        default="upper",
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return around_character_reason(context)

    def execute(self, context: Any) -> set[str]:
        """Put it there; what stood there from before is replaced. Takes made afterwards look at the camera.

        Where several characters speak they go on looking at each other.
        """
        from ..rigs.render.set_stage import set_stage

        try:
            rig = chosen_rig(context)
            if rig is None:
                raise SoliloquyError("There is no character to light.", "Add one first.")
            camera = set_stage(context, rig, view=self.view)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if context.scene.soliloquy.gaze_object is None and len(speakers.speaking(context.scene)) < 2:
            context.scene.soliloquy.gaze_object = camera
        return {"FINISHED"}


class SOLILOQUY_OT_playblast(OnTake, bpy.types.Operator):
    """Film the take as the 3D View shows it, with its sound: an MP4 beside the .blend, opened when it is there"""

    bl_idname = "soliloquy.playblast"
    bl_label = "Playblast Take"
    bl_options = {"REGISTER"}

    filepath: StringProperty(
        name="File",
        description="Movie (.mp4) to write; not given: in the folder soliloquy beside the .blend, named after the take "
        "and the character where there are several",
        subtype="FILE_PATH",
        options=PATH_OPTIONS | {"SKIP_SAVE"},
    )
    open: BoolProperty(name="Open", description="Show the movie in the system's player", default=True)

    def execute(self, context: Any) -> set[str]:
        """Film it; the scene stays as it is."""
        from ..rigs.render.playblast import place_for, playblast
        from ..rigs.rig import rigs_in_scene

        try:
            rig, take = meant(context, self.take)
            # "Take 1" of one character does not go over another's.
            name = take.name if len(rigs_in_scene(context.scene)) < 2 else f"{anchor(rig).name} {take.name}"
            given = Path(bpy.path.abspath(self.filepath)).with_suffix(".mp4") if self.filepath else None
            path = given or place_for(name)
            with busy(context, f"Filming {take.name}"):
                remark = playblast(context, rig, take, path)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"{path}. {remark}".strip())
        if self.open and not bpy.app.background:
            with contextlib.suppress(RuntimeError):
                bpy.ops.wm.path_open(filepath=str(path))
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_set_stage, SOLILOQUY_OT_playblast)
