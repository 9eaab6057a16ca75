"""A finished performance with other gestures: what a person moved, removed or replaced is made anew, nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from . import regenerate
from .body.body import gestured, gestures_at_all
from .body.phrases.engine import PhrasesEngine
from .body.track import SpokenBody
from .body.upper_body import UPPER_BODY
from .character import load_character
from .engines import body_engine, find_engine
from .errors import SoliloquyError
from .gestures.direction import natural
from .gestures.phrases import GesturePlan
from .gestures.planned import Planned, planned_of, require_planner, to_rows
from .orders.regenerate import RegenerateJob
from .performance import Performance
from .regenerate import fitting_samples, moving_joints, performed_settings, speech_of, with_stretches
from .settings import AnimateSettings
from .skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]

_BEAT = (0.44, 0.6)
"""Seconds before and after the instant of a small beat in which it moves the hand."""
_AFTER = 0.1
_SHORTEST = 0.4


def replan(
    performance: Performance,
    samples: npt.NDArray[np.float32],
    settings: AnimateSettings,
    planned: Planned,
    *,
    only_pinned: bool = False,
    progress: Callable[[float], None] = lambda _fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Performance:
    """Return a performance with the gestures of a plan in the place of its own.

    Only the seconds of gestures that are others than before are made anew, and of the body only spine, arms and
    fingers; everything else stays bit for bit, as :func:`~.regenerate.regenerate` has it.

    Parameters
    ----------
    samples : (n,) array
        The recording it was made from, mono at 16 kHz.
    settings : AnimateSettings
        Of these the device counts, and with ``only_pinned`` the seed.
    planned : tuple of PlannedGesture
        All gestures that there shall be; or with ``only_pinned`` some, of which the pinned ones stay while all others
        are drawn anew.

    Returns
    -------
    Performance
        ``meta["gestures"]`` is the new plan; ``meta["regenerated"]`` gains a record where anything moved.

    Raises
    ------
    SoliloquyError
        When the performance was made without a plan, or a gesture cannot be made.
    Cancelled
        When ``cancelled()`` turned true.
    """
    performed = performed_settings(performance)
    require_planner(find_engine("body", performed.body).spec)
    before = planned_of(performance.meta)
    if before is None:
        raise SoliloquyError("The performance holds no plan of its gestures.", "Animate the recording again.")
    chosen = moving_joints(performed, UPPER_BODY)
    samples = fitting_samples(performance, samples, performed)
    asked = dataclasses.replace(performed, device=settings.device)
    character = load_character()
    speech, _ = speech_of(performance, samples, performed, asked, character, cancelled)
    if not gestures_at_all(speech, performed.gestures):
        raise SoliloquyError("The performance was made with an energy of 0, which has no gestures.", "Animate again.")
    progress(0.3)
    engine = body_engine(performed.body)
    if not isinstance(engine, PhrasesEngine):
        raise SoliloquyError("The engine of this performance plans no gestures.", "Animate with 'phrases'.")
    gestures = natural(performed.gestures)

    def decided(rows: Planned, seed: int | None = None) -> GesturePlan:
        fresh = seed is not None
        told = dataclasses.replace(
            speech, planned=rows, only_pinned=fresh, seed=performed.seed if seed is None else seed
        )
        return engine.decide(told, gestures)[0]

    if only_pinned:
        planned = decided(planned, settings.seed).gestures
    old, new = decided(before), decided(planned)
    stretches = _changed(old, new, performance.frames, performance.fps)
    progress(0.5)

    def draw(
        _made: Performance, spoken: SpokenBody, wanted: AnimateSettings, _where: list[tuple[int, int]],
        _joints: tuple[str, ...],
    ) -> Doubles:  # fmt: skip
        told = dataclasses.replace(spoken, planned=new.gestures, seed=performed.seed)
        return gestured(engine, told, wanted.gestures).poses

    made = dataclasses.replace(performance, meta=dict(performance.meta))
    if stretches:
        made = with_stretches(performance, speech, asked, stretches, chosen, character, draw, cancelled)
        record = {
            "ranges": [[first / performance.fps, last / performance.fps] for first, last in stretches],
            "joints": _moved(performance, made, chosen),
            "seed": settings.seed if only_pinned else performed.seed,
            "body": performed.body,
            "gestures": performed.gestures.to_json(),
            "plan": True,
        }
        made.meta["regenerated"] = [*performance.meta.get("regenerated", []), record]
    made.meta["gestures"] = to_rows(new.gestures)
    progress(1.0)
    return made


def run(
    job: RegenerateJob,
    progress: Callable[[str, float], None] = lambda _stage, _fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Performance:
    """Give a performance the gestures of an order's plan, from file to file; raises as :func:`~.regenerate.run`."""
    plan = job.plan or ()

    def remake(
        performance: Performance, samples: npt.NDArray[np.float32], report: Callable[[float], None],
        stop: Callable[[], bool],
    ) -> Performance:  # fmt: skip
        return replan(
            performance, samples, job.settings, plan, only_pinned=job.only_pinned, progress=report, cancelled=stop
        )

    return regenerate.run(job, progress, cancelled, remake)


def _moved(before: Performance, after: Performance, joints: Sequence[str]) -> list[str]:
    """Return which of some joints move otherwise at all: a gesture of one hand leaves the other arm alone."""
    moved = (before.poses != after.poses).reshape(before.frames, -1, 3).any((0, 2))
    return [name for name in joints if moved[JOINT_INDEX[name]]] or list(joints)


def _changed(old: GesturePlan, new: GesturePlan, frames: int, fps: float) -> list[tuple[int, int]]:
    """Return (first, last) frame of every stretch in which two plans move the body otherwise."""
    spans = [(phrase.start, phrase.end + _AFTER) for phrase in {*old.phrases} ^ {*new.phrases}]
    spans += [(pulse.time - _BEAT[0], pulse.time + _BEAT[1]) for pulse in {*old.pulses} ^ {*new.pulses}]
    found: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        stop = max(stop, start + _SHORTEST)
        first, last = max(int(np.floor(start * fps)), 0), min(int(np.ceil(stop * fps)), frames - 1)
        if last - first < 4:
            first = max(last - 4, 0)
        # Stretches that nearly touch have no room to meet what lies between them.
        if found and first <= found[-1][1] + 2:
            first, last = found[-1][0], max(last, found[-1][1])
            found.pop()
        found.append((first, last))
    return found
