"""Mapping by hand: try it out, detect it again, export and import it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ..inference.errors import BadRig, SoliloquyError
from ..inference.saving import written_aside
from ..rigs.compat import PATH_OPTIONS
from . import take_list
from .choice import anchor, seen
from .mapping_fields import change, forget, present_mapping, shown_rig, tried
from .reason import Reasoned

if TYPE_CHECKING:
    from ..rigs.rig import Rig


class _OnMapping(Reasoned):
    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return "" if shown_rig(context) is not None else "Select a character."

    def _rig(self, context: Any) -> Rig:
        rig = shown_rig(context)
        if rig is None:
            raise BadRig("No character is selected.", "Select any part of one.")
        return rig

    def execute(self, context: Any) -> set[str]:
        """Do it to the selected character."""
        try:
            self.act(context, self._rig(context))
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        forget()
        take_list.refresh(context)
        return {"FINISHED"}

    if TYPE_CHECKING:

        def act(self, context: Any, rig: Rig) -> None:
            """Do what the operator is for; every subclass says how."""

        def report(self, kind: set[str], message: str) -> None:
            """Tell the person; Blender's."""


class SOLILOQUY_OT_mapping_detect(_OnMapping, bpy.types.Operator):
    """Forget what was mapped by hand, for this character and for skeletons of the same bones, and detect it again"""

    bl_idname = "soliloquy.mapping_detect"
    bl_label = "Detect Mapping Again"
    bl_options = {"REGISTER", "UNDO"}

    def act(self, context: Any, rig: Rig) -> None:
        """Forget the mapping."""
        from ..rigs import mapping_store

        mapping_store.forget_mapping(anchor(rig))
        tried(rig, frozenset(), frozenset())


class SOLILOQUY_OT_mapping_test(_OnMapping, bpy.types.Operator):
    """Try every part for four seconds, as a take named Test: fingers, elbows, nod, eyes, jaw, blink, p b m"""

    bl_idname = "soliloquy.mapping_test"
    bl_label = "Test Mapping"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        found = seen(context)
        return found.error or ("" if found.rig is not None else "Select a character.")

    def act(self, context: Any, rig: Rig) -> None:
        """Bake the test take and remember what of it shows."""
        from ..rigs.takes.trial import try_out

        trial = try_out(rig, first_frame=float(context.scene.frame_current), scene=context.scene)
        tried(rig, trial.worked, trial.failed)
        for warning in trial.report.warnings:
            self.report({"WARNING"}, warning)
        if not trial.failed:
            self.report({"INFO"}, f"All {len(trial.worked)} parts that are mapped move as performed. Play to see it.")


class SOLILOQUY_OT_mapping_test_end(_OnMapping, bpy.types.Operator):
    """Remove the test take; what played before plays again"""

    bl_idname = "soliloquy.mapping_test_end"
    bl_label = "Remove Mapping Test"
    bl_options = {"REGISTER", "UNDO"}

    def act(self, context: Any, rig: Rig) -> None:
        """Remove it."""
        from ..rigs.takes.trial import end_trial

        if not end_trial(rig):
            raise SoliloquyError("There is no test take.", "Press Test first.")


class SOLILOQUY_OT_mapping_export(_OnMapping, bpy.types.Operator):
    """Write the mapping to a file (.json), to share it or to use it on another character of the same skeleton"""

    bl_idname = "soliloquy.mapping_export"
    bl_label = "Export Mapping"

    filepath: StringProperty(name="File", description="File to write", subtype="FILE_PATH", options=PATH_OPTIONS)
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})
    check_existing: BoolProperty(default=True, options={"HIDDEN"})

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask where to write."""
        if not self.filepath:
            self.filepath = f"{bpy.path.clean_name(anchor(self._rig(context)).name)} mapping.json"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def act(self, context: Any, rig: Rig) -> None:
        """Write it."""
        from ..rigs import mapping_store
        from ..rigs.mappings.saved import SavedMapping

        mapping = present_mapping(rig)
        # The file says everything, so that it serves where other kinds are detected.
        keys = {**rig.shape_keys, **mapping.keys}
        whole = SavedMapping(mapping.joints, keys, mapping_store.fingerprint(anchor(rig)))
        with written_aside(Path(bpy.path.abspath(self.filepath))) as stream:
            stream.write(whole.to_json().encode("utf-8"))


class SOLILOQUY_OT_mapping_import(_OnMapping, bpy.types.Operator):
    """Give this character the mapping in a file (.json) that Export Mapping wrote"""

    bl_idname = "soliloquy.mapping_import"
    bl_label = "Import Mapping"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="File", description="File with a mapping", subtype="FILE_PATH", options=PATH_OPTIONS)
    filter_glob: StringProperty(default="*.json", options={"HIDDEN"})

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def act(self, context: Any, rig: Rig) -> None:
        """Read it and use it."""
        from ..rigs import mapping_store

        mapping = mapping_store.read_mapping_file(Path(bpy.path.abspath(self.filepath)))
        if rig.armature is not None:
            lost = mapping.lost_bones(rig.armature)
            if lost and len(lost) == len(mapping.joints):
                raise BadRig(
                    f"None of the bones of the mapping is in '{rig.armature.name}', such as '{lost[0]}'.",
                    "Choose the mapping of this kind of skeleton.",
                )
            for name in lost[:3]:
                self.report({"WARNING"}, f"'{rig.armature.name}' has no bone '{name}'.")
        change(rig, mapping)


CLASSES = (
    SOLILOQUY_OT_mapping_detect,
    SOLILOQUY_OT_mapping_test,
    SOLILOQUY_OT_mapping_test_end,
    SOLILOQUY_OT_mapping_export,
    SOLILOQUY_OT_mapping_import,
)
