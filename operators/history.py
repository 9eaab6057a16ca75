"""Steps of Blender's undo for changes that no operator of its own makes."""

from __future__ import annotations

from typing import Any

import bpy


def push(message: str) -> None:
    """Make what has just changed one undo step, named as the Undo History shows it."""
    with bpy.context.temp_override(**_window()):
        bpy.ops.ed.undo_push(message=message)


def _window() -> dict[str, Any]:
    """Return what operators called from a timer need, where the context has no window."""
    windows = bpy.context.window_manager.windows
    return {"window": windows[0]} if bpy.context.window is None and windows else {}
