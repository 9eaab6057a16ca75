"""Add controls on top of takes, take them off, bake them down."""

from __future__ import annotations

from typing import Any

import bpy

from ..inference.errors import SoliloquyError
from . import take_list
from .choice import chosen_rig, forget_seen, seen
from .progress import busy
from .reason import Reasoned

OTHERS = "Only the cast and SMPL-X skeletons get controls; this character is moved by its own."
"""What characters of other kinds are told."""


class _OnControls(Reasoned):
    """What the three have in common; goes before ``bpy.types.Operator`` among a class's bases."""

    wants_them = True

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        from ..rigs.control_layer.marker import has_controls

        rig = seen(context).rig
        if rig is None or rig.armature is None:
            return "Choose a character with bones first."
        if rig.skeleton != "smplx" and not cls.wants_them:
            return OTHERS
        if has_controls(rig.armature) != cls.wants_them:
            return "It has no controls; press Add Controls first." if cls.wants_them else "It has its controls already."
        return ""

    def _rig(self, context: Any) -> Any:
        rig = chosen_rig(context)
        if rig is None:
            raise SoliloquyError("There is no character.", "Add one first.")
        return rig


class SOLILOQUY_OT_add_controls(_OnControls, bpy.types.Operator):
    """Add controls for hands, feet, hips, spine, head and face; they add to what plays, which stays as it is"""

    bl_idname = "soliloquy.add_controls"
    bl_label = "Add Controls"
    bl_options = {"REGISTER", "UNDO"}

    wants_them = False

    def execute(self, context: Any) -> set[str]:
        """Add them; go to Pose Mode, where they are moved."""
        from ..rigs.control_layer.layer import add_controls

        try:
            rig = self._rig(context)
            with busy(context, self.bl_label):
                remarks = add_controls(rig)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        forget_seen()
        _to_pose_mode(context, rig.armature)
        self.report({"INFO"}, " ".join(["Move the controls in Pose Mode and key them.", *remarks]))
        return {"FINISHED"}


class SOLILOQUY_OT_remove_controls(_OnControls, bpy.types.Operator):
    """Take the controls off; what they did shows no longer, their keys come back with them"""

    bl_idname = "soliloquy.remove_controls"
    bl_label = "Remove Controls"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Take them off."""
        from ..rigs.control_layer.layer import remove_controls

        try:
            rig = self._rig(context)
            remove_controls(rig)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        forget_seen()
        return {"FINISHED"}


class SOLILOQUY_OT_bake_controls(_OnControls, bpy.types.Operator):
    """Make what the controls do ordinary keys of joints and face, a fix of the take, and take the controls off"""

    bl_idname = "soliloquy.bake_controls"
    bl_label = "Bake Controls Down"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Bake them."""
        from ..rigs.control_layer.bake import bake_controls

        try:
            rig = self._rig(context)
            with busy(context, self.bl_label):
                regions = bake_controls(rig, context.scene)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        forget_seen()
        take_list.refresh(context)
        self.report({"INFO"}, _told(regions))
        return {"FINISHED"}


def _told(regions: list[str]) -> str:
    fixed = [name.replace("_", " ") for name in regions if name != "pose"]
    said = [f"What the controls did is now a fix of the take: {', '.join(fixed)}."] if fixed else []
    if "pose" in regions:
        said.append("What no take plays is now keyed or posed itself.")
    return " ".join(said) or "The controls had not been moved; they are off."


def _to_pose_mode(context: Any, armature: Any) -> None:
    """Let an armature be active in Pose Mode where it can be."""
    if context.mode != "OBJECT" or not armature.visible_get():
        return
    for item in context.selected_objects:
        item.select_set(item == armature)
    armature.select_set(True)
    context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="POSE")


CLASSES = (SOLILOQUY_OT_add_controls, SOLILOQUY_OT_remove_controls, SOLILOQUY_OT_bake_controls)
