"""Takes: every performance made so far; the chosen one plays."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators import edit_take, following, jobs, session, take_list, takes, tidy_up, waiting
from ..operators.choice import seen
from .editors import for_both_editors, paragraph


class SOLILOQUY_UL_takes(bpy.types.UIList):
    """Rows of the list of takes."""

    def draw_item(
        self,
        context: Any,
        layout: Any,
        data: Any,
        item: Any,
        icon: int | None,
        active_data: Any,
        active_property: str | None,
        index: int | None = 0,
        flt_flag: int | None = 0,
    ) -> None:
        """Draw one take: whether it plays, and its name (double-click to rename)."""
        layout.label(text="", icon="RADIOBUT_ON" if item.active else "RADIOBUT_OFF")
        layout.prop(item, "name", text="", emboss=False)


class _Takes:
    """Choose, rename and remove takes."""

    panel_name = "takes"
    bl_label = "Takes"

    def draw(self, context: Any) -> None:
        """Draw the list."""
        layout = self.layout
        rig = seen(context).rig
        if not take_list.is_current(context, rig):
            take_list.refresh_soon()
        shown = context.window_manager.soliloquy_takes
        if not shown.takes:
            paragraph(layout, context, "No takes yet.", icon="INFO")
            _files(layout, context)
            return
        row = layout.row()
        row.template_list("SOLILOQUY_UL_takes", "", shown, "takes", shown, "index", rows=3)
        index = min(max(shown.index, 0), len(shown.takes) - 1)
        chosen = shown.takes[index]
        side = row.column(align=True)
        side.operator("soliloquy.take_rename", text="", icon="GREASEPENCIL").take = chosen.take_id
        side.operator("soliloquy.take_settings", text="", icon="SETTINGS").take = chosen.take_id
        side.operator("soliloquy.take_remove", text="", icon="TRASH").take = chosen.take_id
        if chosen.summary:
            paragraph(layout, context, chosen.summary)
        if chosen.warnings:
            paragraph(layout, context, chosen.warnings, icon="ERROR")
        lost = takes.why_lost(context, chosen.take_id)
        if lost is not None:
            paragraph(layout, context, lost.message, icon="ERROR")
            paragraph(layout, context, lost.hint, icon="FORWARD")
        _strip(layout, context, chosen.take_id)
        _edit(layout, context, chosen)
        sentences, can_keep = takes.keys_on_top(context)
        for sentence in sentences:
            paragraph(layout, context, sentence, icon="KEYINGSET")
        if can_keep:
            layout.operator("soliloquy.keep_fix", icon="NLA_PUSHDOWN").take = chosen.take_id
        _files(layout, context)


def _edit(layout: Any, context: Any, chosen: Any) -> None:
    """Draw how to open the take's keys for editing, and to close them."""
    opened = edit_take.opened(context)
    if opened:
        names = ", ".join(name.replace("_", " ") for name in opened)
        paragraph(layout, context, f"Keys open in the Dope Sheet and Graph Editor: {names}.", icon="ACTION")
        layout.operator("soliloquy.leave_take", icon="CHECKMARK")
    elif chosen.active:
        row = layout.row(align=True)
        row.operator("soliloquy.edit_take", icon="ACTION").take = chosen.take_id
        row.operator_menu_enum("soliloquy.edit_take", "region", text="", icon="DOWNARROW_HLT")
        row.operator("soliloquy.bake_down", text="", icon="FILE_TICK").take = chosen.take_id


def _strip(layout: Any, context: Any, take: str) -> None:
    """Draw whether the take follows its strip, and what to do where it cannot."""
    tie = following.tie_of(context, take)
    if tie is None:
        return
    layout.prop(context.scene.soliloquy, "follow_strips")
    paragraph(layout, context, tie.text, icon=tie.icon)
    if tie.again:
        row = layout.row()
        row.enabled = not session.unavailable_reason() and not jobs.running()
        row.operator_context = "INVOKE_DEFAULT"
        row.operator("soliloquy.animate_again", icon="FILE_REFRESH").take = take
    elif tie.elsewhere:
        layout.operator("soliloquy.follow_strip", icon="LINKED").take = take


def _files(layout: Any, context: Any) -> None:
    """Draw takes that wait for their character, and what there is to do with performance files."""
    for index, job in enumerate(waiting.waiting()):
        paragraph(layout, context, waiting.title(job), icon="TIME")
        row = layout.row(align=True)
        put = row.row(align=True)
        put.enabled = not bpy.types.SOLILOQUY_OT_put_waiting.disabled_reason(context)
        put.operator("soliloquy.put_waiting").index = index
        row.operator("soliloquy.forget_waiting", text="", icon="X").index = index
    row = layout.row()
    row.enabled = not bpy.types.SOLILOQUY_OT_load_performance.disabled_reason(context)
    row.operator("soliloquy.load_performance", icon="IMPORT")
    found = tidy_up.summary()
    if found:
        layout.operator("soliloquy.tidy_up", text=f"Tidy Up: {found}", icon="BRUSH_DATA")


CLASSES = (SOLILOQUY_UL_takes, *for_both_editors(_Takes))
