"""The mouth over its waveform in the 3D Views, while a take is made or waits to be kept; nothing of it at other times.

One at a time: of the jobs that have lips to show, one of the chosen character's, and of these what runs before what
waits to be kept. The session's timer says when there is something to show; nothing is drawn, listened to or registered
otherwise.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..inference.faults import first_line
from ..inference.orders.animate import AnimateJob
from . import handlers, mouth_scrub, session
from .mouth_preview import Previewed, lips, place_in, second_now, show, shown
from .preferences import preferences
from .progress_words import stage_line

_handler: Any = None
_drawn: tuple[Any, ...] = ()
"""What the 3D Views were last asked to show."""
_broken = ""
"""Why nothing can be drawn in this session, empty while it can."""


def ask(job: Previewed) -> None:
    """Ask the worker for early lips with a job that was just handed over, if the artist wants to see them."""
    if bpy.app.background or _broken or job.handle is None or not preferences().mouth_overlay:
        return
    if isinstance(job.order, AnimateJob) and "lips" in job.order.settings.regions:
        from ..inference.early_lips import LipsSoFar

        job.handle.early = LipsSoFar()


def follow(running: Iterable[Previewed]) -> None:
    """Show, go on showing, or take away; the session's timer calls this with the jobs that are not finished."""
    global _broken
    try:
        _follow(running)
    except Exception as error:
        # The jobs themselves go on: what watches them calls this.
        traceback.print_exc()
        _broken = _why(error)
        handlers.soon(_give_up)


def _follow(running: Iterable[Previewed]) -> None:
    global _drawn
    found = None if _broken else _meant([job for job in running if lips(job) is not None and job.scene is not None])
    if found is None:
        stop()
        return
    show(found)
    _begin()
    early, handle = lips(found), found.handle
    assert early is not None
    assert handle is not None
    now = (found.number, early.changes, handle.state, stage_line(handle), found.held)
    if now != _drawn:
        _drawn = now
        redraw()


def _meant(candidates: list[Previewed]) -> Previewed | None:
    if len(candidates) > 1:
        from .choice import anchor, seen

        rig = seen(bpy.context).rig
        uid = anchor(rig).session_uid if rig is not None else 0
        candidates.sort(key=lambda job: (getattr(job, "object_uid", -1) != uid, job.held, job.number))
    return next(iter(candidates), None)


def _begin() -> None:
    global _handler
    if _handler is None and not _broken:
        handlers.remove(_HANDLERS)
        handlers.add(_HANDLERS)
        _handler = bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_PIXEL")
        mouth_scrub.register()


def stop() -> None:
    """Take everything away that draws or listens."""
    global _drawn
    _drawn = ()
    handlers.not_any_more(_give_up)
    handlers.remove(_HANDLERS)
    _leave()


@persistent
def _leave(*_: Any) -> None:
    """Draw and listen no more; another file has nothing of this one's jobs to show."""
    global _handler
    show(None)
    if _handler is not None:
        bpy.types.SpaceView3D.draw_handler_remove(_handler, "WINDOW")
        _handler = None
        mouth_scrub.unregister()
        redraw()


_HANDLERS = (("load_pre", _leave),)


def redraw() -> None:
    """Ask the 3D Views to draw themselves again."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "WINDOW":
                        region.tag_redraw()


def _draw() -> None:
    global _broken
    if _broken:
        return
    try:
        _paint(bpy.context)
    except Exception as error:
        # Said once, and taken away as soon as Blender does not draw: it would fail with every redraw.
        _broken = _why(error)
        handlers.soon(_give_up)


def _why(error: Exception) -> str:
    return f"The mouth cannot be previewed here ({first_line(error)})."


def _paint(context: Any) -> None:
    from ..rigs.mouth_view.paint import Shown, paint

    job, place = shown(), place_in(context)
    early = lips(job)
    if job is None or job.handle is None or early is None or place is None:
        return
    second = second_now(context)
    within = 0 <= second <= early.seconds
    paint(
        Shown(
            title=_title(job),
            line="Made: keep or discard it" if job.held else stage_line(job.handle),
            row=early.at(second) if within else None,
            loudness=early.loudness,
            made=early.made(256),
            head=second / early.seconds if within else None,
            hovered=mouth_scrub.hovered(),
            keeps=job.held,
        ),
        place,
    )


def _title(job: Previewed) -> str:
    speaker = getattr(job, "object_name", "")
    return f"{speaker}: {job.title}" if speaker else job.title


def _give_up() -> None:
    stop()
    session.set_notice(f"{_broken} Performances are made all the same.")


def unregister() -> None:
    """Leave nothing behind, and forget what went wrong."""
    global _broken
    stop()
    _broken = ""
