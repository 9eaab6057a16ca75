"""Gestures: what the hands of the take do, when and why; each can be moved, replaced, removed and pinned."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators import jobs, session, take_list
from .editors import PRESENT, for_both_editors, paragraph, present_take


class SOLILOQUY_UL_gestures(bpy.types.UIList):
    """Rows of the list of gestures."""

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
        """Draw one gesture: its second, what it is, which hand, and whether it is pinned."""
        row = layout.row(align=True)
        time = row.row()
        time.ui_units_x = 3.2
        time.label(text=f"{item.time:.2f} s")
        row.label(text=item.name if item.act else f"{item.name}, {item.hand}")
        if item.act:
            row.label(text="", icon="TEXT")
            return
        pin = row.operator("soliloquy.gesture_pin", text="", icon="PINNED" if item.pinned else "UNPINNED", emboss=False)
        pin.index = index or 0

    def filter_items(self, context: Any, data: Any, property: str | None) -> tuple[list[int], list[int]]:
        """Show gestures and acts in the order of their seconds."""
        rows = getattr(data, property or "gestures")
        order = sorted(range(len(rows)), key=lambda index: rows[index].time)
        places = [0] * len(rows)
        for place, index in enumerate(order):
            places[index] = place
        flags: list[int] = []
        if self.filter_name:
            by_name = bpy.types.UI_UL_list.filter_items_by_name
            flags = by_name(self.filter_name, self.bitflag_filter_item, rows, "name")
        return flags, places


class _Gestures:
    """See and change the gestures of the take that plays, one by one."""

    panel_name = "gestures"
    bl_label = "Gestures"
    header_icon = PRESENT
    help_page = "gestures_controls.md#gestures-one-by-one"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the list, why the chosen one is there, and what can be done with it."""
        # Loaded when it is first shown, not with the extension.
        from ..operators import gesture_list

        layout = self.layout
        if not gesture_list.is_current(context):
            gesture_list.refresh_soon()
        reason = gesture_list.why_none(context)
        if reason:
            paragraph(layout, context, reason, icon="INFO")
            return
        found = take_list.playing(context)
        if found is not None:
            layout = present_take(layout, f"What the hands of {found[1].name} do")
        shown = context.window_manager.soliloquy_gestures
        free = change_all = not session.unavailable_reason() and not jobs.running()
        row = layout.row()
        row.template_list("SOLILOQUY_UL_gestures", "", shown, "gestures", shown, "index", rows=4)
        side = row.column(align=True)
        side.enabled = free
        side.operator_context = "INVOKE_DEFAULT"
        side.operator("soliloquy.gesture_add", text="", icon="ADD")
        remove = side.row()
        remove.enabled = not any(item.act for item in shown.gestures[shown.index : shown.index + 1])
        remove.operator("soliloquy.gesture_remove", text="", icon="REMOVE")
        if shown.gestures:
            chosen = shown.gestures[min(max(shown.index, 0), len(shown.gestures) - 1)]
            if chosen.why:
                paragraph(layout, context, chosen.why[0].upper() + chosen.why[1:] + ".")
            free = free and not chosen.act
            row = layout.row(align=True)
            play = row.row(align=True)
            play.enabled = not chosen.act
            play.operator("soliloquy.gesture_play", text="Play", icon="PLAY")
            change = row.row(align=True)
            change.enabled = free
            change.operator_context = "INVOKE_DEFAULT"
            change.operator("soliloquy.gesture_move", text="Move Here", icon="TRACKING_FORWARDS_SINGLE")
            row = layout.row(align=True)
            row.enabled = free
            row.operator_context = "INVOKE_DEFAULT"
            row.operator("soliloquy.gesture_replace", text="", icon="TRIA_LEFT").step = -1
            row.operator("soliloquy.gesture_replace", text="Replace")
            row.operator("soliloquy.gesture_replace", text="", icon="TRIA_RIGHT").step = 1
            row.operator("soliloquy.gesture_replace", text="", icon="MOD_MIRROR").mirror = True
        if found is not None and shown.gestures:
            _in_sequencer(layout, context, found, change_all)
        row = layout.row(align=True)
        new = row.row(align=True)
        new.enabled = change_all
        new.operator_context = "INVOKE_DEFAULT"
        pinned = sum(item.pinned for item in shown.gestures)
        text = f"New Gestures, Keep {pinned}" if pinned else "New Gestures"
        new.operator("soliloquy.gestures_renew", text=text, icon="FILE_REFRESH")
        row.operator_context = "INVOKE_DEFAULT"
        row.operator("soliloquy.gestures_save", text="", icon="EXPORT")
        load = row.row(align=True)
        load.enabled = change_all
        load.operator("soliloquy.gestures_load", text="", icon="IMPORT")


def _in_sequencer(layout: Any, context: Any, found: Any, free: bool) -> None:
    """Draw whether the Sequencer shows the gestures, and what was changed there."""
    from ..operators import gesture_track
    from ..rigs.takes.gesture_plan import plan_of

    rig, take = found
    there, changed, problem = gesture_track.state(rig, take, plan_of(rig, take) or ())
    if not there:
        layout.operator("soliloquy.gestures_show", icon="SEQ_SEQUENCER")
        return
    if problem:
        paragraph(layout, context, problem, icon="ERROR")
    row = layout.row(align=True)
    apply = row.row(align=True)
    apply.enabled = free and bool(changed) and not problem
    apply.operator_context = "INVOKE_DEFAULT"
    text = f"Apply {changed} from Sequencer" if changed else "As in the Sequencer"
    apply.operator("soliloquy.gestures_apply", text=text, icon="SEQ_SEQUENCER")
    row.operator("soliloquy.gestures_show", text="", icon="LOOP_BACK")
    row.operator("soliloquy.gestures_hide", text="", icon="X")


CLASSES = (SOLILOQUY_UL_gestures, *for_both_editors(_Gestures, parent="takes"))
