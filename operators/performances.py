"""Performance files: where takes find theirs, and a take from any of them, or from another program's motion."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import StringProperty

from ..inference.errors import BadFile, SoliloquyError
from ..rigs.compat import PATH_OPTIONS
from ..rigs.takes.bake_options import BakeOptions
from . import session, take_list
from .choice import character_reason, chosen_rig
from .preferences import preferences
from .progress import busy
from .reason import Reasoned
from .setting_properties import setting_property

if TYPE_CHECKING:
    from ..inference.performance import Performance
    from ..rigs.takes.bake import BakeReport


def folder() -> Path:
    """Return the folder that performances are written to."""
    return session.data_folder("performances")


def places() -> list[Path]:
    """Return where a performance is looked for that is no longer where it was written: there, and beside the file."""
    beside = [Path(bpy.data.filepath).parent] if bpy.data.filepath else []
    return [*beside, folder()]


class SOLILOQUY_OT_load_performance(Reasoned, bpy.types.Operator):
    """Put a performance file, or motion in another program's format, onto the character as a new take"""

    bl_idname = "soliloquy.load_performance"
    bl_label = "Load Performance"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(name="File", description="Performance", subtype="FILE_PATH", options=PATH_OPTIONS)
    filter_glob: StringProperty(default="*.npz", options={"HIDDEN"})
    character: StringProperty(name="Character", description="Name of the armature; not given: as in the panel")
    first_frame: setting_property(
        BakeOptions,
        "first_frame",
        description="Frame at which it starts; not given: where an exported take lay, else now",
    )
    take_name: StringProperty(name="Take", description="Name of the new take; empty: after the file")
    extend_scene: setting_property(BakeOptions, "extend_scene", default=True)

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return character_reason(context) or ("" if _has_character(context) else "Add a character first.")

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return that there is no scene; which character is meant, a script may say in the call."""
        return "" if context.scene is not None else "There is no scene."

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file, beginning where performances are kept."""
        if not self.filepath:
            self.filepath = str(folder()) + "/"
        self.filter_glob = _patterns()
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        """Bake it."""
        try:
            report = self._load(context)
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        for warning in report.warnings:
            self.report({"WARNING"}, warning)
        self.report({"INFO"}, f"{report.take.name}: {report.keys:,} keys.")
        take_list.refresh(context)
        return {"FINISHED"}

    def _load(self, context: Any) -> BakeReport:
        path = Path(bpy.path.abspath(self.filepath)) if self.filepath else None
        if path is None or path.is_dir():
            raise BadFile("No performance file is chosen.", f"Choose one of {_patterns().replace(';', ', ')}.")
        rig = chosen_rig(context, self.character)
        if rig is None:
            raise SoliloquyError("No character is chosen.", "Choose one under Character, or select it.")
        # The readers wait until one is wanted, so that the add-on enables at once.
        from ..rigs.recorded_motion import load_motion

        render = context.scene.render
        first = self.first_frame if self.properties.is_property_set("first_frame") else None
        with busy(context, f"{self.bl_label}: {path.name}"):
            performance = load_motion(path, fps=render.fps / render.fps_base)
            return load_as_take(
                context.scene, rig, performance, path, first=first, name=self.take_name, extend_scene=self.extend_scene
            )  # fmt: skip


def _patterns() -> str:
    """Return the endings of files that can be loaded, as the file browser wants them."""
    from ..inference.motion_files.register import OF_SKELETONS, readable

    return ";".join(dict.fromkeys(f"*{suffix}" for suffix in (*(item.suffix for item in readable()), *OF_SKELETONS)))


def _has_character(context: Any) -> bool:
    try:
        return chosen_rig(context) is not None
    except SoliloquyError:
        return False


def load_as_take(
    scene: Any,
    rig: Any,
    performance: Performance,
    path: Path,
    *,
    first: float | None = None,
    name: str = "",
    extend_scene: bool = True,
) -> BakeReport:
    """Bake a performance file as a take that remembers where it came from.

    Parameters
    ----------
    first : float, optional
        Scene frame of its first sample; where an exported take lay when missing, else the current frame.
    name : str
        Name of the take; after the take it was, or the file, when empty. A number follows where the name is taken.

    Raises
    ------
    SoliloquyError
        When it cannot be baked.
    """
    from ..rigs.takes import kept

    # Baking waits until it is wanted, so that the add-on enables at once.
    from ..rigs.takes.bake import bake
    from ..rigs.takes.packed import pack
    from ..rigs.takes.take import free_variant

    meta = performance.meta
    lay = meta.get("first_frame")
    if first is None:
        first = float(lay) if isinstance(lay, int | float) and abs(lay) < 1e6 else float(scene.frame_current)
    was = meta.get("take")
    options = BakeOptions(
        regions=performance.regions,
        first_frame=first,
        name=free_variant(rig, name.strip() or (was if isinstance(was, str) and was else path.stem)),
        extend_scene=extend_scene,
        meta=kept.remember(path),
    )
    report = bake(performance, rig, options, scene=scene)
    # Motion of another program is no performance file, and stays beside the .blend.
    if preferences().pack_performances and "imported" not in meta:
        pack(rig, report.take, path)
    return report


CLASSES = (SOLILOQUY_OT_load_performance,)
