"""The menu Soliloquy, under Object, Pose and Strip: there Blender's search (F3) finds what the panels can do."""

from __future__ import annotations

from typing import Any

import bpy

GROUPS = (
    ("add_character", "add_body_model", "add_face_shapes", "set_stage"),
    ("choose_speaker", "align_words", "hear_emotion", "write_direction", "write_direction"),
    ("animate", "animate_all", "idle", "regenerate", "seed_reroll", "cancel", "try_again"),
    (
        "edit_take",
        "leave_take",
        "keep_fix",
        "bake_down",
        "take_rename",
        "take_duplicate",
        "take_settings",
        "take_remove",
    ),
    ("take_ab", "add_controls", "bake_controls", "remove_controls"),
    ("add_controls", "bake_controls", "remove_controls"),
    ("craft_reset", "reshape_reset", "pack_performance", "follow_strip", "animate_again"),
    ("load_performance", "export", "tidy_up"),
    ("mapping_detect", "mapping_test", "mapping_test_end", "mapping_import", "mapping_export"),
    ("help",),
)
"""What works without being told more, in the order of the work; a line between the groups."""
PLACES = ("VIEW3D_MT_object", "VIEW3D_MT_pose", "SEQUENCER_MT_strip")


class SOLILOQUY_MT_menu(bpy.types.Menu):
    """What the panels can do"""

    bl_idname = "SOLILOQUY_MT_menu"
    bl_label = "Soliloquy"

    def draw(self, context: Any) -> None:
        """Draw every group; what cannot be used now is grey and says why."""
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        for index, group in enumerate(GROUPS):
            if index:
                layout.separator()
            for name in group:
                layout.operator(f"soliloquy.{name}")


def _append(self: Any, context: Any) -> None:
    self.layout.separator()
    self.layout.menu("SOLILOQUY_MT_menu", icon="USER")


def register() -> None:
    """Add the menu to Blender's own."""
    bpy.utils.register_class(SOLILOQUY_MT_menu)
    for place in PLACES:
        getattr(bpy.types, place).append(_append)


def unregister() -> None:
    """Take it back."""
    for place in PLACES:
        getattr(bpy.types, place).remove(_append)
    bpy.utils.unregister_class(SOLILOQUY_MT_menu)
