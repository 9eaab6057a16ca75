"""Which face engine makes the lips, and the folder that the official files of published engines belong into."""

from __future__ import annotations

from typing import Any

import bpy

from ..inference.published import SYSTEMS, default_models_folder
from .missing import forget, missing


def why_not(identifier: str) -> str:
    """Return why a face engine, as the panel names it, cannot speak; empty when its files are there."""
    return missing("face", identifier)


class SOLILOQUY_OT_models_folder(bpy.types.Operator):
    """Open the folder that the official files of published engines belong into"""

    bl_idname = "soliloquy.models_folder"
    bl_label = "Open Models Folder"

    def execute(self, context: Any) -> set[str]:
        """Create the folder with one sub-folder per system, and show it."""
        folder = default_models_folder()
        try:
            for name, system in SYSTEMS.items():
                (folder / (system.folder or name)).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.report({"ERROR"}, f"The folder '{folder}' cannot be made: {error.strerror or error}.")
            return {"CANCELLED"}
        forget()
        if not bpy.app.background:
            bpy.ops.wm.path_open(filepath=str(folder))
        self.report({"INFO"}, str(folder))
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_models_folder,)
