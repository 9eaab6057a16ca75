"""The Animate button, the progress of what is being made, and what went wrong."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators import jobs, session
from .editors import for_both_editors, paragraph


def remaining(eta: float | None) -> str:
    """Return the time left in words, empty when it is not known."""
    if eta is None:
        return ""
    return f"{eta:.0f} s left" if eta < 90 else f"{eta / 60:.0f} min left"


def draw_jobs(layout: Any, context: Any) -> None:
    """Draw one progress bar per order on its way, what to do about one that is stuck, and the cancel button."""
    for job in jobs.running():
        handle = job.handle
        stage = handle.stage or handle.state.capitalize()
        text = "  ·  ".join(part for part in (stage, remaining(handle.eta)) if part)
        column = layout.column(align=True)
        column.label(text=job.title, icon="FILE_SOUND")
        column.progress(factor=handle.fraction, text=text, type="BAR")
        if handle.stalled:
            still = f"No progress for {handle.still_for / 60:.0f} min. Wait, or end it; what waits behind it goes on."
            paragraph(column, context, still, icon="ERROR")
            column.operator("soliloquy.end_stalled", icon="CANCEL")
    layout.operator("soliloquy.cancel", icon="CANCEL")


def draw_error(layout: Any, context: Any) -> None:
    """Draw the last error: what, the next step, and a report to pass on."""
    error = session.last_error()
    box = layout.box()
    paragraph(box, context, error.message, icon="ERROR")
    if error.hint:
        paragraph(box, context, error.hint, icon="FORWARD")
    row = box.row(align=True)
    if jobs.last_failed() is not None:
        row.operator("soliloquy.try_again", icon="FILE_REFRESH")
    row.operator("soliloquy.copy_report", icon="COPYDOWN")
    row.operator("soliloquy.dismiss_error", text="", icon="X")


class _Animate:
    """Press Animate."""

    panel_name = "animate"
    bl_label = "Animate"

    def draw(self, context: Any) -> None:
        """Draw the button, or the progress."""
        layout = self.layout
        if jobs.running():
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
            row.enabled = not bpy.types.SOLILOQUY_OT_idle.disabled_reason(context)
            row.operator_context = "INVOKE_DEFAULT"
            row.operator("soliloquy.idle", icon="TIME")
            row.operator("soliloquy.idle", text="Listen").listening = 1.0
            row.prop(context.scene.soliloquy, "idle_seconds", text="")
        if session.last_error() is not None:
            draw_error(layout, context)
        elif session.notice():
            paragraph(layout, context, session.notice(), icon="CHECKMARK")


CLASSES = tuple(for_both_editors(_Animate))
