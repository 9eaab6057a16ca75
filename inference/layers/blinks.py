"""Blinks: when people blink while speaking, and how lids move.

Intervals are log-normal and as long as in conversation (Bentivoglio et al., "Analysis of blink rate patterns in normal
subjects", 1997); blinks fall preferably on the ends of phrases (Hoemke, Holler and Levinson, "Eye blinks are perceived
as communicative signals", 2018) and on large movements of gaze (Evinger et al., 1994).

How lids move is fitted to the tracks of grid_s1 (docs/upper_face.md): 459 blinks apart from others. That speaker's
rate, 48 a minute in clips of three seconds, and his bouts of several blinks are not taken over: two blinks in a row
look like a twitch.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..arkit import ARKIT_INDEX, ARKIT_NAMES
from ..easing import s_curve
from ..prosody import Prosody
from .noise import Doubles

CLOSING, SHUT, OPENING = 0.08, 0.035, 0.39
"""Seconds of the phases of a blink, fitted to the tracks: half open after 0.12 s, nine tenths after 0.26 s."""
_OPENING_POWER = 2.5
_MEDIAN_INTERVAL, _SPREAD = 3.1, 0.42
_SHORTEST, _LONGEST = 1.1, 8.0
_REFRACTORY = 0.8
"""Seconds between two blinks at least."""
_WHOLE = 0.37
"""Seconds before the end by which a blink must be shut: lids are open again on the last frame, on which a character
that stops there stays."""
_WITH_SHIFTS = 0.33
_LAG = 0.012  # seconds by which one lid may be behind the other
REST = 0.07
"""How far the lids hang while the eyes are open: over the upper edge of the iris, as of somebody at ease, beside what a
look of the cast has built in (``inference/lids.py``). Eyes as open as faces are modelled look surprised as soon as the
mouth opens."""
_EVEN = 0.08  # share by which the lids open at different speeds


def blink_times(
    duration: float,
    prosody: Prosody,
    rng: np.random.Generator,
    *,
    rate: npt.ArrayLike = 1.0,
    gaze_shifts: npt.ArrayLike = (),
) -> Doubles:
    """Return the (B,) instants in s at which the lids are shut.

    Parameters
    ----------
    rate : float or (T,) array
        1 is about 17 blinks a minute; an array is spread evenly over the duration.
    gaze_shifts : (S,) array
        Instants of large movements of gaze, a third of which go with a blink.
    """
    ends = prosody.phrases[:, 1]
    times: list[float] = []
    rates = np.maximum(np.atleast_1d(np.asarray(rate, np.float64)), 0.05)
    moments = np.linspace(0, duration, len(rates))
    now = float(rng.uniform(0.3, 2.5))
    while now < duration:
        # A phrase that ends about now attracts the blink.
        near = ends[(ends > now - 0.8) & (ends < now + 1.4)]
        pull, offset = rng.uniform(), rng.uniform(-0.05, 0.15)
        if len(near) and pull < 0.85 and near[0] > (times[-1] if times else -1.0) + _REFRACTORY + 0.1:
            now = float(near[0]) + offset
        times.append(now)
        interval = _MEDIAN_INTERVAL * np.exp(_SPREAD * rng.standard_normal())
        interval = float(np.clip(interval, _SHORTEST, _LONGEST)) / float(np.interp(now, moments, rates))
        now = times[-1] + max(interval, _REFRACTORY)
    shifts = np.asarray(gaze_shifts, np.float64)
    shifts = shifts[rng.uniform(size=len(shifts)) < _WITH_SHIFTS]
    planned = np.sort(np.array([time for time in times if 0.0 <= time < duration]))
    if len(shifts) and len(planned):
        after = np.minimum(np.searchsorted(planned, shifts), len(planned) - 1)
        distance = np.minimum(np.abs(planned[after] - shifts), np.abs(planned[np.maximum(after - 1, 0)] - shifts))
        shifts = shifts[distance > _REFRACTORY]
    merged = np.sort(np.minimum(np.concatenate([planned, shifts[shifts < duration]]), duration - _WHOLE))
    kept: list[float] = []
    for time in merged.tolist():
        if time >= 0.0 and (not kept or time - kept[-1] >= _REFRACTORY):
            kept.append(time)
    return np.array(kept)


def blink_layer(
    times: Doubles, fps: float, shut_times: Doubles, strength: float, rng: np.random.Generator | None = None
) -> npt.NDArray[np.float32]:
    """Return (T, 52): lids, with the brows and lower lids that go along.

    Lids are shut on a frame, not between two, so that a blink is a whole one at any frame rate. ``strength`` below 1
    closes them less; above 1 it changes how often (see :func:`blink_times`), not how far. With ``rng`` the two lids
    are not quite together.
    """
    arkit = np.zeros((len(times), len(ARKIT_NAMES)), np.float32)
    closure = np.zeros((2, len(times)))
    for shut in shut_times:
        middle = round(shut * fps) / fps
        first, last = np.searchsorted(times, [middle - CLOSING - SHUT, middle + 1.1 * OPENING + SHUT])
        late, uneven = (0.0, 0.0) if rng is None else (_LAG * rng.uniform(-1, 1), _EVEN * rng.uniform(-1, 1))
        for side, sign in enumerate((1, -1)):
            part = times[first:last] - middle - max(sign * late, 0.0)
            closing = s_curve((part + CLOSING + SHUT / 2) / CLOSING)
            # Lids open fast at first and settle slowly.
            opening = (1 - np.clip((part - SHUT / 2) / (OPENING * (1 + sign * uneven)), 0, 1)) ** _OPENING_POWER
            lid = np.where(part < 0, closing, opening)
            closure[side, first:last] = np.maximum(closure[side, first:last], lid)
    closure *= min(max(strength, 0.0), 1.0)
    for side, lid in zip(("Left", "Right"), closure, strict=True):
        arkit[:, ARKIT_INDEX[f"eyeBlink{side}"]] = lid
        arkit[:, ARKIT_INDEX[f"eyeSquint{side}"]] = 0.12 * lid
        arkit[:, ARKIT_INDEX[f"browDown{side}"]] = 0.07 * lid
    return arkit


def resting_lids(
    lids: npt.NDArray[np.float32], widened: npt.NDArray[np.floating[Any]], strength: float
) -> npt.NDArray[np.float32]:
    """Return (T, 52) lids that hang a little between blinks, as far as nothing holds the eyes wide.

    Parameters
    ----------
    lids : (T, 52) array
        From :func:`blink_layer`.
    widened : (T, 52) array
        What an emotion adds to the face; its ``eyeWide`` lifts the lids.
    strength : float
        Of the blinks.
    """
    hung = lids.copy()
    for side in ("Left", "Right"):
        lifted = np.clip(2 * widened[:, ARKIT_INDEX[f"eyeWide{side}"]], 0, 1)
        column = ARKIT_INDEX[f"eyeBlink{side}"]
        hung[:, column] += (1 - lids[:, column]) * REST * min(max(strength, 0.0), 1.0) * (1 - lifted)
    return hung
