"""Orders on their way: handed to the worker, watched by the session's timer, delivered when the result is there.

One list for all kinds. What becomes of a result is the job's own affair: :meth:`Job.deliver`, written beside the
operator that makes the job. No Blender data is held across ticks: scene and character are found again by their
``session_uid`` when the result is there, because undo and opening files free what a stored reference points to.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import bpy

from ..inference.errors import Cancelled, InternalFault, SoliloquyError, WorkerFault
from ..inference.orders.order import Order
from ..inference.saving import release, reserve
from . import history, session, take_list
from .progress import busy

if TYPE_CHECKING:
    from ..inference.worker.client import WorkerClient
    from ..inference.worker.job import JobHandle

# A result pushes an undo step, which Blender must not get in the middle of one of these.
MODAL_PREFIXES = ("TRANSFORM_OT_", "SCULPT_OT_", "PAINT_OT_", "GPENCIL_OT_", "GREASE_PENCIL_OT_")

_numbers = itertools.count(1)


@dataclass
class Job(ABC):
    """One order, from the press of the button to what it leaves in the scene."""

    undo_text: ClassVar[str] = "Soliloquy"
    """Name of the undo step."""

    order: Order
    title: str
    scene_uid: int

    number: int = field(default_factory=_numbers.__next__, init=False)
    """By which a button in the panel names it."""
    handle: JobHandle | None = field(default=None, init=False)
    client: WorkerClient | None = field(default=None, init=False)
    error: SoliloquyError | None = field(default=None, init=False)
    hold: bool = field(default=False, init=False)
    """Whether the result waits until somebody keeps it."""
    finished: bool = field(default=False, init=False)
    shown: tuple[Any, ...] = field(default=(), init=False, repr=False)

    @abstractmethod
    def deliver(self) -> str:
        """Put the result into the scene and return a line about it.

        Raises
        ------
        SoliloquyError
            When it cannot be.
        """

    def undelivered(self, error: Exception) -> SoliloquyError:
        """Return in words that :meth:`deliver` met something unexpected."""
        return InternalFault(f"'{self.title}' could not be delivered: {error}.", "Please report it.")

    @property
    def held(self) -> bool:
        """Whether the result is there and waits to be kept or discarded."""
        return self.hold and not self.finished and self.handle is not None and self.handle.state == "done"

    @property
    def scene(self) -> Any:
        """The scene that the order was given in, None when it is gone."""
        return next((item for item in bpy.data.scenes if item.session_uid == self.scene_uid), None)


AnyJob = TypeVar("AnyJob", bound=Job)
_jobs: list[Job] = []
_failed: list[Job] = []


def running() -> list[Job]:
    """Return the jobs that are not finished, oldest first."""
    return [job for job in _jobs if not job.finished]


def submit(job: AnyJob) -> AnyJob:
    """Hand a job to the worker; returns at once.

    The name of its output is reserved, or one with a number where it is taken: another Blender writes there too.

    Raises
    ------
    SoliloquyError
        When no runtime works, or it is being checked or changed, or the folder cannot be written.
    """
    session.require_runtime()
    session.set_error(None)
    session.set_notice("")
    client = session.get_client()
    if not running():
        # Whoever asks anew after crashes gets a new try; a row of takes that crash is stopped by the limit.
        client.forget_crashes()
    output = reserve(Path(job.order.output))
    try:
        job.order = dataclasses.replace(job.order, output=str(output))
        job.handle, job.client = client.submit(job.order), client
    except BaseException:
        release(output)
        raise
    from . import mouth_overlay

    mouth_overlay.ask(job)
    _jobs.append(job)
    _failed.clear()
    session.add_ticker(watch)
    return job


def cancel(number: int = 0) -> None:
    """Stop the job with a number, or where none is given all that are being made.

    One that was made and waits to be kept is discarded: by its number, or with all others where nothing else is going
    on.
    """
    making = [job for job in running() if not job.held]
    for job in [job for job in running() if job.number == number] if number else making or running():
        if job.held and job.handle is not None:
            job.handle.cancel()
            with contextlib.suppress(OSError):
                Path(job.order.output).unlink()
            session.add_ticker(watch)
        elif job.client is not None and job.handle is not None:
            job.client.cancel(job.handle)


def keep(number: int = 0) -> None:
    """Let the job with a number, or where none is given every job, put what it made into the scene."""
    for job in running():
        if job.held and number in (0, job.number):
            job.hold = False
    session.add_ticker(watch)


def stalled() -> list[Job]:
    """Return the jobs that have not moved on for long."""
    return [job for job in running() if job.handle is not None and job.handle.stalled]


def end_stalled() -> None:
    """End every stalled job, and its worker with it; what waits behind it gets another worker."""
    for job in stalled():
        if job.client is not None and job.handle is not None:
            job.client.end(job.handle)


def last_failed() -> Job | None:
    """Return the job whose failure the panels show, if it was the worker's fault and can be tried again, else None."""
    shown = session.last_error()
    return next((job for job in _failed if job.error is shown), None) if shown is not None else None


def try_again() -> Job | None:
    """Order once more what failed last; returns None when there is nothing.

    Raises
    ------
    SoliloquyError
        As :func:`submit`.
    """
    failed = last_failed()
    if failed is None:
        return None
    anew = submit(dataclasses.replace(failed))
    anew.hold = failed.hold
    return anew


def wait(job: Job, on_tick: Callable[[Job], None] | None = None) -> None:
    """Tick until ``job`` is finished: for scripts, which want the result before the next line.

    Where nobody sits who could decide it, a job that makes no progress for long is ended.

    Raises
    ------
    SoliloquyError
        What went wrong.
    """
    with busy(bpy.context, f"{job.undo_text}: {job.title}") as show:
        while not job.finished:
            session.tick()
            watch()
            if job.handle is not None:
                show(job.handle.fraction)
            if job.client is not None:
                job.client.end_stalled()
            if on_tick is not None:
                on_tick(job)
            time.sleep(0.01)
    if job.error is not None:
        raise job.error


def waited(operator: bpy.types.Operator, made: Iterable[Job]) -> bool:
    """Wait for jobs that an operator called by a script has begun; what fails is reported, and ends the waiting."""
    try:
        for job in made:
            wait(job)
    except SoliloquyError as error:
        operator.report({"ERROR"}, str(error))
        return False
    return True


def watch() -> float | None:
    """Look at every running job once; the session's timer calls this."""
    for client in {id(job.client): job.client for job in running() if job.client is not None}.values():
        # Also where the session's own ticker fell over and was dropped: its jobs would never end.
        client.tick()
    for job in running():
        handle = job.handle
        if handle is None:
            continue
        if not handle.finished:
            shown = (handle.state, handle.stage, round(handle.fraction, 2), round(handle.eta or 0.0), handle.stalled)
            if shown != job.shown:
                job.shown = shown
                session.redraw()
        elif job.held:
            _tell_held(job)
        elif not modal_edit_runs():
            _finish(job)
    _jobs[:] = running()
    from . import mouth_overlay

    mouth_overlay.follow(_jobs)
    if not _jobs:
        return None
    return session.IDLE_INTERVAL if all(job.held for job in _jobs) else session.BUSY_INTERVAL


def _tell_held(job: Job) -> None:
    if job.shown != ("held",):
        job.shown = ("held",)
        session.redraw()


def modal_edit_runs() -> bool:
    """Return whether an edit is going on that nothing may get in the middle of."""
    return any(
        operator.bl_idname.startswith(MODAL_PREFIXES)
        for window in bpy.context.window_manager.windows
        for operator in window.modal_operators
    )


def _finish(job: Job) -> None:
    handle = job.handle
    job.finished = True
    made = ""
    try:
        if handle is None or handle.state == "cancelled":
            raise Cancelled("Cancelled.")
        if handle.state == "failed":
            raise handle.error or WorkerFault("The worker failed without a reason.")
        with busy(bpy.context, f"{job.undo_text}: putting {job.title} into the scene"):
            made = job.deliver()
        history.push(job.undo_text)
    except SoliloquyError as error:
        job.error = error
    except Exception as error:
        # Whatever a bake meets, the artist reads a sentence; the traceback goes to the console for the report.
        import traceback

        traceback.print_exc()
        job.error = job.undelivered(error)
    release(Path(job.order.output))
    if isinstance(job.error, Cancelled):
        session.set_notice("Cancelled.")
    elif job.error is not None:
        session.set_error(job.error)
        if isinstance(job.error, WorkerFault):
            _failed[:] = [job]
    else:
        session.set_notice(" ".join((made, *(handle.notes if handle is not None else ()))))
    take_list.refresh_soon()
    session.redraw()


def unregister() -> None:
    """Forget every job, and free the names that were reserved."""
    from . import mouth_overlay

    mouth_overlay.unregister()
    for job in running():
        release(Path(job.order.output))
    _jobs.clear()
    _failed.clear()
