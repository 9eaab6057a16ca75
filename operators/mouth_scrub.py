"""The mouse on the mouth's preview: a drag over the waveform moves the current frame, as one in the Timeline does.

A gizmo, so that Blender itself gives it the mouse only where the preview lies and everything else everywhere else:
nothing is selected or moved beneath it, and no operator runs all the while. Registered while there is a preview.
"""

from __future__ import annotations

from typing import Any

import bpy

from . import mouth_preview

_hovered = False


def hovered() -> bool:
    """Return whether the mouse is on a preview."""
    return _hovered


class SOLILOQUY_GT_mouth(bpy.types.Gizmo):
    """Scrub the mouth that is being made: drag over the waveform."""

    bl_idname = "SOLILOQUY_GT_mouth"

    __slots__ = ("before",)

    def setup(self) -> None:
        """Begin without a frame to go back to."""
        self.before: int | None = None

    def draw(self, context: Any) -> None:
        """Note whether the mouse is on it; the preview itself is painted elsewhere."""
        global _hovered
        _hovered = bool(self.is_highlight or self.is_modal)

    def test_select(self, context: Any, location: Any) -> int:
        """Return 0 where the mouse is on the preview, -1 elsewhere."""
        place = mouth_preview.place_in(context)
        return 0 if place is not None and place.whole.holds(location[0], location[1]) else -1

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Press one of the two buttons, or begin to scrub."""
        place, job = mouth_preview.place_in(context), mouth_preview.shown()
        if place is None or job is None:
            return {"CANCELLED"}
        x, y = event.mouse_region_x, event.mouse_region_y
        if place.drop.holds(x, y):
            bpy.ops.soliloquy.cancel(job=job.number)
            return {"FINISHED"}
        if job.held and place.keep.holds(x, y):
            bpy.ops.soliloquy.keep_take(job=job.number)
            return {"FINISHED"}
        self.before = context.scene.frame_current
        self._go(context, x)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any, tweak: set[str]) -> set[str]:
        """Follow the mouse."""
        if event.type == "MOUSEMOVE":
            self._go(context, event.mouse_region_x)
        return {"RUNNING_MODAL"}

    def exit(self, context: Any, cancel: bool) -> None:
        """Go back where the drag was broken off."""
        if cancel and self.before is not None:
            context.scene.frame_set(self.before)
        self.before = None

    def _go(self, context: Any, x: float) -> None:
        place, early = mouth_preview.place_in(context), mouth_preview.lips(mouth_preview.shown())
        if place is None or early is None:
            return
        frame = mouth_preview.frame_of(context, place.second(x, early.seconds))
        if frame != context.scene.frame_current:
            # Setting it, other than frame_set(), lets the sound be heard where audio scrubbing is on.
            context.scene.frame_current = frame


class SOLILOQUY_GGT_mouth(bpy.types.GizmoGroup):
    """Gives the preview the mouse."""

    bl_idname = "SOLILOQUY_GGT_mouth"
    bl_label = "Soliloquy Mouth Preview"
    bl_space_type = "VIEW_3D"
    bl_region_type = "WINDOW"
    bl_options = {"PERSISTENT", "SHOW_MODAL_ALL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Tell whether there is a preview."""
        return mouth_preview.shown() is not None

    def setup(self, context: Any) -> None:
        """Make the gizmo."""
        self.gizmos.new(SOLILOQUY_GT_mouth.bl_idname).use_draw_modal = True


_CLASSES = (SOLILOQUY_GT_mouth, SOLILOQUY_GGT_mouth)
_registered: list[Any] = []


def register() -> None:
    """Listen to the mouse."""
    for item in _CLASSES:
        if item not in _registered:
            bpy.utils.register_class(item)
            _registered.append(item)


def unregister() -> None:
    """Listen no more."""
    global _hovered
    _hovered = False
    while _registered:
        bpy.utils.unregister_class(_registered.pop())
