"""Controls: hands, feet and a face board that edit on top of a take, and bake down."""

from __future__ import annotations

from typing import Any

from ..operators.choice import seen
from ..operators.control_layer import OTHERS, SOLILOQUY_OT_add_controls
from .editors import PRESENT, for_both_editors, paragraph


class _Controls:
    """Add controls that edit on top of a take, and bake them down."""

    panel_name = "controls"
    bl_label = "Controls"
    header_icon = PRESENT
    help_page = "controls.md"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown for characters with bones."""
        rig = seen(context).rig
        return rig is not None and bool(rig.joints)

    def draw(self, context: Any) -> None:
        """Draw what there is to add, or how much of each limb's control acts."""
        from ..rigs.control_layer.marker import COLLECTION, INFLUENCE, LIMBS, has_controls

        layout = self.layout
        rig = seen(context).rig
        if rig is None or rig.armature is None:
            return
        if not has_controls(rig.armature):
            if rig.skeleton != "smplx":
                paragraph(layout, context, OTHERS, icon="INFO")
                return
            layout.operator(SOLILOQUY_OT_add_controls.bl_idname, icon="ARMATURE_DATA")
            paragraph(layout, context, "For hands, feet, hips, head and face, on top of what plays.", icon="INFO")
            return
        armature = rig.armature
        shown = layout.column(align=True)
        for name, text in ((COLLECTION, "Show Controls"), ("Body", "Show Body's Bones")):
            collection = armature.data.collections.get(name)
            if collection is not None:
                shown.prop(collection, "is_visible", text=text)
        column = layout.column(align=True)
        for control, title in LIMBS.items():
            bone = armature.pose.bones.get(control)
            if bone is not None:
                column.prop(bone, f'["{INFLUENCE}"]', text=title, slider=True)
        layout.operator("soliloquy.bake_controls", icon="ACTION")
        layout.operator("soliloquy.remove_controls", icon="X")


CLASSES = for_both_editors(_Controls, parent="takes")
