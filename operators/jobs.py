"""A performance on its way: ordered from the worker, watched by the session's timer, baked when it arrives.

No Blender data is held across ticks: the character and the scene are found again by their ``session_uid`` when the
result is there, because undo and opening files free what a stored reference points to.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ..inference.errors import Cancelled, InternalFault, SoliloquyError, WorkerFault
from ..inference.regenerate_job import RegenerateJob
from ..inference.settings import AnimateJob
from ..rigs.takes.take import free_variant
from . import history, session, take_list
from .choice import rig_of_session_uid

if TYPE_CHECKING:
    from ..inference.worker.client import JobHandle
    from ..rigs.takes.bake import BakeReport

# A bake pushes an undo step, which Blender must not get in the middle of one of these.
MODAL_PREFIXES = ("TRANSFORM_OT_", "SCULPT_OT_", "PAINT_OT_", "GPENCIL_OT_", "GREASE_PENCIL_OT_")


@dataclass
class PerformanceJob:
    """One order, from the press of the button to the take."""

    job: AnimateJob
    title: str
    scene_uid: int
    object_uid: int
    object_name: str
    first_frame: float
    take_name: str = ""
    interpolation: str = "BEZIER"
    extend_scene: bool = True
    sound_path: str = ""
    """Sound file to put into the Sequencer with the take; empty for none."""
    remarks: tuple[str, ...] = ()
    """Sentences the artist should read with the result."""
    speech: str = ""
    """Name of the speech as the take remembers it; the title when empty."""
    free_name: bool = False
    """Whether the take gets a number after its name where another take has the name already."""
    take: str = ""
    """Id of the take that a :class:`RegenerateJob` makes a part of anew."""
    handle: JobHandle | None = None
    error: SoliloquyError | None = None
    report: BakeReport | None = None
    finished: bool = False
    shown: tuple[Any, ...] = field(default=(), repr=False)


_jobs: list[PerformanceJob] = []


def running() -> list[PerformanceJob]:
    """Return the jobs that are not finished, oldest first."""
    return [job for job in _jobs if not job.finished]


def submit(job: PerformanceJob) -> PerformanceJob:
    """Hand a job to the worker; returns at once."""
    session.set_error(None)
    session.set_notice("")
    kind = "regenerate" if isinstance(job.job, RegenerateJob) else "animate"
    job.handle = session.get_client().submit(job.job, kind)
    _jobs.append(job)
    session.add_ticker(watch)
    return job


def cancel_all() -> None:
    """Ask the worker to stop every job that is not finished."""
    client = session.current_client()
    for job in running():
        if client is not None and job.handle is not None:
            client.cancel(job.handle)


def wait(job: PerformanceJob, on_tick: Callable[[PerformanceJob], None] | None = None) -> None:
    """Tick until ``job`` is finished: for scripts, which want the result before the next line.

    Raises
    ------
    SoliloquyError
        What went wrong.
    """
    while not job.finished:
        session.tick()
        watch()
        if on_tick is not None:
            on_tick(job)
        time.sleep(0.01)
    if job.error is not None:
        raise job.error


def watch() -> float | None:
    """Look at every running job once; the session's timer calls this."""
    for job in running():
        handle = job.handle
        if handle is None:
            continue
        if not handle.finished:
            shown = (handle.state, handle.stage, round(handle.fraction, 2), round(handle.eta or 0.0))
            if shown != job.shown:
                job.shown = shown
                session.redraw()
        elif not modal_edit_runs():
            _finish(job)
    _jobs[:] = running()
    return session.BUSY_INTERVAL if _jobs else None


def modal_edit_runs() -> bool:
    """Return whether an edit is going on that nothing may get in the middle of."""
    return any(
        operator.bl_idname.startswith(MODAL_PREFIXES)
        for window in bpy.context.window_manager.windows
        for operator in window.modal_operators
    )


def _finish(job: PerformanceJob) -> None:
    handle = job.handle
    job.finished = True
    try:
        if handle is None or handle.state == "cancelled":
            raise Cancelled("Cancelled.")
        if handle.state == "failed":
            raise handle.error or WorkerFault("The worker failed without a reason.")
        _bake(job)
    except SoliloquyError as error:
        job.error = error
    except Exception as error:
        # Whatever a bake meets, the artist reads a sentence; the traceback goes to the console for the report.
        traceback.print_exc()
        job.error = InternalFault(
            f"The performance could not be put onto '{job.object_name}': {error}.",
            f"The performance itself is kept at {job.job.output}.",
        )
    if job.report is not None:
        made = f"{job.report.take.name}: {job.report.keys:,} keys in {job.report.seconds:.1f} s."
        notes = job.handle.notes if job.handle is not None else []
        session.set_notice(" ".join((made, *job.remarks, *notes, *job.report.warnings)))
    if job.error is not None and job.error.kind == "cancelled":
        session.set_notice("Cancelled.")
    elif job.error is not None:
        session.set_error(job.error)
    take_list.refresh_soon()
    session.redraw()


def _bake(job: PerformanceJob) -> None:
    from ..inference.performance import Performance

    rig = rig_of_session_uid(job.object_uid)
    scene = next((item for item in bpy.data.scenes if item.session_uid == job.scene_uid), None)
    if rig is None or scene is None:
        raise SoliloquyError(
            f"The character '{job.object_name}' is gone, so the performance could not be put onto it.",
            f"The performance itself is kept at {job.job.output}.",
        )
    performance = Performance.load(job.job.output)
    message = "Animate Speech"
    if isinstance(job.job, RegenerateJob):
        from ..rigs.takes.regenerate import take_with_new_part

        message = "Regenerate Part"
        job.report = take_with_new_part(
            performance, rig, job.take, job.job.joints, name=job.take_name, file=job.job.output,
            interpolation=job.interpolation,
        )  # fmt: skip
    else:
        job.report = _bake_whole(job, performance, rig, scene)
    history.push(message)


def _bake_whole(job: PerformanceJob, performance: Any, rig: Any, scene: Any) -> BakeReport:
    from ..rigs.takes.bake import BakeOptions, bake

    options = BakeOptions(
        first_frame=job.first_frame,
        regions=job.job.settings.regions,
        interpolation=job.interpolation,
        name=free_variant(rig, job.take_name) if job.free_name else job.take_name,
        extend_scene=job.extend_scene,
        meta={"speech": job.speech or job.title, "performance": job.job.output},
    )
    report = bake(performance, rig, options, scene=scene)
    if job.sound_path:
        from .sound import add_sound_strip

        add_sound_strip(scene, Path(job.sound_path), round(job.first_frame))
    return report


def unregister() -> None:
    """Forget every job."""
    _jobs.clear()
