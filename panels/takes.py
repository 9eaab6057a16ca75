"""Takes: every performance made so far; the chosen one plays."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty

from ..operators import edit_take, following, jobs, session, take_list, takes, waiting
from ..operators.choice import seen
from .editors import PRESENT, for_both_editors, paragraph

_ORDERS = (
    ("MADE", "Made", "Oldest first"),
    ("NAME", "Name", "By name"),
    ("RATING", "Stars", "The best first"),
    ("STRIP", "Speech", "By what is spoken"),
)


class SOLILOQUY_UL_takes(bpy.types.UIList):
    """Rows of the list of takes."""

    order: EnumProperty(name="Order", description="What the takes are sorted by", items=_ORDERS)
    least: IntProperty(name="Stars", description="Show takes with so many stars or more", min=0, max=5)
    this_strip: BoolProperty(name="This Strip", description="Show takes of the strip chosen in the Sequencer alone")

    def draw_item(
        self,
        context: Any,
        layout: Any,
        data: Any,
        item: Any,
        icon: int | None,
        active_data: Any,
        active_property: str | None,
        index: int | None = 0,
        flt_flag: int | None = 0,
    ) -> None:
        """Draw one take in two lines: whether it plays, its name (double-click to rename), stars; what made it."""
        column = layout.column(align=True)
        row = column.row(align=True)
        row.label(text="", icon="RADIOBUT_ON" if item.active else "RADIOBUT_OFF")
        row.prop(item, "name", text="", emboss=False)
        stars = row.row(align=True)
        stars.scale_x = 0.75
        for number in range(1, 6):
            lit = "SOLO_ON" if number <= item.rating else "SOLO_OFF"
            star = stars.operator("soliloquy.take_rate", text="", icon=lit, emboss=False)
            star.take, star.stars, star.toggle = item.take_id, number, True
        below = column.row(align=True)
        below.scale_y = 0.7
        below.label(text=_below(item), icon="BLANK1")

    def draw_filter(self, context: Any, layout: Any) -> None:
        """Draw what is shown of the list, and in which order."""
        row = layout.row(align=True)
        row.prop(self, "filter_name", text="", icon="VIEWZOOM")
        row.prop(self, "order", text="")
        row = layout.row(align=True)
        row.prop(self, "least", text="At Least", icon="SOLO_ON", slider=True)
        row.prop(self, "this_strip", toggle=True)

    def filter_items(self, context: Any, data: Any, property: str) -> tuple[list[int], list[int]]:
        """Return which rows show, as Blender's flags, and the place of each."""
        from ..operators import take_rows

        items = list(getattr(data, property))
        strip = take_rows.chosen_strip(context) if self.this_strip else None
        shows, places = take_rows.arranged(items, self.order, self.least, strip)
        wanted = self.filter_name.casefold()
        bit = self.bitflag_filter_item
        flags = [bit if show and wanted in item.name.casefold() else 0 for show, item in zip(shows, items, strict=True)]
        return flags, places


def _below(item: Any) -> str:
    """Return the second line of a row: state, length, variation, engine; short, for a sidebar cuts it off."""
    variation = f"Variation {item.variation}" if item.variation not in ("", "0") else ""
    said = [item.state.capitalize(), item.length, variation, item.engine]
    return " \u00b7 ".join(part for part in said if part)


class _Takes:
    """Choose, rename and remove takes."""

    panel_name = "takes"
    bl_label = "Takes"
    header_icon = PRESENT
    help_page = "takes.md"

    def draw(self, context: Any) -> None:
        """Draw the list."""
        from .compare import compare

        layout = self.layout
        rig = seen(context).rig
        if not take_list.is_current(context, rig):
            take_list.refresh_soon()
        shown = context.window_manager.soliloquy_takes
        _waiting(layout, context)
        if not shown.takes:
            paragraph(layout, context, "No takes yet.", icon="INFO")
            return
        row = layout.row()
        row.template_list("SOLILOQUY_UL_takes", "", shown, "takes", shown, "index", rows=3)
        index = min(max(shown.index, 0), len(shown.takes) - 1)
        chosen = shown.takes[index]
        side = row.column(align=True)
        side.operator("soliloquy.take_rename", text="", icon="GREASEPENCIL").take = chosen.take_id
        side.operator("soliloquy.take_duplicate", text="", icon="DUPLICATE").take = chosen.take_id
        side.operator("soliloquy.take_settings", text="", icon="SETTINGS").take = chosen.take_id
        side.operator("soliloquy.take_remove", text="", icon="TRASH").take = chosen.take_id
        _settings(layout, context, chosen)
        if chosen.warnings:
            paragraph(layout, context, chosen.warnings, icon="ERROR")
        lost = takes.why_lost(context, chosen.take_id)
        if lost is not None:
            paragraph(layout, context, lost.message, icon="ERROR")
            paragraph(layout, context, lost.hint, icon="FORWARD")
        still = takes.silenced(context, chosen.take_id)
        if still:
            paragraph(layout, context, still, icon="MUTE_IPO_ON")
            layout.operator("soliloquy.take_activate", text="Play All of It", icon="PLAY").take = chosen.take_id
        _strip(layout, context, chosen.take_id)
        compare(layout, context, chosen)
        _edit(layout, context, chosen)
        sentences, can_keep = takes.keys_on_top(context)
        for sentence in sentences:
            paragraph(layout, context, sentence, icon="KEYINGSET")
        if can_keep:
            layout.operator(
                "soliloquy.keep_fix", text="Keep as Fix of This Take", icon="NLA_PUSHDOWN"
            ).take = chosen.take_id


def _settings(layout: Any, context: Any, chosen: Any) -> None:
    """Draw, folded, what the chosen take was made with otherwise than by default."""
    header, body = layout.panel("soliloquy_take_settings", default_closed=True)
    header.label(text=f"Settings of {chosen.name}")
    if body is None:
        return
    if chosen.summary:
        paragraph(body, context, chosen.summary)
    said = take_list.settings_of(context, chosen.take_id)
    for title, value in said:
        row = body.split(factor=0.45)
        row.label(text=title)
        row.label(text=value)
    if not said:
        body.label(text="Everything as it comes by default.")
    if chosen.speech:
        body.label(text=chosen.speech, icon="SOUND")


def _edit(layout: Any, context: Any, chosen: Any) -> None:
    """Draw how to open the take's keys for editing, and to close them."""
    opened = edit_take.opened(context)
    if opened:
        names = ", ".join(name.replace("_", " ") for name in opened)
        paragraph(layout, context, f"Keys open in the Dope Sheet and Graph Editor: {names}.", icon="ACTION")
        layout.operator("soliloquy.leave_take", icon="CHECKMARK")
    elif chosen.active:
        row = layout.row(align=True)
        row.operator("soliloquy.edit_take", icon="ACTION").take = chosen.take_id
        for name, item, icon in (("edit_take", "region", "DOWNARROW_HLT"), ("bake_down", "into", "FILE_TICK")):
            row.operator_menu_enum(f"soliloquy.{name}", item, text="", icon=icon).take = chosen.take_id
        row = layout.row(align=True)
        button = row.operator("soliloquy.edit_take", text="Fix", icon="NLA_PUSHDOWN")
        button.take, button.fix = chosen.take_id, True
        if "fix" in chosen.state:
            row.operator("soliloquy.remove_fix", text="", icon="X").take = chosen.take_id
    for sentence in takes.beforehand(context, chosen.take_id):
        paragraph(layout, context, sentence, icon="KEYINGSET")


def _strip(layout: Any, context: Any, take: str) -> None:
    """Draw whether the take follows its strip, and what to do where it cannot."""
    tie = following.tie_of(context, take)
    if tie is None:
        return
    row = layout.row(align=True)
    paragraph(row.column(), context, tie.text, icon=tie.icon)
    row.prop(context.scene.soliloquy, "follow_strips", text="", icon="UV_SYNC_SELECT")
    if tie.again:
        row = layout.row()
        row.enabled = not session.unavailable_reason() and not jobs.running()
        row.operator_context = "INVOKE_DEFAULT"
        row.operator("soliloquy.animate_again", text="Animate Again", icon="FILE_REFRESH").take = take
    elif tie.elsewhere:
        layout.operator("soliloquy.follow_strip", icon="LINKED").take = take


def _waiting(layout: Any, context: Any) -> None:
    """Draw takes that wait for their character."""
    for index, job in enumerate(waiting.waiting()):
        paragraph(layout, context, waiting.title(job), icon="TIME")
        row = layout.row(align=True)
        put = row.row(align=True)
        put.enabled = not bpy.types.SOLILOQUY_OT_put_waiting.disabled_reason(context)
        put.operator("soliloquy.put_waiting", text="Put onto This Character").index = index
        row.operator("soliloquy.forget_waiting", text="", icon="X").index = index


CLASSES = (SOLILOQUY_UL_takes, *for_both_editors(_Takes))
