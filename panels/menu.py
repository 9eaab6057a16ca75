"""The menu Soliloquy, under Object, Pose and Strip: there Blender's search (F3) finds what the panels can do."""

from __future__ import annotations

from typing import Any

import bpy

FIRST = ("add_character", "animate", "animate_all", "idle")
"""What a performance begins with, in the menu itself."""
GROUPS = {
    "Character": (
        *("add_vrm", "add_body_model", "add_face_shapes", "set_stage"),
        *("mapping_detect", "mapping_test", "mapping_test_end", "mapping_import", "mapping_export"),
    ),
    "Next Take": (
        *("choose_speaker", "align_words", "hear_emotion", "write_direction", "seed_reroll"),
        *("cancel", "try_again"),
    ),
    "Take": (
        *("take_ab", "edit_take", "leave_take", "keep_fix", "regenerate", "craft_reset", "reshape_reset"),
        *("follow_strip", "animate_again", "take_rename", "take_duplicate", "take_settings", "take_remove"),
    ),
    "Controls": ("add_controls", "bake_controls", "remove_controls"),
    "Deliver": ("bake_down", "export", "load_performance", "pack_performance", "tidy_up"),
}
"""Menu below it -> what works without being told more."""
PLACES = ("VIEW3D_MT_object", "VIEW3D_MT_pose", "SEQUENCER_MT_strip")


def _draw(layout: Any, names: tuple[str, ...]) -> None:
    layout.operator_context = "INVOKE_DEFAULT"
    for name in names:
        layout.operator(f"soliloquy.{name}")


def _below(title: str) -> type:
    """Return the menu of one group."""
    name = f"SOLILOQUY_MT_{title.lower().replace(' ', '_')}"

    def draw(self: Any, context: Any) -> None:
        _draw(self.layout, GROUPS[title])

    return type(name, (bpy.types.Menu,), {"bl_idname": name, "bl_label": title, "draw": draw, "__module__": __name__})


BELOW = tuple(_below(title) for title in GROUPS)


class SOLILOQUY_MT_menu(bpy.types.Menu):
    """What the panels can do"""

    bl_idname = "SOLILOQUY_MT_menu"
    bl_label = "Soliloquy"

    def draw(self, context: Any) -> None:
        """Draw what comes first, and a menu per group; what cannot be used now is grey and says why."""
        layout = self.layout
        _draw(layout, FIRST)
        layout.separator()
        for item in BELOW:
            layout.menu(item.__name__)
        layout.separator()
        _draw(layout, ("help",))


CLASSES = (*BELOW, SOLILOQUY_MT_menu)


def _append(self: Any, context: Any) -> None:
    self.layout.separator()
    self.layout.menu("SOLILOQUY_MT_menu", icon="USER")


def _import(self: Any, context: Any) -> None:
    self.layout.operator("soliloquy.add_vrm", text="VRM Character (.vrm)")


def register() -> None:
    """Add the menu to Blender's own, and what it reads to File > Import."""
    bpy.types.TOPBAR_MT_file_import.append(_import)
    for item in CLASSES:
        bpy.utils.register_class(item)
    for place in PLACES:
        getattr(bpy.types, place).append(_append)


def unregister() -> None:
    """Take it back."""
    bpy.types.TOPBAR_MT_file_import.remove(_import)
    for place in PLACES:
        getattr(bpy.types, place).remove(_append)
    for item in reversed(CLASSES):
        bpy.utils.unregister_class(item)
