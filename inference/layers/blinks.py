"""Blinks: when people blink while speaking, and how lids move.

Intervals are log-normal and as long as in conversation (Bentivoglio et al., "Analysis of blink rate patterns in normal
subjects", 1997); blinks fall preferably on the ends of phrases (Hoemke, Holler and Levinson, "Eye blinks are perceived
as communicative signals", 2018) and on large movements of gaze (Evinger et al., 1994).

How lids move, and how blinks follow close upon one another, is fitted to the tracks of grid_s1 (docs/upper_face.md):
459 blinks apart from others, and the intervals of all 2138. That speaker's rate, 48 a minute in clips of three seconds,
is not taken over.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..prosody import Prosody
from .noise import Doubles, smoothstep

CLOSING, SHUT, OPENING = 0.08, 0.035, 0.39
"""Seconds of the phases of a blink, fitted to the tracks: half open after 0.12 s, nine tenths after 0.26 s."""
_OPENING_POWER = 2.5
_MEDIAN_INTERVAL, _SPREAD = 3.6, 0.45
_SHORTEST, _LONGEST = 0.9, 9.0
_DOUBLE = 0.2  # of the tracked speaker's blinks 39 % come in bouts, but he blinks far more than most
_DOUBLE_GAP = (0.24, 0.44)  # p10 and p90 of the tracked intervals below half a second
_REFRACTORY = 0.75


def blink_times(
    duration: float,
    prosody: Prosody,
    rng: np.random.Generator,
    *,
    rate: float = 1.0,
    gaze_shifts: npt.ArrayLike = (),
) -> Doubles:
    """Return the (B,) instants in s at which the lids are shut.

    Parameters
    ----------
    rate : float
        1 is about 17 blinks a minute.
    gaze_shifts : (S,) array
        Instants of large movements of gaze, about half of which go with a blink.
    """
    ends = prosody.phrases[:, 1]
    times: list[float] = []
    now = float(rng.uniform(0.3, 2.5))
    while now < duration:
        # A phrase that ends about now attracts the blink.
        near = ends[(ends > now - 0.8) & (ends < now + 1.4)]
        pull, offset = rng.uniform(), rng.uniform(-0.05, 0.15)
        if len(near) and pull < 0.85 and near[0] > (times[-1] if times else 0.0) + 0.6:
            now = float(near[0]) + offset
        times.append(now)
        if rng.uniform() < _DOUBLE:
            times.append(now + float(rng.uniform(*_DOUBLE_GAP)))
        interval = _MEDIAN_INTERVAL * np.exp(_SPREAD * rng.standard_normal())
        now = times[-1] + float(np.clip(interval, _SHORTEST, _LONGEST)) / max(rate, 0.05)
    shifts = np.asarray(gaze_shifts, np.float64)
    shifts = shifts[rng.uniform(size=len(shifts)) < 0.5]
    planned = np.sort(np.array([time for time in times if 0.0 <= time < duration]))
    if len(shifts) and len(planned):
        after = np.minimum(np.searchsorted(planned, shifts), len(planned) - 1)
        distance = np.minimum(np.abs(planned[after] - shifts), np.abs(planned[np.maximum(after - 1, 0)] - shifts))
        shifts = shifts[distance > _REFRACTORY]
    return np.sort(np.concatenate([planned, shifts[shifts < duration]]))


def blink_layer(times: Doubles, fps: float, shut_times: Doubles, strength: float) -> npt.NDArray[np.float32]:
    """Return (T, 52): lids, with the brows and lower lids that go along.

    Lids are shut on a frame, not between two, so that a blink is a whole one at any frame rate. ``strength`` below 1
    closes them less; above 1 it changes how often (see :func:`blink_times`), not how far.
    """
    arkit = np.zeros((len(times), len(ARKIT_NAMES)), np.float32)
    closure = np.zeros(len(times))
    for shut in shut_times:
        middle = round(shut * fps) / fps
        first, last = np.searchsorted(times, [middle - CLOSING - SHUT, middle + OPENING + SHUT])
        part = times[first:last] - middle
        closing = smoothstep((part + CLOSING + SHUT / 2) / CLOSING)
        # Lids open fast at first and settle slowly.
        opening = (1 - np.clip((part - SHUT / 2) / OPENING, 0, 1)) ** _OPENING_POWER
        closure[first:last] = np.maximum(closure[first:last], np.where(part < 0, closing, opening))
    closure *= min(max(strength, 0.0), 1.0)
    for side in ("Left", "Right"):
        arkit[:, ARKIT_INDEX[f"eyeBlink{side}"]] = closure
        arkit[:, ARKIT_INDEX[f"eyeSquint{side}"]] = 0.12 * closure
        arkit[:, ARKIT_INDEX[f"browDown{side}"]] = 0.07 * closure
    return arkit
