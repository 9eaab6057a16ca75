"""Give a character that has no face keys the 52 of ARKit."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ..inference.errors import SoliloquyError
from . import take_list
from .choice import seen
from .progress import busy
from .reason import Reasoned


class SOLILOQUY_OT_add_face_shapes(Reasoned, bpy.types.Operator):
    """Carry the 52 face shapes of Soliloquy's own character to this one's head, which cannot move its face yet"""

    bl_idname = "soliloquy.add_face_shapes"
    bl_label = "Add Face Shapes"
    bl_options = {"REGISTER", "UNDO"}

    object: StringProperty(name="Object", description="A mesh or an armature; not given: what is selected")
    lids_only: BoolProperty(
        name="Lids Only",
        description="Add eyeBlinkLeft and eyeBlinkRight alone, for faces whose own keys do not shut the eyes",
        default=False,
    )
    mouth_kit: BoolProperty(
        name="Mouth Kit", description="Add teeth, gums and tongue where the mouth has none", default=False
    )

    keep_failed: BoolProperty(
        name="Keep Failed",
        description="Also add shapes that came out badly, to be corrected by hand",
        default=False,
    )

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        active = context.view_layer.objects.active
        if seen(context).rig is None and (active is None or active.type not in ("MESH", "ARMATURE")):
            return "Select a character, or the mesh of a head that faces the front (-Y)."
        return ""

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return why it cannot be called at all: a script may name the object."""
        return ""

    def execute(self, context: Any) -> set[str]:
        """Add the keys; what there was stays, and one undo takes everything back."""
        from ..inference.arkit import ARKIT_NAMES
        from ..rigs.character.placement import leave_mode
        from ..rigs.faces.face_shapes import LIDS, add_face_shapes, landmark_empties
        from ..rigs.rig import find_rig

        active = context.view_layer.objects.active
        chosen = bpy.data.objects.get(self.object) if self.object else active
        if self.object and chosen is None:
            self.report({"ERROR"}, f"There is no object '{self.object}'. Check the name.")
            return {"CANCELLED"}
        rig = find_rig(chosen) or (seen(context).rig if not self.object else None)
        try:
            leave_mode(context)
            with busy(context, self.bl_label) as show:
                report = add_face_shapes(
                    rig,
                    chosen,
                    names=LIDS if self.lids_only else ARKIT_NAMES,
                    landmarks=landmark_empties(context.scene),
                    mouth_kit=self.mouth_kit,
                    keep_failed=self.keep_failed,
                    progress=show,
                )
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        take_list.refresh(context)
        for sentence in report.sentences:
            self.report({"WARNING"} if sentence.startswith("Failed") else {"INFO"}, sentence)
        return {"FINISHED"} if report.added or report.made else {"CANCELLED"}


CLASSES = (SOLILOQUY_OT_add_face_shapes,)
