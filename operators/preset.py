"""Direct by type of character: one preset sets several settings of the scene at once."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty

from ..inference.gestures.settings import GestureSettings
from ..inference.setting import settings_of
from ..inference.settings import AnimateSettings

_ITEMS: list[tuple[str, str, str]] = []  # Blender keeps no reference to the texts of a menu made by a function.


def _items(_self: Any, _context: Any) -> list[tuple[str, str, str]]:
    from ..inference.presets import presets

    if not _ITEMS:
        _ITEMS.extend((preset.name.upper(), preset.title, preset.text) for preset in presets().values())
    return _ITEMS


class SOLILOQUY_OT_preset(bpy.types.Operator):
    """Direct the next take by a type of character: gestures, posture, head, eyes and emotion at once"""

    bl_idname = "soliloquy.preset"
    bl_label = "Character Type"
    bl_options = {"REGISTER", "UNDO"}

    preset: EnumProperty(name="Character Type", description="Who is speaking", items=_items)

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """Return what the type is like, for the menu."""
        from ..inference.presets import find_preset

        return find_preset(properties.preset.lower()).text if properties.preset else (cls.__doc__ or "")

    def execute(self, context: Any) -> set[str]:
        """Set the scene's settings."""
        from ..inference.presets import find_preset

        chosen = find_preset(self.preset.lower())
        for cls in (AnimateSettings, GestureSettings):
            known = settings_of(cls)
            for name, value in chosen.of(cls).items():
                item = known[name]
                shown = value.upper() if item.names else item.scale * value if item.kind is float else value
                setattr(context.scene.soliloquy, item.shown_name, shown)
        self.report({"INFO"}, f"Directed as: {chosen.title}. Press Animate for a take.")
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_preset,)
