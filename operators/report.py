"""Errors in the panel: copy a report for whoever is asked for help, or put the message away."""

from __future__ import annotations

import platform
from typing import Any

import bpy

from . import animate_all, session
from .preferences import preferences


def report_text() -> str:
    """Return what is known about the last error, this Blender and the runtime, without any content of the scene."""
    error = session.last_error()
    status = session.runtime_status()
    client = session.current_client()
    lines = [
        "Soliloquy report",
        f"Blender {bpy.app.version_string}, {platform.platform()}",
        f"Runtime: {status.message} ({status.python})",
        f"Device: {preferences().device.lower()}; worker: {client.state if client is not None else 'not started'}",
    ]
    if client is not None and client.hello:
        lines.append(f"Handshake: {client.hello}")
    if error is not None:
        lines += [f"Error ({error.kind}): {error.message}", f"Next step: {error.hint}"]
    lines += ["Log:", *session.log_tail(40)]
    return "\n".join(lines) + "\n"


class SOLILOQUY_OT_copy_report(bpy.types.Operator):
    """Copy the error, the versions and the last lines of the log to the clipboard, to pass on when you ask for help"""

    bl_idname = "soliloquy.copy_report"
    bl_label = "Copy Error Report"

    def execute(self, context: Any) -> set[str]:
        """Fill the clipboard."""
        context.window_manager.clipboard = report_text()
        self.report({"INFO"}, "The report is on the clipboard.")
        return {"FINISHED"}


class SOLILOQUY_OT_dismiss_error(bpy.types.Operator):
    """Put the message away. Nothing else changes"""

    bl_idname = "soliloquy.dismiss_error"
    bl_label = "Dismiss Error"

    def execute(self, context: Any) -> set[str]:
        """Forget the error, and how Animate All went."""
        session.set_error(None)
        animate_all.forget()
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_copy_report, SOLILOQUY_OT_dismiss_error)
