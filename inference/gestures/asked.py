"""Gestures that somebody directed at a moment, as gestures of a plan: pinned, with their reason."""

from __future__ import annotations

import numpy as np

from ..direction.acts import ACTS, REASON, ActRows, of_part, said
from ..layers.noise import layer_rng
from .names import GestureName, vocabulary
from .planned import Planned, PlannedGesture, read_gestures
from .settings import GestureSettings

_EARLIEST, _LATEST = 0.8, 0.3
"""Seconds from the start and to the end of a performance within which a hand gets there and is seen."""
_APART = 0.55
"""Seconds between two strokes, at least."""
_SAME = 0.4
"""Seconds within which a gesture of a plan is the one that is asked for."""
_SIZE, _SIGN_SIZE, _STRENGTH = 0.9, 1.0, 0.8


def with_asked(
    acts: ActRows, settings: GestureSettings, seed: int, duration: float, given: Planned | None, only_pinned: bool
) -> tuple[Planned | None, bool, tuple[str, ...]]:
    """Return the plan to give to an engine so that it makes the gestures that are directed.

    A plan without ``only_pinned`` says of every gesture what it shall be; whoever moved or removed a directed one meant
    it.

    Parameters
    ----------
    duration : float
        Of the performance, seconds.
    given, only_pinned
        The plan there is, and whether only its pinned gestures stay.

    Returns
    -------
    given, only_pinned, warnings
        Sentences about acts that found no room.
    """
    rows = of_part(acts, "hands")
    if not rows or (given is not None and not only_pinned):
        return given, only_pinned, ()
    kept = [item for item in given or () if item.pinned]
    rng = layer_rng(seed, "directed gestures")
    right = bool(rng.uniform() < 0.5 + 0.5 * settings.handedness)
    warnings: list[str] = []
    for row in rows:
        clip = _chosen(row[1], right, rng)
        time = min(max(row[0], _EARLIEST), duration - _LATEST)
        if any(abs(item.time - time) < _SAME and item.why.endswith(said(row)) for item in kept):
            continue
        time = max([time, *(item.time + _APART for item in kept if abs(item.time - time) < _APART)])
        if not _EARLIEST <= time <= duration - _LATEST or any(abs(item.time - time) < _APART - 1e-6 for item in kept):
            warnings.append(f"Left out: '{said(row)}'. The hands have no time for it.")
            continue
        sign = clip.kind == "sign"
        size = _SIGN_SIZE if sign else _SIZE
        kept.append(
            PlannedGesture(
                round(time, 4), clip.name, _mirrored(row[1], clip, right), size, strength=_STRENGTH, pinned=True,
                sign=sign, why=f"{REASON}: {said(row)}",
            )
        )  # fmt: skip
    return read_gestures(kept), True, tuple(warnings)


def cannot_make(acts: ActRows, why: str, part: str = "hands") -> tuple[str, ...]:
    """Return a sentence per act of a part of the body that says why it is not made."""
    return tuple(f"Left out: '{said(row)}'. {why}" for row in of_part(acts, part))


def _chosen(name: str, right: bool, rng: np.random.Generator) -> GestureName:
    """Return the gesture of the vocabulary that an act is."""
    act = ACTS[name]
    found = [clip for clip in vocabulary().values() if clip.tag in act.tags]
    if act.side:
        # A hand that points aside is one hand.
        found = [clip for clip in found if clip.hand != "both"]
    # Those that were recorded with the hand in use before those in a mirror.
    own = [clip for clip in found if clip.hand == (act.side or ("right" if right else "left"))]
    found = own or found
    return found[int(rng.uniform() * len(found))]


def _mirrored(name: str, clip: GestureName, right: bool) -> bool:
    if clip.hand == "both":
        return False
    return clip.hand != (ACTS[name].side or ("right" if right else "left"))
