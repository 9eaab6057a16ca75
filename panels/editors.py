"""One panel, two editors: the sidebar of the 3D View and the sidebar of the Sequencer show the same panels."""

from __future__ import annotations

import textwrap
from typing import Any

import bpy

from ..inference.setting import settings_of

EDITORS = (("VIEW_3D", ""), ("SEQUENCE_EDITOR", "_sequencer"))
CATEGORY = "Soliloquy"
# Blender's interface font at 100 %: the average width of a letter, and the width lost to margins and an icon.
LETTER_PIXELS = 6.8
MARGIN_PIXELS = 52


def for_both_editors(body: type, *, parent: str = "") -> list[type]:
    """Return one panel class per editor, drawn by ``body``.

    Parameters
    ----------
    body : type
        A class with ``panel_name``, ``bl_label``, ``draw`` and what else a panel may have.
    parent : str
        ``panel_name`` of the panel this one belongs under; empty for a panel of its own.
    """
    classes = []
    for space, suffix in EDITORS:
        identifier = f"SOLILOQUY_PT_{body.panel_name}{suffix}"
        values: dict[str, Any] = {
            "bl_idname": identifier,
            "bl_space_type": space,
            "bl_region_type": "UI",
            "bl_category": CATEGORY,
            "__doc__": body.__doc__,
            "__module__": body.__module__,
        }
        if parent:
            values["bl_parent_id"] = f"SOLILOQUY_PT_{parent}{suffix}"
        classes.append(type(identifier, (body, bpy.types.Panel), values))
    return classes


def paragraph(layout: Any, context: Any, text: str, icon: str = "NONE") -> None:
    """Draw a text over as many lines as the sidebar's width asks for."""
    scale = context.preferences.system.ui_scale or 1.0  # 0 without a window
    region = getattr(context, "region", None)
    width = region.width if region is not None and region.width > 1 else 280 * scale
    letters = max(18, int((width - MARGIN_PIXELS * scale) / (LETTER_PIXELS * scale)))
    column = layout.column(align=True)
    column.scale_y = 0.85
    for index, line in enumerate(textwrap.wrap(text, letters)):
        column.label(text=line, icon=icon if index == 0 or icon == "NONE" else "BLANK1")


def draw_settings(layout: Any, owner: Any, cls: type[Any], *names: str) -> None:
    """Draw settings by the names of their fields.

    Parameters
    ----------
    owner : bpy.types.bpy_struct
        What has their properties.
    cls : type
        The dataclass that declares them.
    """
    known = settings_of(cls)
    for name in names:
        layout.prop(owner, known[name].shown_name, slider=True)
