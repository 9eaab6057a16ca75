"""An order to play a take with other gestures, and the take that it is for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import bpy

from ..inference.errors import SoliloquyError
from ..inference.settings import AudioRange, recorded_settings
from . import gesture_list, gesture_track, jobs, performances
from .choice import anchor
from .preferences import preferences
from .regenerate import PartJob, problem
from .takes import meant

if TYPE_CHECKING:
    from ..inference.gestures.planned import Planned
    from ..inference.performance import Performance
    from ..rigs.rig import Rig
    from ..rigs.takes.bake import BakeReport
    from ..rigs.takes.take import Take


@dataclass
class GesturesJob(PartJob):
    """One order to play a take with other gestures."""

    undo_text: ClassVar[str] = "Edit Gestures"

    stroke: float | None = None
    """Second of the gesture to show when it is there."""
    in_sequencer: Planned | None = None
    """What the Sequencer showed of the take's gestures when it was ordered, None for nothing."""

    def bake(self, performance: Performance, rig: Rig, scene: Any) -> BakeReport:
        """Write the changed gestures into the take's keys."""
        from ..rigs.takes.gestures import put_gestures

        return put_gestures(
            performance, rig, self.take, file=self.order.output, sha256=self.sha256, interpolation=self.interpolation
        )

    def put_onto(self, rig: Rig, scene: Any, *, whole: bool = False) -> str:
        """Put the gestures into the take, and show the one that was changed."""
        from ..rigs.takes.gesture_plan import plan_of

        said = super().put_onto(rig, scene, whole=whole)
        if self.report is None:
            return said
        planned = plan_of(rig, self.report.take) or ()
        gesture_track.delivered(bpy.context, rig, self.take, self.report.take, self.in_sequencer, planned)
        if self.stroke is not None:
            gesture_list.choose_at(bpy.context, self.stroke)
            gesture_list.show_stroke(bpy.context, rig, self.report.take, planned, self.stroke)
        return said


def with_plan(context: Any, wanted: str) -> tuple[Rig, Take, Planned]:
    """Return the character, one of its takes and the plan of its gestures.

    Raises
    ------
    SoliloquyError
        When there is no such take, or it has no plan.
    """
    from ..rigs.takes.gesture_plan import plan_of

    rig, take = meant(context, wanted)
    planned = plan_of(rig, take)
    if planned is None:
        raise SoliloquyError(
            f"The take '{take.name}' has no list of gestures.",
            "Only the engine Gesture phrases plans them. Choose it under Body & Gestures and animate again.",
        )
    return rig, take, planned


def require_free(take: Take) -> None:
    """Raise :class:`SoliloquyError` while other gestures of a take are on their way: they bring their own plan."""
    if any(isinstance(job, GesturesJob) and job.take == take.id for job in jobs.running()):
        raise SoliloquyError("The gestures of this take are being changed.", "Wait a moment.")


def build(
    rig: Rig, take: Take, planned: Planned, scene: Any, *, stroke: float | None = None, seed: int | None = None
) -> GesturesJob:
    """Return the order to play a take with other gestures.

    Parameters
    ----------
    stroke : float, optional
        Second of the gesture to show when it is there.
    seed : int, optional
        Only the pinned gestures stay, the others are drawn anew from this seed.

    Raises
    ------
    SoliloquyError
        When the take cannot be changed, or an edit of it is on its way already.
    """
    from ..inference.notes import heard_in
    from ..inference.orders.regenerate import RegenerateJob
    from ..rigs.takes import kept
    from .request import new_output

    require_free(take)
    speech = take.meta.get("speech") or take.name
    keep = _performance_file(rig, take)
    found = problem(rig, take) if keep is None else None
    if found is not None:
        raise found
    keep = keep or kept.file_of(take, performances.places())
    audio, span = take.meta["audio"], take.meta["range"]
    performed = recorded_settings(take.meta)
    order = RegenerateJob(
        AudioRange(audio["path"], float(span[0]), float(span[1]), **heard_in(take.meta)),
        dataclasses.replace(
            performed, seed=performed.seed if seed is None else seed, device=preferences().device.lower()
        ),
        str(new_output(speech)),
        keep=str(keep),
        plan=planned,
        only_pinned=seed is not None,
    )
    return GesturesJob(
        order=order,
        title=f"Gestures of {take.name}",
        scene_uid=scene.session_uid,
        object_uid=anchor(rig).session_uid,
        object_name=anchor(rig).name,
        first_frame=take.first_frame,
        interpolation=scene.soliloquy.interpolation,
        take=take.id,
        stroke=stroke,
        in_sequencer=gesture_track.wanted(rig, take),
    )


def _performance_file(rig: Rig, take: Take) -> Path | None:
    """Return where a performance that only this .blend still has was written to; None where its file is there."""
    from ..inference.saving import reserve, written_aside
    from ..rigs.takes import kept
    from ..rigs.takes.packed import packed_bytes

    if kept.FILE not in take.meta or kept.why_not(take, performances.places()) is None:
        return None
    data = packed_bytes(rig, take)
    if data is None:
        return None
    path = reserve(performances.folder() / kept.names(take.meta))
    with written_aside(path) as stream:
        stream.write(data)
    return path
