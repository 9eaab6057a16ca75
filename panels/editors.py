"""One panel, two editors: the sidebars of the 3D View and of the Sequencer show the same panels, and where the artist
wants them the scene's tab of the Properties too.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import Any

import bpy

from ..inference.setting import settings_of

EDITORS = (("VIEW_3D", "UI", ""), ("SEQUENCE_EDITOR", "UI", "_sequencer"), ("PROPERTIES", "WINDOW", "_properties"))
CATEGORY = "Soliloquy"
# Blender's interface font at 100 %: the average width of a letter, and the width lost to margins and an icon.
LETTER_PIXELS = 6.8
MARGIN_PIXELS = 52
_MEASURED = re.compile(r"(\d) (?=(?:s|ms|min|fps|cm|mm|m|%)\b)")
"""The space between a number and its unit."""
PRESENT, NEXT = "KEYFRAME_HLT", "KEYFRAME"
"""Icons in the headers of what changes the take that plays (keys that are there) and of what directs the next one
(keys to come)."""


def for_both_editors(body: type, *, parent: str = "") -> list[type]:
    """Return one panel class per editor, drawn by ``body``.

    Parameters
    ----------
    body : type
        A class with ``panel_name``, ``bl_label``, ``draw`` and what else a panel may have; ``header_icon`` is an icon
        before the label, ``help_page`` the page of docs/ that a question mark in the header opens, such as
        ``"emotions.md"`` or ``"blender.md#panels"``.
    parent : str
        ``panel_name`` of the panel this one belongs under; empty for a panel of its own.
    """
    classes = []
    for space, region, suffix in EDITORS:
        identifier = f"SOLILOQUY_PT_{body.panel_name}{suffix}"
        values: dict[str, Any] = {
            "bl_idname": identifier,
            "bl_space_type": space,
            "bl_region_type": region,
            "bl_category": CATEGORY,
            "__doc__": body.__doc__,
            "__module__": body.__module__,
        }
        if space == "PROPERTIES":
            values["bl_context"] = "scene"
        if parent:
            values["bl_parent_id"] = f"SOLILOQUY_PT_{parent}{suffix}"
        if hasattr(body, "header_icon") and not hasattr(body, "draw_header"):
            values["draw_header"] = _icon_header(body.header_icon)
        if hasattr(body, "help_page"):
            values["draw_header_preset"] = _help_header(body.help_page)
        classes.append(type(identifier, (body, bpy.types.Panel), values))
    return classes


def _icon_header(icon: str) -> Callable[[Any, Any], None]:
    def draw_header(self: Any, context: Any) -> None:
        self.layout.label(text="", icon=icon)

    return draw_header


def _help_header(page: str) -> Callable[[Any, Any], None]:
    def draw_header_preset(self: Any, context: Any) -> None:
        row = self.layout.row()
        row.active = False  # pale: help does not call
        row.operator("soliloquy.help", text="", icon="QUESTION", emboss=False).page = page

    return draw_header_preset


def present_take(layout: Any, heading: str) -> Any:
    """Draw the box of what is done with a take that is there, headed by words with its name; returns the box."""
    box = layout.box()
    box.label(text=heading, icon=PRESENT)
    return box


def paragraph(layout: Any, context: Any, text: str, icon: str = "NONE") -> None:
    """Draw a text over as many lines as the sidebar's width asks for."""
    scale = context.preferences.system.ui_scale or 1.0  # 0 without a window
    region = getattr(context, "region", None)
    width = region.width if region is not None and region.width > 1 else 280 * scale
    letters = max(18, int((width - MARGIN_PIXELS * scale) / (LETTER_PIXELS * scale)))
    column = layout.column(align=True)
    column.scale_y = 0.85
    # A unit stays with its number: a lone "s." on a line of its own reads as a mistake.
    whole = _MEASURED.sub("\\1\N{NO-BREAK SPACE}", text)
    for index, line in enumerate(textwrap.wrap(whole, letters)):
        shown = line.replace("\N{NO-BREAK SPACE}", " ")
        column.label(text=shown, icon=icon if index == 0 or icon == "NONE" else "BLANK1")


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
