"""AI Runtime: the state of the Python the worker runs in, and what to do next; shown when there is something to do."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators import runtime_work, session
from ..operators.preferences import preferences
from .editors import for_both_editors, paragraph


def draw_setup(layout: Any, context: Any) -> None:
    """Draw the state of the runtime and the two ways to get one."""
    status = session.runtime_status()
    paragraph(layout, context, status.message, icon="CHECKMARK" if status.ok else "ERROR")
    if status.mend and not status.ok:
        paragraph(layout, context, status.mend, icon="FORWARD")
    if runtime_work.work.title:
        draw_work(layout, context)
        return
    chosen = preferences()
    if hasattr(chosen, "bl_rna"):
        layout.label(text="Use this Python:")
        row = layout.row(align=True)
        row.prop(chosen, "worker_python", text="")
        row.operator_context = "INVOKE_DEFAULT"
        row.operator("soliloquy.runtime_check", text="", icon="FILE_REFRESH")
        layout.label(text="Or install one:")
        column = layout.column(align=True)
        column.prop(chosen, "backend", text="")
        column.prop(chosen, "wheels_folder", text="", placeholder="Folder of Wheels (Offline)")
    row = layout.row(align=True)
    row.operator_context = "INVOKE_DEFAULT"
    row.operator("soliloquy.runtime_install", text="Install", icon="IMPORT")
    if status.kind == "private":
        row.operator("soliloquy.runtime_remove", text="", icon="TRASH")
    if not bpy.app.online_access:
        paragraph(layout, context, "Online access is off in Preferences > System: only wheels can be installed.")


def draw_work(layout: Any, context: Any) -> None:
    """Draw what is being done to the runtime."""
    layout.progress(factor=runtime_work.work.fraction, text=runtime_work.work.title, type="BAR")
    for line in runtime_work.work.log[-3:]:
        paragraph(layout, context, line[:160])
    if runtime_work.work.can_be_cancelled:
        layout.operator("soliloquy.runtime_cancel", text="Cancel", icon="CANCEL")


class _Welcome:
    """How to begin, in three sentences, until it is put away."""

    panel_name = "welcome"
    bl_label = "Welcome"
    help_page = "tutorial.md"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown until somebody has put it away."""
        return not preferences().welcomed

    def draw(self, context: Any) -> None:
        """Draw the sentences, the way to the tutorial, and the way out."""
        layout = self.layout
        paragraph(layout, context, "Add a character, or select any part of your own.", icon="ARMATURE_DATA")
        paragraph(layout, context, "Put its speech into the Sequencer, or choose a sound file.", icon="FILE_SOUND")
        paragraph(layout, context, "Press Animate: what comes are keys, yours to shape, edit and export.", icon="PLAY")
        row = layout.row(align=True)
        row.operator("soliloquy.help", text="Tutorial", icon="HELP").page = "tutorial.md"
        row.operator("soliloquy.welcome_done", text="Got It", icon="CHECKMARK")


class _SetupNeeded:
    """What is missing, at the top, while Animate cannot work."""

    panel_name = "setup_needed"
    bl_label = "AI Runtime"
    help_page = "blender.md#ai-runtime"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown until the runtime works."""
        return not session.runtime_status().ok

    def draw(self, context: Any) -> None:
        """Draw what is missing."""
        draw_setup(self.layout, context)


class _Setup:
    """The same, out of the way, once everything works."""

    panel_name = "setup"
    bl_label = "AI Runtime"
    help_page = "blender.md#ai-runtime"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 100

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown when the runtime works and is not simply what comes with Soliloquy, or when it is being changed."""
        status = session.runtime_status()
        return status.ok and (status.kind != "bundled" or bool(runtime_work.work.title))

    def draw(self, context: Any) -> None:
        """Draw the state."""
        draw_setup(self.layout, context)


CLASSES = (*for_both_editors(_Welcome), *for_both_editors(_SetupNeeded), *for_both_editors(_Setup))
