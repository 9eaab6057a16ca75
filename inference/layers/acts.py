"""What head, brows and eyes do because somebody directed it at a moment; hands are the gestures' business.

An act is done as a whole whatever the strengths of the layers are: who is told to nod nods, with a still head, too.
What the head does with the voice gives way meanwhile.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..arkit import ARKIT_INDEX
from ..direction.acts import ACTS, NOD_HERTZ, SHAKE_HERTZ, ActRows, lasting, of_part
from ..words.face import held, swung
from .gaze import GazePlan

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

_SWINGS = {"nod": (0, NOD_HERTZ, 10.0), "shake": (1, SHAKE_HERTZ, 12.0)}
"""Which of pitch and yaw swings, how often a second, and by how many degrees."""
_FADE, _LONG_FADE = 0.72, 0.93
"""What is left of one cycle in the next: of two or three, and of a head that goes on nodding."""
_LONG = 2.0  # seconds
_BROWS = (("browInnerUp", 0.6), ("browOuterUpLeft", 0.55), ("browOuterUpRight", 0.55))
_SHIFT = (1.3, 2.4)
"""Seconds for which eyes that look somewhere for long stay on one point."""


def acted_head(times: Doubles, turn: Doubles, acts: ActRows) -> Doubles:
    """Return (T, 3) rotations of the head with the nods, shakes, tilts and turns that are directed.

    Parameters
    ----------
    times : (T,) array
        Seconds.
    turn : (T, 3) array
        What the head does otherwise: pitch (+ is down), yaw (+ to its left) and roll, radians.
    """
    rows = of_part(acts, "head")
    if not rows or len(times) < 2:
        return turn
    slow = np.asarray(gaussian_filter1d(turn, 0.45 / (times[1] - times[0]), axis=0, mode="nearest"), np.float64)
    added, quiet = np.zeros((len(times), 3)), np.zeros((len(times), 1))
    for row in rows:
        start, name, _ = row
        if name in _SWINGS:
            axis, hertz, degrees = _SWINGS[name]
            # A whole number of cycles ends where it began.
            lasts = max(round(lasting(row) * hertz), 1) / hertz
            wave, window = swung(times, start, lasts, hertz, _LONG_FADE if lasts > _LONG else _FADE)
            added[:, axis] += np.radians(degrees) * wave
        else:
            window = held(times, start + 0.3, max(lasting(row) - 0.3, 0.1))
            added += window[:, None] * np.radians(ACTS[name].degrees)
        quiet = np.maximum(quiet, window[:, None])
    return turn + quiet * (slow - turn) + added


def acted_brows(times: Doubles, arkit: Floats, acts: ActRows) -> Floats:
    """Return (T, 52) coefficients with the brows raised where that is directed."""
    rows = of_part(acts, "brows")
    result = arkit.copy() if rows else arkit
    for row in rows:
        shape = held(times, row[0] + 0.15, max(lasting(row) - 0.3, 0.2))
        for name, most in _BROWS:
            column = ARKIT_INDEX[name]
            result[:, column] = np.maximum(result[:, column], most * shape)
    return result


def acted_gaze(plan: GazePlan, acts: ActRows, rng: np.random.Generator) -> GazePlan:
    """Return where the eyes rest, with the looks that are directed; afterwards they come back to the listener."""
    firm = np.zeros(len(plan.starts), bool)
    starts, places, away = plan.starts, plan.places, plan.away
    for row in of_part(acts, "eyes"):
        first = max(row[0], 1e-3)
        last = first + lasting(row)
        keep = (starts < first) | (starts > last + 0.1)
        wanted = np.array(ACTS[row[1]].degrees[:2])
        instants, aims = [first], [wanted]
        while last - instants[-1] > _SHIFT[1]:
            instants.append(instants[-1] + float(rng.uniform(*_SHIFT)))
            aims.append(wanted + rng.standard_normal(2) * [1.2, 1.8])
        starts = np.concatenate([starts[keep], instants, [last]])
        places = np.concatenate([places[keep], aims, [np.zeros(2)]])
        away = np.concatenate([away[keep], [True] * len(instants), [False]])
        firm = np.concatenate([firm[keep], [True] * len(instants), [False]])
        order = np.argsort(starts, kind="stable")
        starts, places, away, firm = starts[order], places[order], away[order], firm[order]
    return replace(plan, starts=starts, places=places, away=away, firm=firm)
