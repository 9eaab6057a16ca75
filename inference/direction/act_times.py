"""When what somebody is told to do is done: acts of cues as rows of seconds."""

from __future__ import annotations

import math

from .acts import ACTS, LONGEST, ActRows
from .cue import Cue, Missed
from .moments import Clip

_FIRST = 0.5
"""Seconds from the start of a speech to an act without a time: it is seen, and a hand gets there."""
_SHORTEST = 0.2


def placed_acts(cues: list[tuple[float, float, Cue]], clip: Clip) -> tuple[ActRows, list[Missed]]:
    """Return the acts of cues, and what is left out because the speech is over.

    Parameters
    ----------
    cues : list of (start, stop, Cue)
        Seconds of the performance, rising; a stop is infinite where nothing was said of it.
    """
    rows: list[tuple[float, str, float]] = []
    missed: list[Missed] = []
    looks = [start for start, _, cue in cues if _of_eyes(cue)]
    for start, stop, cue in cues:
        begun = max(start, clip.start + _FIRST) if start <= clip.start else start
        after = min([stop, clip.end, *(other for other in looks if other > start)])
        for state in cue.states:
            counts = [name for name, _ in state.acts if name.startswith("count")]
            for number, (name, times) in enumerate(state.acts):
                act = ACTS[name]
                asked = min(stop, clip.end) - begun if math.isfinite(stop) else state.lasts or 0.0
                if counts:
                    step = max(asked / len(counts), 0.4) if asked else act.every
                    rows.append((begun + number * step, name, 0.0))
                elif act.part == "eyes" and not state.lasts:
                    # Who looks down does so until something else is said about the eyes.
                    rows.append((begun, name, max(after - begun, _SHORTEST)))
                elif name in ("nod", "shake") or times == 1:
                    lasts = asked or (0.0 if times == 1 else times * act.every)
                    rows.append((begun, name, max(lasts, _SHORTEST) if lasts else 0.0))
                else:
                    step = act.every if not asked else max(asked / times, 0.5)
                    rows += [(begun + count * step, name, 0.0) for count in range(times)]
    for row in [row for row in rows if row[0] >= clip.end]:
        missed.append(Missed(ACTS[row[1]].title, f"The speech lasts {clip.seconds:.4g} s.", understood=True))
    kept = sorted(
        (round(time, 3), name, round(min(lasts, LONGEST), 3)) for time, name, lasts in rows if time < clip.end
    )
    return tuple(kept), missed


def _of_eyes(cue: Cue) -> bool:
    return any(
        "eye_contact" in state.values or any(ACTS[name].part == "eyes" for name, _ in state.acts)
        for state in cue.states
    )
