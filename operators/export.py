"""Export one take of a character: FBX, glTF or the performance itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ..inference.errors import SoliloquyError
from ..rigs.compat import PATH_OPTIONS
from .progress import busy
from .properties import EXTENSIONS, FORMAT_ITEMS
from .takes import OnTake, meant


class SOLILOQUY_OT_export(OnTake, bpy.types.Operator):
    """Write the take that plays to a file: this character alone, over the take's frames"""

    bl_idname = "soliloquy.export"
    bl_label = "Export Take"

    filepath: StringProperty(name="File", description="File to write", subtype="FILE_PATH", options=PATH_OPTIONS)
    filter_glob: StringProperty(default="*.fbx;*.glb;*.npz", options={"HIDDEN"})
    check_existing: bpy.props.BoolProperty(default=True, options={"HIDDEN"})
    format: EnumProperty(name="Format", description="File format", items=FORMAT_ITEMS)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask where to write; the file is named after the take."""
        self.format = context.scene.soliloquy.export_format
        try:
            _, take = meant(context, self.take)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        folder = Path(bpy.data.filepath).parent if bpy.data.filepath else Path.home()
        stem = re.sub(r"[^\w.-]+", "_", take.name) or "take"
        self.filepath = str(folder / (stem + EXTENSIONS[self.format]))
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context: Any) -> bool:
        """Keep the file's ending in step with the format while the file browser is open."""
        path = Path(self.filepath)
        wanted = path.with_suffix(EXTENSIONS[self.format]) if path.suffix in EXTENSIONS.values() else path
        changed = str(wanted) != self.filepath
        self.filepath = str(wanted)
        return changed

    def draw(self, context: Any) -> None:
        """Draw the file browser's side panel."""
        self.layout.use_property_split = True
        self.layout.prop(self, "format")

    def execute(self, context: Any) -> set[str]:
        """Write the file."""
        from ..rigs import export

        write = {"FBX": export.export_fbx, "GLTF": export.export_gltf, "NPZ": export.export_npz}
        try:
            if not self.filepath:
                raise SoliloquyError("No file is named.", "Pass filepath=...")
            path = Path(bpy.path.abspath(self.filepath))
            chosen = self._format(path)
            if path.suffix.lower() != EXTENSIONS[chosen]:
                path = path.with_name(path.name + EXTENSIONS[chosen])
            if not path.parent.is_dir():
                raise SoliloquyError(f"There is no folder '{path.parent}'.", "Choose another place.")
            rig, take = meant(context, self.take)
            with busy(context, f"Exporting {take.name} to {path.name}"):
                report = write[chosen](rig, take, path)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        for warning in report.warnings:
            self.report({"WARNING"}, warning)
        self.report({"INFO"}, f"Exported {take.name} to {path}")
        return {"FINISHED"}

    def _format(self, path: Path) -> str:
        """Return the format that was asked for, or the one the file's ending stands for."""
        if self.properties.is_property_set("format"):
            return str(self.format)
        by_ending = {ending: name for name, ending in EXTENSIONS.items()}
        return by_ending.get(path.suffix.lower()) or str(self.format)


CLASSES = (SOLILOQUY_OT_export,)
