"""The list of gestures in the panels: a copy of the plan of the take that plays, and one stroke shown when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ..inference.errors import SoliloquyError
from . import handlers, session, take_list

if TYPE_CHECKING:
    from ..inference.gestures.planned import Planned
    from ..rigs.rig import Rig
    from ..rigs.takes.take import Take

_BEFORE = 0.2  # seconds that are played before the hands set off, and after they are back
_names: list[tuple[str, str, str]] = []  # Blender keeps no reference to the texts of a menu made by a function.
_filling = False
_stroke: tuple[int, float, float, float] | None = None
"""Scene, first and last frame that are being played, and the frame to stand at then."""


def chosen(shown: Any, context: Any) -> None:
    """Go to the stroke that was clicked in the list."""
    found = None if _filling else playing(context)
    if found is not None and 0 <= shown.index < len(shown.gestures):
        from ..rigs.takes.gestures import frame_at

        context.scene.frame_set(round(frame_at(*found[:2], shown.gestures[shown.index].time)))


def playing(context: Any) -> tuple[Rig, Take, Planned] | None:
    """Return the character, its take that plays and the plan of that; None where one of them is missing."""
    from ..rigs.takes.gesture_plan import plan_of

    found = take_list.playing(context)
    if found is None:
        return None
    try:
        planned = plan_of(*found)
    except SoliloquyError:
        return None
    return None if planned is None else (*found, planned)


def _state(found: tuple[Rig, Take, Planned] | None) -> str:
    from ..rigs.takes.gesture_plan import text_of

    return "" if found is None else f"{found[1].id} {hash(text_of(*found[:2]))}"


def why_none(context: Any) -> str:
    """Return why the take that plays has no list of gestures, empty where it has one; for drawing."""
    from ..rigs.takes.gesture_plan import plan_of

    found = take_list.playing(context)
    if found is None:
        return "No take of the character plays."
    try:
        if plan_of(*found) is not None:
            return ""
    except SoliloquyError as error:
        return str(error)
    body = found[1].meta.get("settings", {}).get("body", "none")
    if body != "phrases":
        return (
            "This take's gestures were drawn without a plan. Choose Gesture phrases under Body & Gestures and animate."
        )
    return "This take has no list of gestures: it was made without body, or before there were lists. Animate again."


def is_current(context: Any) -> bool:
    """Return whether the list shows exactly the gestures there are."""
    return bool(context.window_manager.soliloquy_gestures.owner == _state(playing(context)))


def place(operator: Any, context: Any, planned: Planned) -> int:
    """Return which gesture an operator means: what it was given, else the one chosen in the list."""
    given = operator.properties.is_property_set("index")
    index = operator.index if given else context.window_manager.soliloquy_gestures.index
    rows = context.window_manager.soliloquy_gestures.gestures
    if len(planned) <= index < len(rows) and rows[index].act:
        raise SoliloquyError("Head and eyes do this as the direction says.", "Change the text, and animate again.")
    if not 0 <= index < len(planned):
        raise SoliloquyError("There is no such gesture in the list.", "Choose one.")
    return index


def vocabulary_items() -> list[tuple[str, str, str]]:
    """Return the gestures of the vocabulary as Blender's menus take them."""
    if not _names:
        from ..inference.gestures.names import vocabulary

        try:
            found = vocabulary().values()
        except SoliloquyError as error:
            return [("NONE", error.message, "")]
        hands = {"both": "both hands", "left": "one hand", "right": "one hand"}
        _names.extend(
            (item.name, f"{item.kind.title()}: {item.title} ({hands[item.hand]})", item.name)
            for item in sorted(found, key=lambda one: one.kind)
        )
    return _names


def refresh(context: Any = None) -> None:
    """Fill the list again from the take that plays."""
    global _filling
    from ..inference.gestures.names import title_of

    context = context or bpy.context
    found = playing(context)
    shown = context.window_manager.soliloquy_gestures
    _filling = True
    try:
        shown.gestures.clear()
        shown.owner = _state(found)
        for item in found[2] if found is not None else ():
            row = shown.gestures.add()
            row.name, row.time, row.hand, row.why = title_of(item.gesture), item.time, item.hand, item.why
            row.pinned = item.pinned
        for time, name, hand, why in _acts(found[1]) if found is not None else ():
            row = shown.gestures.add()
            row.name, row.time, row.hand, row.why, row.act = name, time, hand, why, True
        shown.index = min(shown.index, max(len(shown.gestures) - 1, 0))
    finally:
        _filling = False


def _acts(take: Take) -> list[tuple[float, str, str, str]]:
    """Return second, name, part and reason of what head, eyes and brows do because it was directed, in order."""
    from ..inference.direction.acts import ACTS, REASON, said
    from ..inference.settings import recorded_settings

    try:
        rows = recorded_settings(take.meta).acts
    except SoliloquyError:
        return []
    others = [row for row in rows if ACTS[row[1]].part != "hands"]
    return [(row[0], ACTS[row[1]].title.capitalize(), ACTS[row[1]].part, f"{REASON}: {said(row)}") for row in others]


def refresh_soon() -> None:
    """Fill the list again outside of drawing, where Blender allows writing."""
    handlers.soon(_refresh_once)


def _refresh_once() -> None:
    try:
        refresh()
    except SoliloquyError as error:
        # A timer that raised would print a traceback; the list stays empty until the next take.
        session.set_error(error)
    session.redraw()


def choose_at(context: Any, second: float) -> None:
    """Choose the gesture that is nearest to a second in the list; the playhead stays."""
    global _filling
    refresh(context)
    shown = context.window_manager.soliloquy_gestures
    _filling = True
    try:
        rows = [(index, item) for index, item in enumerate(shown.gestures) if not item.act]
        near = sorted((abs(item.time - second), index) for index, item in rows)
        if near:
            shown.index = near[0][1]
    finally:
        _filling = False


def show_stroke(context: Any, rig: Rig, take: Take, planned: Planned, second: float) -> None:
    """Play the gesture nearest to a second once, with its sound, and stay at its stroke; without a window: go there."""
    global _stroke
    from ..rigs.takes.gestures import frame_at

    item = min(planned, key=lambda one: abs(one.time - second), default=None)
    if item is None:
        return
    scene = context.scene
    first, stand, last = (
        frame_at(rig, take, at) for at in (item.start - _BEFORE, item.time, min(item.end, item.time + 1.5) + _BEFORE)
    )
    window = next(iter(context.window_manager.windows), None)
    if bpy.app.background or window is None or window.scene != scene:
        scene.frame_set(round(stand))
        return
    low = scene.frame_preview_start if scene.use_preview_range else scene.frame_start
    high = scene.frame_preview_end if scene.use_preview_range else scene.frame_end
    scene.frame_set(max(round(first), low))
    _stroke = (scene.session_uid, max(first, low) - 2, min(last, high - 1), stand)
    with context.temp_override(window=window, screen=window.screen):
        if not window.screen.is_animation_playing:
            bpy.ops.screen.animation_play()
    session.add_ticker(_watch_stroke)


def _watch_stroke() -> float | None:
    """Stop when the stroke has been played, or let go where somebody stopped it or went elsewhere."""
    global _stroke
    windows = [window for window in bpy.context.window_manager.windows if window.screen.is_animation_playing]
    if _stroke is None or not windows or windows[0].scene.session_uid != _stroke[0]:
        _stroke = None
        return None
    scene = windows[0].scene
    if _stroke[1] <= scene.frame_current < _stroke[2]:
        return session.BUSY_INTERVAL
    with bpy.context.temp_override(window=windows[0], screen=windows[0].screen):
        bpy.ops.screen.animation_cancel(restore_frame=False)
    scene.frame_set(round(_stroke[3]))
    _stroke = None
    return None


def forget() -> None:
    """Let go of what is being shown."""
    global _stroke
    _stroke = None
    handlers.not_any_more(_refresh_once)
