"""A direction of a character's own, begun from the scene's, and given to other characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ..inference.settings import EMOTIONS
from . import session
from .choice import anchor, seen
from .emotion_properties import AFFECT, OWN, Directed, directing, direction_of, own_direction
from .reason import Reasoned

if TYPE_CHECKING:
    from ..rigs.rig import Rig


def give(by: Directed, rig: Rig) -> None:
    """Direct a character on its own, as somebody or the scene is directed: text, sliders and keys.

    What it had of its own is replaced.
    """
    from ..rigs.compat import drop_curves
    from ..rigs.takes.property_curves import copy_keys, curves_of

    own, data = own_direction(rig), anchor(rig).data
    had = curves_of(data, "soliloquy_direction.", OWN)
    if had:
        drop_curves(data, had)
    for item in sorted(OWN - {"emotion_mix"}):
        setattr(own, item, getattr(by.group, item))
    for item in (*EMOTIONS, *AFFECT):
        setattr(own.emotion_mix, item, getattr(by.group.emotion_mix, item))
    copy_keys(by.owner, f"{by.prefix}.", data, "soliloquy_direction.", OWN)
    own.used = own.begun = True


class SOLILOQUY_OT_own_direction(Reasoned, bpy.types.Operator):
    """Direct this character on its own: it begins with what the scene says to all. Press again to go back to that"""

    bl_idname = "soliloquy.own_direction"
    bl_label = "Own Direction"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        rig = seen(context).rig
        if rig is None:
            return "Choose a character first."
        if not anchor(rig).data.is_editable:
            return "The character is linked from another file: make a library override of its data first."
        return ""

    def execute(self, context: Any) -> set[str]:
        """Copy the scene's sliders and keys the first time; later on only say which of the two counts."""
        rig = seen(context).rig
        if rig is None:
            self.report({"ERROR"}, "Choose a character first.")
            return {"CANCELLED"}
        own, name = own_direction(rig), anchor(rig).name
        if own.used:
            own.used = False
            self.report({"INFO"}, f"{name} is directed by the scene again; its own direction waits.")
            return {"FINISHED"}
        if not own.begun:
            give(direction_of(None, context.scene), rig)
        own.used = own.begun = True
        session.redraw()
        self.report({"INFO"}, f"{name} has a direction of its own now.")
        return {"FINISHED"}


class SOLILOQUY_OT_copy_direction(Reasoned, bpy.types.Operator):
    """Direct the other selected characters as this one, or all others where none is selected: text, sliders and keys"""

    bl_idname = "soliloquy.copy_direction"
    bl_label = "Copy Direction to Others"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        if seen(context).rig is None:
            return "Choose a character first."
        return "" if directing(context).own else "The scene directs this character: give it an own direction first."

    def execute(self, context: Any) -> set[str]:
        """Copy it to each, and say to whom, and whose direction could not be changed."""
        from ..rigs.rig import find_rig

        by, chosen = directing(context), seen(context).rig
        if chosen is None or not by.own:
            self.report({"ERROR"}, self.disabled_reason(context))
            return {"CANCELLED"}
        # A head without bones is meant where it is selected, but not looked for: scenes have thousands of meshes.
        picked = {anchor(rig): rig for rig in map(find_rig, context.selected_objects) if rig is not None}
        picked.pop(anchor(chosen), None)
        if not picked:
            found = (find_rig(item) for item in context.scene.objects if item.type == "ARMATURE")
            picked = {anchor(rig): rig for rig in found if rig is not None}
        # A linked duplicate shares the direction already.
        others = [rig for item, rig in picked.items() if item.data != by.owner]
        locked = [anchor(rig).name for rig in others if not anchor(rig).data.is_editable]
        given = [rig for rig in others if anchor(rig).data.is_editable]
        for rig in given:
            give(by, rig)
        if locked:
            self.report({"WARNING"}, f"Linked from another file, and left as they are: {', '.join(locked)}.")
        if not given:
            self.report({"ERROR"}, "There is no other character here that can be directed.")
            return {"CANCELLED"}
        session.redraw()
        self.report({"INFO"}, f"Directed as {anchor(chosen).name} now: {', '.join(anchor(rig).name for rig in given)}.")
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_own_direction, SOLILOQUY_OT_copy_direction)
