"""The folder that the official files of published engines belong into."""

from __future__ import annotations

from typing import Any

import bpy

from ..inference.engines import published_systems
from ..inference.published import default_models_folder
from .engine_list import forget


class SOLILOQUY_OT_models_folder(bpy.types.Operator):
    """Open the folder for the official files of published engines. Only who holds such files needs it"""

    bl_idname = "soliloquy.models_folder"
    bl_label = "Open Models Folder"

    def execute(self, context: Any) -> set[str]:
        """Create the folder with one sub-folder per system, and show it."""
        folder = default_models_folder()
        try:
            for system in published_systems(packages=False):
                (folder / system.folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.report({"ERROR"}, f"The folder '{folder}' cannot be made: {error.strerror or error}.")
            return {"CANCELLED"}
        forget()
        if not bpy.app.background:
            bpy.ops.wm.path_open(filepath=str(folder))
        self.report({"INFO"}, str(folder))
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_models_folder,)
