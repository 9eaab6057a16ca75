"""Export one take of a character: for other programs, or its motion alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ..inference.errors import SoliloquyError
from ..rigs.compat import PATH_OPTIONS
from ..rigs.export_formats import FORMATS, format_of
from .progress import busy
from .properties import FORMAT_ITEMS, PRESET_ITEMS
from .takes import OnTake, meant


class SOLILOQUY_OT_export(OnTake, bpy.types.Operator):
    """Write the take that plays to a file: this character alone, over the take's frames"""

    bl_idname = "soliloquy.export"
    bl_label = "Export Take"

    filepath: StringProperty(name="File", description="File to write", subtype="FILE_PATH", options=PATH_OPTIONS)
    filter_glob: StringProperty(
        default=";".join(dict.fromkeys(f"*{item.suffix}" for item in FORMATS.values())), options={"HIDDEN"}
    )
    check_existing: bpy.props.BoolProperty(default=True, options={"HIDDEN"})
    format: EnumProperty(name="Format", description="File format", items=FORMAT_ITEMS)
    preset: EnumProperty(name="For", description="Program that an FBX is for", items=PRESET_ITEMS)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask where to write; the file is named after the take."""
        self.format = context.scene.soliloquy.export_format
        self.preset = context.scene.soliloquy.export_preset
        try:
            _, take = meant(context, self.take)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        folder = Path(bpy.data.filepath).parent if bpy.data.filepath else Path.home()
        stem = re.sub(r"[^\w.-]+", "_", take.name) or "take"
        self.filepath = str(folder / (stem + FORMATS[self.format].suffix))
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context: Any) -> bool:
        """Keep the file's ending in step with the format while the file browser is open."""
        path = Path(self.filepath)
        wanted = path.with_suffix(FORMATS[self.format].suffix) if format_of(path.suffix) else path
        changed = str(wanted) != self.filepath
        self.filepath = str(wanted)
        return changed

    def draw(self, context: Any) -> None:
        """Draw the file browser's side panel."""
        self.layout.use_property_split = True
        self.layout.prop(self, "format")
        if self.format == "FBX":
            self.layout.prop(self, "preset")

    def execute(self, context: Any) -> set[str]:
        """Write the file."""
        # Exporters wait until one is wanted, so that the add-on enables at once.
        from ..rigs.export_take import export_take

        try:
            if not self.filepath:
                raise SoliloquyError("No file is named.", "Pass filepath=...")
            path = Path(bpy.path.abspath(self.filepath))
            chosen = self._format(path)
            if path.suffix.lower() != FORMATS[chosen].suffix:
                path = path.with_name(path.name + FORMATS[chosen].suffix)
            if not path.parent.is_dir():
                raise SoliloquyError(f"There is no folder '{path.parent}'.", "Choose another place.")
            rig, take = meant(context, self.take)
            with busy(context, f"Exporting {take.name} to {path.name}"):
                report = export_take(rig, take, path, chosen, self._preset(context))
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
        return format_of(path.suffix) or str(self.format)

    def _preset(self, context: Any) -> str:
        """Return the program that was said, or the one chosen in the panel."""
        said = self.properties.is_property_set("preset")
        return str(self.preset if said else context.scene.soliloquy.export_preset)


CLASSES = (SOLILOQUY_OT_export,)
