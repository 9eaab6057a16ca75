"""Play, rename, rate, copy and remove the takes of a character."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from ..inference.errors import SoliloquyError
from . import performance_uses, take_list, tidy_up
from .choice import chosen_rig, seen
from .reason import Reasoned

if TYPE_CHECKING:
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take


def meant(context: Any, wanted: str) -> tuple[Rig, Take]:
    """Return the chosen character and one of its takes.

    Parameters
    ----------
    context : bpy.types.Context
        Decides the character.
    wanted : str
        Id or name of the take; empty for the one that plays.

    Raises
    ------
    SoliloquyError
        When there is no such character or take.
    """
    from ..rigs.takes.take import active_take, find_take

    rig = chosen_rig(context)
    if rig is None:
        raise SoliloquyError("No character is chosen.", "Choose one under Character, or select it.")
    take = find_take(rig, wanted) if wanted else active_take(rig)
    if take is None:
        raise SoliloquyError("No take of the character plays.", "Choose one in the list of takes.")
    return rig, take


def takes_reason(context: Any) -> str:
    """Return why there is no take to work on, empty when there is."""
    from ..rigs.takes.take import takes_of

    found = seen(context)
    if found.rig is None:
        return found.error or "Choose a character."
    return "" if takes_of(found.rig) else "The character has no take yet: press Animate."


class OnTake(Reasoned):
    """What every operator on a take has: which take, and when there is one. Use :func:`meant` to find it."""

    # Blender fills what a button leaves open with what the last button said, unless it is told not to keep that.
    take: StringProperty(
        name="Take", description="Id or name of the take; empty: the one that plays", options={"SKIP_SAVE"}
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return takes_reason(context)


class _TakeOperator(OnTake):
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Find the take and act on it."""
        try:
            rig, take = meant(context, self.take)
            self.act(rig, take)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        take_list.refresh(context, changed=[take.id])
        return {"FINISHED"}

    if TYPE_CHECKING:

        def act(self, rig: Rig, take: Take) -> None:
            """Do what the operator is for; every subclass says how."""


class SOLILOQUY_OT_take_activate(_TakeOperator, bpy.types.Operator):
    """Play this take. The others that it overlaps stay, muted, and can be played again"""

    bl_idname = "soliloquy.take_activate"
    bl_label = "Play Take"

    def act(self, rig: Rig, take: Take) -> None:
        """Unmute the take, mute the others."""
        from ..rigs.takes.take import activate

        activate(rig, take)


class SOLILOQUY_OT_take_remove(_TakeOperator, bpy.types.Operator):
    """Remove this take with its keys. Undo brings it back"""

    bl_idname = "soliloquy.take_remove"
    bl_label = "Remove Take"

    force: BoolProperty(name="Hand-Made Keys Too", description="Remove the take even when it holds keys edited by hand")
    keep_fixes: BoolProperty(
        name="Keep Its Fix",
        description="Leave the keys of its fix in the file, as muted tracks of yours",
        default=True,
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask before keys that a person made are removed."""
        from ..rigs.takes.fix_layer import layers
        from ..rigs.takes.take import edited

        try:
            rig, take = meant(context, self.take)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.force = edited(rig, take)
        if layers(rig, take):
            return context.window_manager.invoke_props_dialog(self)
        if not self.force:
            return self.execute(context)
        return context.window_manager.invoke_confirm(
            self,
            event,
            title="Remove Take",
            message=f"'{take.name}' holds keys edited by hand. Remove them too?",
            confirm_text="Remove",
        )

    def draw(self, context: Any) -> None:
        """Ask whether the fix stays."""
        column = self.layout.column()
        column.prop(self, "keep_fixes")
        if self.force:
            column.label(text="The take holds keys edited by hand; they go with it.", icon="ERROR")

    def act(self, rig: Rig, take: Take) -> None:
        """Remove the take's tracks and actions; its performance file stays until it is tidied up."""
        from ..rigs.takes import kept
        from ..rigs.takes.fix_layer import remove_layers
        from ..rigs.takes.take import edited, remove

        if not self.keep_fixes and (self.force or not edited(rig, take)):
            remove_layers(rig, take)
        remove(rig, take, force=self.force)
        performance_uses.note(removed={kept.names(take.meta)} - {""})
        tidy_up.forget()


class SOLILOQUY_OT_take_rename(_TakeOperator, bpy.types.Operator):
    """Give this take another name; its tracks and actions follow"""

    bl_idname = "soliloquy.take_rename"
    bl_label = "Rename Take"

    name: StringProperty(name="Name", description="New name of the take")

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the name."""
        try:
            self.name = meant(context, self.take)[1].name
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return context.window_manager.invoke_props_dialog(self)

    def act(self, rig: Rig, take: Take) -> None:
        """Give the take its new name."""
        from ..rigs.takes.take import rename

        rename(rig, take, self.name)


class SOLILOQUY_OT_take_rate(_TakeOperator, bpy.types.Operator):
    """Give the take stars. The same star again takes them back"""

    bl_idname = "soliloquy.take_rate"
    bl_label = "Rate Take"

    stars: IntProperty(name="Stars", description="How good it is, 0 for not rated", min=0, max=5, default=1)

    toggle: BoolProperty(name="Toggle", description="Take the stars back where the take has as many already")

    def act(self, rig: Rig, take: Take) -> None:
        """Note the stars with the take."""
        from ..rigs.takes.take import rate

        rate(rig, take, 0 if self.toggle and take.rating == self.stars else self.stars)


class SOLILOQUY_OT_take_duplicate(_TakeOperator, bpy.types.Operator):
    """Copy this take with all that belongs to it: keys made by hand, fixes, sliders, its performance. The copy plays"""

    bl_idname = "soliloquy.take_duplicate"
    bl_label = "Duplicate Take"

    name: StringProperty(
        name="Name", description="Name of the copy; empty: the take's with a number", options={"SKIP_SAVE"}
    )

    def act(self, rig: Rig, take: Take) -> None:
        """Copy its actions, tracks and strips."""
        from ..rigs.takes.copies import duplicate

        self.report({"INFO"}, f"'{duplicate(rig, take, self.name).name}' is a copy of '{take.name}'.")


class SOLILOQUY_OT_take_settings(_TakeOperator, bpy.types.Operator):
    """Direct the next take as this one was: variation, emotion, gestures, engines and parts"""

    bl_idname = "soliloquy.take_settings"
    bl_label = "Use This Take's Settings"

    def act(self, rig: Rig, take: Take) -> None:
        """Set the scene's settings."""
        from .emotion_properties import direction_of
        from .take_settings import use

        by = direction_of(rig, bpy.context.scene)
        if use(by, take):
            self.report({"INFO"}, f"Set as {take.name} was made. Press Animate for another take.")
        elif by.value("direct"):
            text = "its direction in words included; the emotion beneath it stays as the panel has it."
            self.report({"WARNING"}, f"Set as {take.name} was made, {text}")
        else:
            self.report({"WARNING"}, f"Set as {take.name} was made, but for its emotion, which changed or was mixed.")


class SOLILOQUY_OT_keep_fix(_TakeOperator, bpy.types.Operator):
    """Keep the keys set by hand as a layer of this take: added to it, and muted and unmuted with it"""

    bl_idname = "soliloquy.keep_fix"
    bl_label = "Keep as Fix of Take"

    def act(self, rig: Rig, take: Take) -> None:
        """Move the keys onto tracks of the take."""
        from ..rigs.takes import fixes

        count = fixes.keep_as_fix(rig, take)
        self.report({"INFO"}, f"{count} keys now belong to {take.name}.")


class SOLILOQUY_OT_remove_fix(_TakeOperator, bpy.types.Operator):
    """Take the keys of the fix off the take, which plays as it was made"""

    bl_idname = "soliloquy.remove_fix"
    bl_label = "Remove Fix"

    keep: BoolProperty(
        name="Keep Its Keys", description="Leave them in the file, as muted tracks of yours", options={"SKIP_SAVE"}
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Offer to keep the keys."""
        return context.window_manager.invoke_props_dialog(self)

    def act(self, rig: Rig, take: Take) -> None:
        """Remove its layers."""
        from ..rigs.takes.fix_layer import layers, remove_layers

        if not layers(rig, take):
            raise SoliloquyError(f"'{take.name}' has no fix.", "Press Fix to begin one.")
        count = remove_layers(rig, take, keep=self.keep)
        self.report({"INFO"}, f"{count} keys {'kept as muted tracks' if self.keep else 'removed'}.")


class SOLILOQUY_OT_take_own(_TakeOperator, bpy.types.Operator):
    """Give this character keys of its own for this take, which a duplicate plays too"""

    bl_idname = "soliloquy.take_own"
    bl_label = "Make Take Single-User"

    def act(self, rig: Rig, take: Take) -> None:
        """Copy what is shared."""
        from ..rigs.takes.access import own_take

        own_take(rig, take.id)


def why_lost(context: Any, take: str) -> SoliloquyError | None:
    """Return what this Blender lost of a take when it opened the file, None when nothing."""
    from ..rigs.takes import lost
    from ..rigs.takes.take import takes_of

    rig = seen(context).rig
    found = next((item for item in takes_of(rig) if item.id == take), None) if rig is not None else None
    return lost.why_lost(rig, found) if rig is not None and found is not None else None


def silenced(context: Any, take_id: str) -> str:
    """Return in a sentence which parts of a listed take are muted in the NLA editor while it plays; for drawing."""
    from ..rigs.takes.take import silenced as parts
    from ..rigs.takes.take import takes_of

    rig = seen(context).rig
    found = next((item for item in takes_of(rig) if item.id == take_id), None) if rig is not None else None
    still = parts(rig, found) if rig is not None and found is not None else ()
    names = ", ".join(region.replace("_", " ") for region in still)
    return f"Muted in the NLA editor: {names}." if names else ""


def beforehand(context: Any, take_id: str) -> list[str]:
    """Return in sentences what animating again would do to a listed take's hand-made keys; for drawing."""
    from ..rigs.takes.fix_layer import beforehand as said
    from ..rigs.takes.take import takes_of
    from .take_rows import state_of

    rig, state = seen(context).rig, state_of(take_id)
    found = next((item for item in takes_of(rig) if item.id == take_id), None) if rig is not None else None
    if rig is None or found is None or state is None:
        return []
    return said(rig, found, state.edited, state.locked)


def keys_on_top(context: Any) -> tuple[list[str], bool]:
    """Return what keys set by hand do to the takes, in sentences, and whether any can be kept with a take."""
    from ..rigs.takes import fixes

    rig = seen(context).rig
    found = fixes.hand_keys(rig) if rig is not None else []
    return fixes.describe(found), any(item.regions for item in found)


CLASSES = (
    SOLILOQUY_OT_take_activate,
    SOLILOQUY_OT_take_remove,
    SOLILOQUY_OT_take_rename,
    SOLILOQUY_OT_take_rate,
    SOLILOQUY_OT_take_duplicate,
    SOLILOQUY_OT_take_settings,
    SOLILOQUY_OT_keep_fix,
    SOLILOQUY_OT_remove_fix,
    SOLILOQUY_OT_take_own,
)
