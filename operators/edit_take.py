"""Open a take's keys in the Dope Sheet and the Graph Editor, and close them again."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..inference.arkit import REGIONS, region_of_joint
from ..inference.errors import SoliloquyError
from . import following, take_list
from .choice import seen
from .progress import busy
from .reason import Reasoned
from .takes import OnTake, meant, takes_reason

_ITEMS = (
    ("AUTO", "What Is Selected", "The region of the active bone, else body and lips"),
    *((name.upper(), name.replace("_", " ").title(), f"Only the keys of this region: {name}") for name in REGIONS),
)


_FIX_TEXT = (
    "Open a layer above the take: pose and key as usual, and what you key is added to the take, which goes on moving "
    "below. It stays when the take is crafted, re-shaped, moved or animated again"
)


class SOLILOQUY_OT_edit_take(OnTake, bpy.types.Operator):
    """Show the take's keys in the Dope Sheet and the Graph Editor, where they can be edited (NLA tweak mode)"""

    bl_idname = "soliloquy.edit_take"
    bl_label = "Edit This Take"
    bl_options = {"REGISTER", "UNDO"}

    region: EnumProperty(name="Region", description="Whose keys are shown", items=_ITEMS, options={"SKIP_SAVE"})
    fix: BoolProperty(
        name="Fix",
        description="Open a layer above the take instead: what is keyed there is added to the take",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context: Any, properties: Any) -> str:
        """Return the tooltip of the one or the other."""
        return _FIX_TEXT if properties.fix else str(cls.__doc__)

    def execute(self, context: Any) -> set[str]:
        """Open the keys and select what they move, as those editors show what is selected."""
        from ..rigs.takes import editing

        try:
            rig, take = meant(context, self.take)
            region = self.region.lower() if self.region != "AUTO" else ""
            if not region and context.mode == "POSE":
                region = _of_bone(rig, context.active_pose_bone)
            opened = editing.open_take(rig, take, region if region in take.regions else "", fix=self.fix)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if not opened:
            self.report({"ERROR"}, f"The keys of '{take.name}' cannot be opened. Play the take first.")
            return {"CANCELLED"}
        if context.mode != "POSE":
            _select(context, rig)
        names = " and ".join(name.replace("_", " ") for name in opened)
        what = f"What you key on {names} is added to {take.name}" if self.fix else f"The keys of {names} are open"
        self.report({"INFO"}, f"{what}: see the Dope Sheet and the Graph Editor.")
        take_list.refresh(context)
        return {"FINISHED"}


class SOLILOQUY_OT_leave_take(bpy.types.Operator):
    """Close the keys that are open for editing; the take plays with what was changed"""

    bl_idname = "soliloquy.leave_take"
    bl_label = "Done Editing"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Leave tweak mode."""
        from ..rigs.takes import editing

        rig = seen(context).rig
        if rig is None or not editing.leave(rig):
            self.report({"WARNING"}, "No keys are open for editing.")
            return {"CANCELLED"}
        following.check()  # a take that is open for editing waits for that
        take_list.look_again()
        take_list.refresh(context)
        return {"FINISHED"}


class SOLILOQUY_OT_bake_down(OnTake, bpy.types.Operator):
    """Make the take's keys, its fixes included, plain actions that play instead of the take, which stays, muted"""

    bl_idname = "soliloquy.bake_down"
    bl_label = "Bake Down"
    bl_options = {"REGISTER", "UNDO"}

    name: StringProperty(name="Name", description="Name of the action; empty: after the take", options={"SKIP_SAVE"})
    into: EnumProperty(
        name="Into",
        description="How many actions",
        items=(
            ("ONE", "One Action", "One action for all; it is the live one"),
            ("REGIONS", "One per Region", "An action for each region, on an NLA track of its own"),
        ),
    )

    def execute(self, context: Any) -> set[str]:
        """Write the action."""
        from ..rigs.takes.bake_down import bake_down

        try:
            rig, take = meant(context, self.take)
            with busy(context, f"{self.bl_label}: {take.name}"):
                made = bake_down(rig, take, self.name.strip(), per_region=self.into == "REGIONS")
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"'{take.name}' is now {_named(made)}; the take is muted.")
        take_list.refresh(context)
        return {"FINISHED"}


class SOLILOQUY_OT_tidy_nla(Reasoned, bpy.types.Operator):
    """Put the NLA tracks of the takes in order: named and grouped by take, unused ones together below. Nothing that
    shows changes"""

    bl_idname = "soliloquy.tidy_nla"
    bl_label = "Tidy NLA"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return takes_reason(context)

    def execute(self, context: Any) -> set[str]:
        """Order and name the tracks."""
        from ..rigs.takes.tidy_tracks import tidy

        rig = seen(context).rig
        try:
            count = tidy(rig) if rig is not None else 0
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"{count} tracks put in order." if count else "The tracks are in order.")
        return {"FINISHED"}


def _named(actions: list[Any]) -> str:
    return f"the action '{actions[0].name}'" if len(actions) == 1 else f"{len(actions)} actions"


def opened(context: Any) -> list[str]:
    """Return the regions of the chosen character whose keys are open; for drawing."""
    from ..rigs.takes import editing

    rig = seen(context).rig
    return editing.open_regions(rig) if rig is not None else []


def _of_bone(rig: Any, bone: Any) -> str:
    """Return the region that a pose bone belongs to, empty for none."""
    if bone is None:
        return ""
    parts = ((joint, part.bone) for joint, item in rig.joints.items() for part in item.segments)
    return next((region_of_joint(joint) for joint, name in parts if name == bone.name), "")


def _select(context: Any, rig: Any) -> None:
    """Select the character's armature and the meshes with its keys; the armature becomes active."""
    for item in context.view_layer.objects:
        item.select_set(item == rig.armature or (item in rig.meshes and item.data.shape_keys is not None))
    context.view_layer.objects.active = rig.holder


CLASSES = (SOLILOQUY_OT_edit_take, SOLILOQUY_OT_leave_take, SOLILOQUY_OT_bake_down, SOLILOQUY_OT_tidy_nla)
