"""Help: the pages of docs/ that came with the extension, opened in the browser without the internet; the welcome."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import StringProperty

from ..inference.errors import SoliloquyError
from . import session
from .preferences import preferences


class SOLILOQUY_OT_help(bpy.types.Operator):
    """Open the page about this in the browser. The pages come with Soliloquy and need no internet"""

    bl_idname = "soliloquy.help"
    bl_label = "Soliloquy Help"

    page: StringProperty(
        name="Page",
        description="A page of docs/, such as emotions.md; with #heading: a place on it",
        default="blender.md",
        options={"SKIP_SAVE"},
    )

    def execute(self, context: Any) -> set[str]:
        """Write the pages for the browser and open this one."""
        from .help_pages import address

        try:
            bpy.ops.wm.url_open(url=address(self.page))
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class SOLILOQUY_OT_welcome_done(bpy.types.Operator):
    """Hide how to begin, for good. The extension's preferences show it again"""

    bl_idname = "soliloquy.welcome_done"
    bl_label = "Hide Soliloquy Welcome"

    def execute(self, context: Any) -> set[str]:
        """Note it in the preferences."""
        chosen = preferences()
        if hasattr(chosen, "bl_rna"):
            chosen.welcomed = True
            context.preferences.is_dirty = True  # Blender keeps them when it closes
        session.redraw()
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_help, SOLILOQUY_OT_welcome_done)
