"""What is being made, each with its progress and its own cancel; Animate All, and what became of every strip."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators import animate_all, jobs, session, speech_lines
from ..operators.progress_words import stage_line
from .editors import paragraph

_SHOWN = 6
"""Rows of a list; the rest is a number, so that the panels below stay in sight."""


def draw_jobs(layout: Any, context: Any) -> None:
    """Draw every order on its way: a bar for what runs, a row for what waits, what to do about one that is stuck."""
    under_way = [job for job in jobs.running() if not job.held]
    if len(under_way) > 1 and animate_all.lines():
        layout.label(text=animate_all.summary(), icon="SEQ_SEQUENCER")
    for job in under_way[:_SHOWN]:
        _draw_job(layout, context, job)
    if len(under_way) > _SHOWN:
        layout.label(text=f"{len(under_way) - _SHOWN} more wait", icon="BLANK1")
    layout.operator("soliloquy.cancel", text="Cancel" if len(under_way) == 1 else "Cancel All", icon="CANCEL")


def _draw_job(layout: Any, context: Any, job: Any) -> None:
    handle = job.handle
    column = layout.column(align=True)
    if handle.state == "queued":
        row = column.row(align=True)
        row.label(text=f"{job.title}: waiting", icon="TIME")
    else:
        column.label(text=job.title, icon="FILE_SOUND")
        row = column.row(align=True)
        row.progress(factor=handle.fraction, text=stage_line(handle), type="BAR")
    if len(jobs.running()) > 1:
        row.operator("soliloquy.cancel", text="", icon="X").job = job.number
    if handle.stalled:
        still = f"No progress for {handle.still_for / 60:.0f} min. Wait, or end it; what waits behind it goes on."
        paragraph(column, context, still, icon="ERROR")
        column.operator("soliloquy.end_stalled", text="End It", icon="CANCEL")


def draw_held(layout: Any) -> None:
    """Draw every take that was made and waits, with what to do about it."""
    held = [job for job in jobs.running() if job.held]
    for job in held[:_SHOWN]:
        box = layout.box()
        box.label(text=f"{job.title} is made and waits", icon="HIDE_OFF")
        row = box.row(align=True)
        row.operator("soliloquy.keep_take", text="Keep", icon="CHECKMARK").job = job.number
        row.operator("soliloquy.cancel", text="Discard", icon="X").job = job.number
    if len(held) > 1:
        layout.operator("soliloquy.keep_take", text=f"Keep All {len(held)}", icon="CHECKMARK")


def draw_all(layout: Any, context: Any) -> None:
    """Draw Animate All where there are several strips to speak of, and who is missing."""
    found = speech_lines.meant(context)
    if found.strips < 2:
        return
    row = layout.row()
    row.enabled = not bpy.types.SOLILOQUY_OT_animate_all.disabled_reason(context)
    row.operator_context = "INVOKE_DEFAULT"
    which = "Selected Strips" if found.selected else "Strips"
    row.operator("soliloquy.animate_all", text=f"Animate All {found.strips} {which}", icon="SEQ_SEQUENCER")
    if found.unknown:
        count = "1 strip" if found.unknown == 1 else f"{found.unknown} strips"
        paragraph(layout, context, f"Of {count} nobody knows the speaker.", icon="INFO")
        row = layout.row()
        row.enabled = not bpy.types.SOLILOQUY_OT_speaks_strips.disabled_reason(context)
        row.operator("soliloquy.speaks_strips", icon="USER")


def draw_outcome(layout: Any, context: Any) -> bool:
    """Draw which strips of the last Animate All have no take, and why; returns whether there are any."""
    failed = [line for line in animate_all.lines() if line.state == "failed"]
    if not failed:
        return False
    box = layout.box()
    paragraph(box, context, f"{animate_all.summary()}.", icon="ERROR")
    for line in failed[:_SHOWN]:
        who = f"{line.strip} ({line.speaker})" if line.speaker else line.strip
        paragraph(box, context, f"{who}: {line.why}", icon="FILE_SOUND")
    if len(failed) > _SHOWN:
        box.label(text=f"{len(failed) - _SHOWN} more", icon="BLANK1")
    paragraph(box, context, "Animate All again makes what is missing.", icon="FORWARD")
    row = box.row(align=True)
    if session.last_error() is not None:
        row.operator("soliloquy.copy_report", text="Copy Report", icon="COPYDOWN")
    row.operator("soliloquy.dismiss_error", text="", icon="X")
    return True
