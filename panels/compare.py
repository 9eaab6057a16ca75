"""Compare: the chosen take and another one, told apart in words and figures, switched by a key, seen on a ghost."""

from __future__ import annotations

from typing import Any

from ..operators import compare_takes
from .editors import paragraph


def compare(layout: Any, context: Any, chosen: Any) -> None:
    """Draw the folded part of *Takes* about two takes; nothing where there is only one."""
    shown = context.window_manager.soliloquy_takes
    found = compare_takes.pair(context, chosen.take_id, shown.other)
    if found is None:
        return
    header, body = layout.panel("soliloquy_compare", default_closed=True)
    header.label(text="Compare")
    header.operator("soliloquy.take_ab", text="A/B", icon="UV_SYNC_SELECT")
    if body is None:
        return
    body.prop_search(shown, "other", shown, "takes", text="With", icon="ACTION")
    if shown.other != found.other_name:
        body.label(text=f"{chosen.name} and {found.other_name}")
    row = body.row(align=True)
    button = row.operator("soliloquy.compare_takes", text="Differences", icon="VIEWZOOM")
    button.take, button.other = chosen.take_id, found.other
    if found.ghost:
        row.operator("soliloquy.hide_ghost", icon="GHOST_DISABLED", text=f"Hide {found.ghost}")
    else:
        button = row.operator("soliloquy.show_ghost", icon="GHOST_ENABLED")
        button.take, button.other = chosen.take_id, found.other
        button.aside, button.look = shown.aside, shown.look
    row = body.row(align=True)
    row.prop(shown, "aside")
    row.prop(shown, "look", text="")
    if found.compared is None:
        return
    box = body.box()
    column = box.column(align=True)
    names = [("", *found.compared.names)] if found.compared.settings else []
    for what, mine, theirs in [*names, *found.compared.settings]:
        row = column.split(factor=0.4)
        row.label(text=what)
        pair = row.row()
        pair.label(text=mine)
        pair.label(text=theirs)
    for apart in found.compared.curves:
        paragraph(box, context, apart.words)
    if not found.compared.settings and not found.compared.curves:
        box.label(text="They are the same.")
