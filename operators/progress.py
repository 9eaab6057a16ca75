"""A word and a moving number while Blender is busy with one thing and cannot answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import bpy


@contextmanager
def busy(context: Any, text: str) -> Iterator[Callable[[float], None]]:
    """Say in the status bar what Blender does, with a number at the mouse, for as long as the block runs.

    Parameters
    ----------
    context : bpy.types.Context
        Its window shows the text; the first window where it has none, as in a timer.
    text : str
        Such as ``"Exporting Take 1"``.

    Yields
    ------
    callable
        Takes the fraction that is done, 0..1.
    """
    manager = context.window_manager
    window = context.window or next(iter(manager.windows), None)
    workspace = window.workspace if window is not None else None
    manager.progress_begin(0.0, 100.0)
    try:
        if workspace is not None:
            workspace.status_text_set(f"{text} ...")
            _draw(window)
        yield lambda fraction: manager.progress_update(100.0 * min(max(fraction, 0.0), 1.0))
    finally:
        manager.progress_end()
        if workspace is not None:
            workspace.status_text_set(None)


def _draw(window: Any) -> None:
    """Draw the window now: Blender itself draws only when the operator or the timer has ended."""
    if bpy.app.background:
        return
    with bpy.context.temp_override(window=window):
        if bpy.ops.wm.redraw_timer.poll():
            bpy.ops.wm.redraw_timer(type="DRAW_WIN_SWAP", iterations=1)
