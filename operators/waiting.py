"""Takes whose character went away while they were made: they wait until it is there again.

Opening another file, Revert and undo take characters away, and bring them back as other data under the same name. In
the file that a take was ordered in it is put onto the character of that name by itself; elsewhere the panel offers it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.app.handlers import persistent
from bpy.props import IntProperty

from ..inference.errors import BadRig, SoliloquyError
from . import handlers, history, jobs, session, take_list
from .choice import anchor, chosen_rig, seen
from .progress import busy
from .reason import Reasoned

if TYPE_CHECKING:
    from .take_job import TakeJob

_waiting: list[TakeJob] = []
_files = 0
"""How many files were opened in this session, by which those that were never saved are told apart."""


def this_file() -> str:
    """Return what tells the open file from others: its path, else which one of this session's it is."""
    return bpy.data.filepath or f"unsaved file {_files}"


def waiting() -> list[TakeJob]:
    """Return what waits, oldest first."""
    return list(_waiting)


def keep(job: TakeJob) -> BadRig:
    """Let a finished performance wait for its character, and return what to tell the artist."""
    if job not in _waiting:
        _waiting.append(job)
    session.add_ticker(look)
    return BadRig(
        f"The {job.awaited} is gone, so the performance waits: it is put there when that is there again.",
        "Undo or open the file, or put it onto another character under Takes. The performance is kept at "
        f"{job.order.output}.",
    )


def look() -> float | None:
    """Put what waits onto characters that are there again; the session's timer calls this."""
    if jobs.modal_edit_runs():
        return session.IDLE_INTERVAL
    for job in waiting():
        place = job.place()
        if place is not None:
            _waiting.remove(job)
            _put(job, *place)
    return session.IDLE_INTERVAL if _waiting else None


def _put(job: TakeJob, rig: Any, scene: Any, *, whole: bool = False) -> None:
    """Bake a performance that waited; what went wrong is shown in the panels."""
    try:
        made = job.put_onto(rig, scene, whole=whole)
        history.push(job.undo_text)
    except SoliloquyError as error:
        session.set_error(error)
    else:
        session.set_error(None)
        session.set_notice(f"'{anchor(rig).name}' is there again. {made}")
    take_list.refresh()
    session.redraw()


def title(job: TakeJob) -> str:
    """Return in a sentence what waits for whom."""
    return f"'{job.speech or job.title}' waits for the {job.awaited}."


class _OnWaiting(Reasoned):
    index: IntProperty(name="Index", description="Which of the takes that wait, counted from 0", min=0)

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return cls.call_reason(context)

    @classmethod
    def call_reason(cls, context: Any) -> str:
        """Return that no take waits, empty when one does."""
        return "" if _waiting else "No take waits for its character."

    def _job(self) -> TakeJob:
        if self.index >= len(_waiting):
            raise SoliloquyError("That take waits no longer.", "Look under Takes.")
        return _waiting[self.index]


class SOLILOQUY_OT_put_waiting(_OnWaiting, bpy.types.Operator):
    """Put this take, whose own character is gone, onto the chosen character"""

    bl_idname = "soliloquy.put_waiting"
    bl_label = "Put Waiting Take onto Character"
    # The undo step is pushed with the take.
    bl_options = {"REGISTER"}

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        found = seen(context)
        return cls.call_reason(context) or found.error or ("" if found.rig is not None else "Choose a character.")

    def execute(self, context: Any) -> set[str]:
        """Bake it."""
        try:
            job, rig = self._job(), chosen_rig(context)
            if rig is None:
                raise SoliloquyError("No character is chosen.", "Choose one under Character, or select it.")
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        _waiting.remove(job)
        with busy(context, f"{self.bl_label}: {job.title}"):
            _put(job, rig, context.scene, whole=True)
        if job.report is None:
            _waiting.append(job)
            self.report({"ERROR"}, str(session.last_error()))
            return {"CANCELLED"}
        return {"FINISHED"}


class SOLILOQUY_OT_forget_waiting(_OnWaiting, bpy.types.Operator):
    """Let this take wait no longer. Its performance file stays: Load Performance finds it"""

    bl_idname = "soliloquy.forget_waiting"
    bl_label = "Forget Waiting Take"

    def execute(self, context: Any) -> set[str]:
        """Forget it."""
        try:
            _waiting.remove(self._job())
        except SoliloquyError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_put_waiting, SOLILOQUY_OT_forget_waiting)


@persistent
def _opened(*_: Any) -> None:
    global _files
    _files += 1
    if _waiting:
        session.add_ticker(look)
        if bpy.app.background:
            look()  # no timer runs there


@persistent
def _saved(path: Any = "", *_: Any) -> None:
    """Follow a file to its new name, as long as the character is in it."""
    named = path if isinstance(path, str) and path else bpy.data.filepath
    for job in jobs.running():
        follow = getattr(job, "follow", None)
        if follow is not None and named and Path(named) == Path(bpy.data.filepath):
            follow(named)


HANDLERS = (("load_post", _opened), ("save_post", _saved))


def register() -> None:
    """Follow opening and saving."""
    handlers.add(HANDLERS)


def forget() -> None:
    """Forget what waits."""
    _waiting.clear()


def unregister() -> None:
    """Stop following, and forget what waits."""
    forget()
    handlers.remove(HANDLERS)
