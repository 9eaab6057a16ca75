"""What the preferences say, for whoever asks; their page is ``preferences_page.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy

ROOT_PACKAGE = __package__.rpartition(".")[0]


@dataclass(frozen=True)
class Defaults:
    """The preferences of who has set none."""

    worker_python: str = ""
    runtime_folder: str = ""
    wheels_folder: str = ""
    engines_folder: str = ""
    backend: str = "AUTO"
    device: str = "AUTO"
    idle_minutes: float = 10.0
    stall_seconds: float = 120.0
    follow_sound: bool = True
    pack_performances: bool = True
    start_early: bool = True
    tab_name: str = "Soliloquy"
    in_properties: bool = False
    welcomed: bool = True
    ab_key: bool = True
    mouth_overlay: bool = True
    preview_first: bool = False


DEFAULTS = Defaults()

when_moved: list[Callable[[], None]] = []
"""What is called when the artist chose another place for the panels."""


def preferences() -> Any:
    """Return the preferences, or plain default values where the package runs without being an enabled add-on."""
    addon = bpy.context.preferences.addons.get(ROOT_PACKAGE)
    return addon.preferences if addon is not None and addon.preferences is not None else DEFAULTS
