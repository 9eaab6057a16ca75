"""What a character does while it has no line: orders to idle, or to listen to who speaks then, one for every gap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..inference.errors import SoliloquyError
from ..rigs.compat import sequencer_scene
from ..rigs.strips import scene_fps, strip_range
from ..rigs.takes.gaps import gaps
from ..rigs.takes.take import takes_of
from . import speakers
from .choice import anchor
from .request import build_idle, character
from .take_job import TakeJob

NAME = "Between Lines"
_HEARD = 0.5  # seconds of somebody else's line from which on it is listened to


def build_between(context: Any, given: dict[str, Any]) -> list[TakeJob]:
    """Return an order for every gap between the takes that play, from the scene's first frame to its last.

    Parameters
    ----------
    given : dict
        As of :func:`~.request.build_idle`; ``shortest`` is the length in seconds of the gaps that are passed over.

    Raises
    ------
    SoliloquyError
        Where no take plays, where there is no gap, and as ``build_idle``.
    """
    scene = context.scene
    rig = character(context, given.get("character", ""))
    name = anchor(rig).name
    if not any(take.active for take in takes_of(rig)):
        raise SoliloquyError(f"No take plays on '{name}'.", "Animate its lines first, or press Idle.")
    fps = scene_fps(scene)
    found = gaps(rig, scene.frame_start, scene.frame_end, given.pop("shortest") * fps)
    if not found:
        raise SoliloquyError(
            f"Takes play on '{name}' from the scene's first frame to its last.", "There is no gap that could be filled."
        )
    others = [line for line in speakers.lines(context) if line.character != anchor(rig)]
    made: list[TakeJob] = []
    for number, (first, last) in enumerate(found):
        asked = {**given, "character": name, "first_frame": first, "seconds": (last - first) / fps}
        heard = _heard(others, sequencer_scene(context), first, last, _HEARD * fps)
        if heard:
            asked.update(listen_to=heard, listening=given.get("listening", 1.0))
        job = build_idle(context, {"take_name": NAME, "extend_scene": False, **asked})
        seed = speakers.own_variation(scene, anchor(rig), job.order.settings.seed + number)
        settings = replace(job.order.settings, seed=seed)
        made.append(replace(job, order=replace(job.order, settings=settings), free_name=True, title=NAME))
    return made


def _heard(others: list[speakers.Line], place: Any, first: float, last: float, shortest: float) -> tuple[str, ...]:
    """Return the names of the strips that are heard for so many frames in a gap, in order of time."""
    found: list[tuple[float, str]] = []
    for line in others:
        if min(line.last_frame, last) - max(line.first_frame, first) <= shortest:
            continue
        try:
            strip_range(line.strip, place)
        except SoliloquyError:
            continue  # what cannot be heard is not listened to
        found.append((line.first_frame, line.strip.name))
    return tuple(name for _, name in sorted(found))
