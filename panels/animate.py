"""The Animate button, the progress of what is being made, and what went wrong."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators import jobs, session, speakers
from ..operators.preferences import preferences
from .editors import for_both_editors, paragraph


def draw_error(layout: Any, context: Any) -> None:
    """Draw the last error: what, the next step, and a report to pass on."""
    error = session.last_error()
    box = layout.box()
    paragraph(box, context, error.message, icon="ERROR")
    if error.hint:
        paragraph(box, context, error.hint, icon="FORWARD")
    row = box.row(align=True)
    if jobs.last_failed() is not None:
        row.operator("soliloquy.try_again", text="Try Again", icon="FILE_REFRESH")
    row.operator("soliloquy.copy_report", text="Copy Report", icon="COPYDOWN")
    row.operator("soliloquy.dismiss_error", text="", icon="X")


class _Animate:
    """Press Animate."""

    panel_name = "animate"
    bl_label = "Animate"
    help_page = "blender.md#a-first-performance"

    def draw(self, context: Any) -> None:
        """Draw the button, or the progress."""
        from .jobs import draw_all, draw_held, draw_jobs, draw_outcome

        layout = self.layout
        draw_held(layout)
        if any(not job.held for job in jobs.running()):
            draw_jobs(layout, context)
        else:
            reason = bpy.types.SOLILOQUY_OT_animate.disabled_reason(context)
            row = layout.row()
            row.scale_y = 1.8
            row.enabled = not reason
            row.operator_context = "INVOKE_DEFAULT"
            row.operator("soliloquy.animate", icon="PLAY")
            more = row.row()
            more.ui_units_x = 4.0
            more.operator("soliloquy.animate", text="3 Takes").takes = 3
            if reason:
                paragraph(layout, context, reason, icon="INFO")
            row = layout.row(align=True)
            row.prop(context.scene.soliloquy, "seed")
            row.operator("soliloquy.seed_reroll", text="", icon="FILE_REFRESH")
            chosen = preferences()
            if hasattr(chosen, "bl_rna"):
                row.prop(chosen, "preview_first", text="", icon="HIDE_OFF" if chosen.preview_first else "HIDE_ON")
            if speakers.looks_at_itself(context):
                box = layout.box()
                paragraph(box, context, "It is asked to look at itself.", icon="ERROR")
                box.operator("soliloquy.look_elsewhere", icon="HIDE_OFF")
            draw_all(layout, context)
        if draw_outcome(layout, context):
            return
        if session.last_error() is not None:
            draw_error(layout, context)
        elif session.notice():
            paragraph(layout, context, session.notice(), icon="CHECKMARK")


class _Silent:
    """Let the character live without speech."""

    panel_name = "silent"
    bl_label = "Without Speech"
    bl_options = {"DEFAULT_CLOSED"}
    help_page = "blender.md#panels"

    def draw(self, context: Any) -> None:
        """Draw how long, and whether it waits or listens."""
        layout = self.layout
        row = layout.row(align=True)
        row.enabled = not bpy.types.SOLILOQUY_OT_idle.disabled_reason(context)
        row.operator_context = "INVOKE_DEFAULT"
        row.operator("soliloquy.idle", text="Idle", icon="TIME")
        row.operator("soliloquy.idle", text="Listen").listening = 1.0
        row.prop(context.scene.soliloquy, "idle_seconds", text="")
        row = layout.row()
        row.enabled = not bpy.types.SOLILOQUY_OT_between_lines.disabled_reason(context)
        row.operator_context = "INVOKE_DEFAULT"
        row.operator("soliloquy.between_lines", text="Between Lines", icon="NLA_PUSHDOWN")


CLASSES = (*for_both_editors(_Animate), *for_both_editors(_Silent, parent="animate"))
