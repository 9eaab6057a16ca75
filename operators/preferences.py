"""The extension's preferences: which Python the worker runs in, on which device, and for how long it stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy
from bpy.props import EnumProperty, FloatProperty, StringProperty

from ..inference.settings import AnimateSettings
from ..rigs.compat import PATH_OPTIONS
from .setting_properties import setting_property

ROOT_PACKAGE = __package__.rpartition(".")[0]


def _runtime_changed(self: Any, context: Any) -> None:
    from . import runtime, session

    session.stop_client()
    runtime.start_check()


class SoliloquyPreferences(bpy.types.AddonPreferences):
    """Preferences of Soliloquy."""

    bl_idname = ROOT_PACKAGE

    worker_python: StringProperty(
        name="Python",
        description="A Python with torch that the worker shall run in. Empty: the private runtime, when installed",
        subtype="FILE_PATH",
        options=PATH_OPTIONS,
        update=_runtime_changed,
    )
    runtime_folder: StringProperty(
        name="Runtime Folder",
        description="Where the private runtime is installed. Empty: the place that Soliloquy's command line uses too",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
        update=_runtime_changed,
    )
    wheels_folder: StringProperty(
        name="Wheels Folder",
        description="Install without the internet, from a folder of Python wheels",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
    )
    backend: EnumProperty(
        name="Build",
        description="Which build of torch to install",
        items=(
            ("AUTO", "Automatic", "What fits this machine"),
            ("CPU", "CPU", "The processor only: the smallest download"),
            ("CUDA", "NVIDIA", "For NVIDIA graphics cards"),
            ("ROCM", "AMD", "For AMD graphics cards under Linux"),
            ("MPS", "Apple", "For Macs"),
        ),
    )
    device: setting_property(AnimateSettings, "device")
    idle_minutes: FloatProperty(
        name="Unload After",
        description="Minutes without work after which the worker gives its memory back. 0: never",
        default=10.0,
        min=0.0,
        soft_max=120.0,
    )

    def draw(self, context: Any) -> None:
        """Draw the preferences."""
        from . import session

        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        status = session.runtime_status()
        layout.label(text=status.message, icon="CHECKMARK" if status.ok else "ERROR")
        layout.prop(self, "worker_python")
        layout.prop(self, "runtime_folder")
        layout.prop(self, "device")
        layout.prop(self, "idle_minutes")


@dataclass
class _Defaults:
    worker_python: str = ""
    runtime_folder: str = ""
    wheels_folder: str = ""
    backend: str = "AUTO"
    device: str = "AUTO"
    idle_minutes: float = 10.0


_defaults = _Defaults()


def preferences() -> Any:
    """Return the preferences, or plain default values where the package runs without being an enabled add-on."""
    addon = bpy.context.preferences.addons.get(ROOT_PACKAGE)
    return addon.preferences if addon is not None and addon.preferences is not None else _defaults


CLASSES = (SoliloquyPreferences,)
