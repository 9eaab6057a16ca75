"""Mapping: which bone is which joint, which key shows what; corrected by hand, tried out, shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from ..inference.arkit import ARKIT_NAMES
from ..operators import mapping_fields
from ..rigs.mappings.roles import ROLES
from .editors import for_both_editors, paragraph

LIGHTS = {
    "verified": "COLLECTION_COLOR_04", "mapped": "COLLECTION_COLOR_03", "missing": "COLLECTION_COLOR_01",
    "failed": "ERROR",
}  # fmt: skip
"""State of a joint or an expression -> icon: green, yellow, red."""


class _Mapping:
    """Say which bone is which joint."""

    panel_name = "mapping"
    bl_label = "Mapping"
    help_page = "rigs.md"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw one part of the mapping, and what to do with the whole of it."""
        layout = self.layout
        rig = mapping_fields.shown_rig(context)
        if rig is None:
            paragraph(layout, context, "Select a character.", icon="INFO")
            return
        joints = f"{len(rig.joints)} joints, " if rig.armature is not None else ""
        made = "Mapped by hand" if mapping_fields.by_hand(rig) else "Detected"
        paragraph(layout, context, f"{made}: {joints}{len(rig.shape_keys)} of {len(ARKIT_NAMES)} expressions.")
        fields = context.window_manager.soliloquy_mapping
        layout.prop(fields, "part", text="")
        if fields.part == mapping_fields.EXPRESSIONS:
            _draw_keys(layout, context, fields, rig, ARKIT_NAMES)
        elif fields.part == mapping_fields.VISEMES:
            _draw_keys(layout, context, fields, rig, ROLES)
        else:
            _draw_joints(layout, context, fields, rig)
        _draw_legend(layout)
        row = layout.row(align=True)
        row.enabled = not bpy.types.SOLILOQUY_OT_mapping_test.disabled_reason(context)
        if mapping_fields.has_test(rig):
            row.operator("soliloquy.mapping_test_end", text="Remove Test", icon="X")
        else:
            row.operator("soliloquy.mapping_test", text="Test", icon="PLAY")
        row = layout.row(align=True)
        row.operator_context = "INVOKE_DEFAULT"
        row.operator("soliloquy.mapping_import", text="Import", icon="IMPORT")
        row.operator("soliloquy.mapping_export", text="Export", icon="EXPORT")
        if mapping_fields.by_hand(rig):
            layout.operator("soliloquy.mapping_detect", text="Detect Again", icon="FILE_REFRESH")


def _draw_joints(layout: Any, context: Any, fields: Any, rig: Any) -> None:
    if rig.armature is None:
        paragraph(layout, context, "This face has no skeleton.", icon="INFO")
        return
    column = layout.column(align=True)
    for joint in mapping_fields.joints_of_part(fields.part):
        row = _lit(column, rig, joint, mapping_fields.title_of(joint))
        row.prop_search(fields, joint, rig.armature.data, "bones", text="")


def _draw_keys(layout: Any, context: Any, fields: Any, rig: Any, names: Sequence[str]) -> None:
    for drive in rig.drives:
        paragraph(layout, context, f"By {drive.title}.", icon="CHECKMARK")
    keyed = next((mesh for mesh in (*rig.meshes, *rig.attached) if mesh.data.shape_keys is not None), None)
    if keyed is None:
        paragraph(layout, context, "No mesh of this character has shape keys.", icon="INFO")
        return
    column = layout.column(align=True)
    for name in names:
        # A key that is called as what it shows needs no second name beside it.
        row = _lit(column, rig, name, "" if getattr(fields, name) == name else name)
        row.prop_search(fields, name, keyed.data.shape_keys, "key_blocks", text="")


def _lit(column: Any, rig: Any, name: str, title: str) -> Any:
    """Draw the light and the name of one row; returns where its field goes."""
    icon = LIGHTS[mapping_fields.light(rig, name)]
    if not title:
        row = column.row(align=True)
        row.label(text="", icon=icon)
        return row
    split = column.split(factor=0.4, align=True)
    split.label(text=title, icon=icon)
    return split


def _draw_legend(layout: Any) -> None:
    row = layout.row()
    row.active = False
    for state, text in (("verified", "Tried"), ("mapped", "Mapped"), ("missing", "Missing")):
        row.label(text=text, icon=LIGHTS[state])


CLASSES = tuple(for_both_editors(_Mapping, parent="build"))
