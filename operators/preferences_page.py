"""The page of preferences: which Python the worker runs in, on which device, how long it stays, when it is stalled."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from ..inference.settings import AnimateSettings
from ..rigs.compat import PATH_OPTIONS
from . import compare_takes, engine_list, runtime_work, session
from .preferences import DEFAULTS, ROOT_PACKAGE, when_moved
from .setting_properties import setting_property


def _runtime_changed(self: Any, context: Any) -> None:
    session.retire_client()
    runtime_work.start_check()


def _engines_changed(self: Any, context: Any) -> None:
    session.read_engines_folder()


def _patience_changed(self: Any, context: Any) -> None:
    session.set_patience(self.stall_seconds)


def _place_changed(self: Any, context: Any) -> None:
    for move in when_moved:
        move()


def _ab_key_changed(self: Any, context: Any) -> None:
    compare_takes.use_key()


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
    engines_folder: StringProperty(
        name="Engines Folder",
        description="A folder of engines from outside, one folder each. Empty: those that come with Soliloquy",
        subtype="DIR_PATH",
        options=PATH_OPTIONS,
        update=_engines_changed,
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
        default=DEFAULTS.idle_minutes,
        min=0.0,
        soft_max=120.0,
    )

    stall_seconds: FloatProperty(
        name="Stalled After",
        description="Seconds without progress after which a performance is called stalled and can be ended. 0: never",
        default=DEFAULTS.stall_seconds,
        min=0.0,
        soft_max=600.0,
        update=_patience_changed,
    )
    pack_performances: BoolProperty(
        name="Pack Performances",
        description="Keep each take's performance inside the .blend, about 1.3 MB a minute, so that it can be "
        "re-shaped on any machine. Off: it lies in the extension's folder, or beside the .blend",
        default=DEFAULTS.pack_performances,
    )
    follow_sound: BoolProperty(
        name="Play in Sync with Sound",
        description="When Animate adds a sound file to the Sequencer, set the scene's playback to Sync to Audio, and "
        "let scrubbing be heard",
        default=DEFAULTS.follow_sound,
    )

    start_early: BoolProperty(
        name="Start Early",
        description="Start the worker as soon as the panels show a character, so that Animate need not wait for it",
        default=DEFAULTS.start_early,
    )

    mouth_overlay: BoolProperty(
        name="Show Mouth",
        description="While Animate makes a take, show its mouth over the waveform in the 3D Views, to scrub it before "
        "the take is there",
        default=DEFAULTS.mouth_overlay,
    )
    preview_first: BoolProperty(
        name="Preview First",
        description="What Animate has made waits, its mouth in the 3D Views, until you press Keep or Discard",
        default=DEFAULTS.preview_first,
    )

    tab_name: StringProperty(
        name="Tab",
        description="Tab of the sidebar with the panels. The name of another tab, such as Animation, puts them there",
        default=DEFAULTS.tab_name,
        update=_place_changed,
    )
    in_properties: BoolProperty(
        name="Also in Properties",
        description="Show the panels in the scene's tab of the Properties editor too",
        default=DEFAULTS.in_properties,
        update=_place_changed,
    )
    welcomed: BoolProperty(
        name="Hide Welcome",
        description="Do not show how to begin at the top of the tab",
        default=False,
    )
    ab_key: BoolProperty(
        name="A/B Key",
        description="One key, in every editor, switches between the last two takes while they play",
        default=DEFAULTS.ab_key,
        update=_ab_key_changed,
    )

    def draw(self, context: Any) -> None:
        """Draw the preferences."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        status = session.runtime_status()
        layout.label(text=status.message, icon="CHECKMARK" if status.ok else "ERROR")
        layout.prop(self, "tab_name")
        layout.prop(self, "in_properties")
        layout.prop(self, "welcomed")
        layout.prop(self, "worker_python")
        layout.prop(self, "runtime_folder")
        layout.prop(self, "device")
        layout.prop(self, "start_early")
        layout.prop(self, "idle_minutes")
        layout.prop(self, "stall_seconds")
        layout.prop(self, "mouth_overlay")
        layout.prop(self, "preview_first")
        layout.prop(self, "engines_folder")
        for item in engine_list.broken():
            layout.label(text=f"{item.name}: {item.why_not}", icon="ERROR")
        layout.prop(self, "pack_performances")
        layout.prop(self, "follow_sound")
        compare_takes.draw_key(layout, context)
        if runtime_work.work.title:
            layout.progress(factor=runtime_work.work.fraction, text=runtime_work.work.title, type="BAR")
        elif status.kind == "bundled":
            layout.label(text="For published and sampled engines, and graphics cards: a Python with torch.")
            layout.prop(self, "backend")
            layout.prop(self, "wheels_folder")
            layout.operator_context = "INVOKE_DEFAULT"
            layout.operator("soliloquy.runtime_install", icon="IMPORT")


CLASSES = (SoliloquyPreferences,)
