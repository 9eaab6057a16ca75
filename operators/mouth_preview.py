"""The job whose mouth is shown in the 3D Views: what of it, where, and which second the play-head is at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ..inference.early_lips import LipsSoFar
    from ..inference.orders.order import Order
    from ..inference.worker.job import JobHandle
    from ..rigs.mouth_view.place import Place


class Previewed(Protocol):
    """What of a job is shown."""

    number: int
    title: str
    order: Order
    scene_uid: int
    handle: JobHandle | None

    @property
    def held(self) -> bool:
        """Whether it is made and waits to be kept."""
        ...

    @property
    def scene(self) -> Any:
        """The scene it was ordered in, None when that is gone."""
        ...


_job: Previewed | None = None


def shown() -> Previewed | None:
    """Return the job whose mouth is shown, None for none."""
    return _job


def show(job: Previewed | None) -> None:
    """Show a job's mouth from now on, or none."""
    global _job
    _job = job


def lips(job: Previewed | None) -> LipsSoFar | None:
    """Return what a job has shown of its lips, None where there is nothing yet."""
    early = job.handle.early if job is not None and job.handle is not None else None
    return early if early is not None and early.seconds else None


def place_in(context: Any) -> Place | None:
    """Return where the preview lies in the 3D View of a context, None where it is not shown there."""
    from ..rigs.mouth_view.paint import covered
    from ..rigs.mouth_view.place import place

    area, region = context.area, context.region
    if _job is None or area is None or region is None or _job.scene_uid != context.scene.session_uid:
        return None
    if not context.space_data.overlay.show_overlays:
        return None
    return place(region.width, region.height, covered(area, region), context.preferences.system.ui_scale)


def second_now(context: Any) -> float:
    """Return which second of the performance the scene's current frame shows."""
    scene = context.scene
    first = getattr(_job, "first_frame", 0.0)
    return (scene.frame_current_final - first) * scene.render.fps_base / scene.render.fps


def frame_of(context: Any, second: float) -> int:
    """Return the scene's frame at a second of the performance."""
    scene = context.scene
    return round(getattr(_job, "first_frame", 0.0) + second * scene.render.fps / scene.render.fps_base)
