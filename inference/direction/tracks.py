"""What is directed over time besides the emotion: energy, openness, lean, eye contact and how far the head
moves.

A key is a time, a name and a value, as ``AnimateSettings.direction_track`` holds them; every name has keys of its own.
Between keys a value goes in a straight line, before the first and after the last it stays; a name without a key is the
constant setting of the same name.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..emotion.curves import ONSET, blended
from ..gestures.settings import GestureSettings
from ..setting import Setting, settings_of
from ..settings import DIRECTED, AnimateSettings

Doubles = npt.NDArray[np.float64]
DirectionRow = tuple[float, str, float]
DirectionRows = tuple[DirectionRow, ...]
"""Keys of ``AnimateSettings.direction_track``: time in s, one of ``DIRECTED``, value."""

_SMOOTHING = dict.fromkeys(DIRECTED, ONSET) | {"energy": 0.25, "openness": 0.3, "lean": 0.3}
"""Standard deviation, s, of the smoothing over time: arms and trunk have more to move than eyes."""


def directed_setting(name: str) -> Setting:
    """Return the setting that a name of ``DIRECTED`` is keyed for: its range, title and default."""
    return {**settings_of(GestureSettings), **settings_of(AnimateSettings)}[name]


def constant(settings: AnimateSettings, name: str) -> float:
    """Return what a name of ``DIRECTED`` is where it has no key."""
    return float(getattr(settings.gestures if name == "energy" else settings, name))


def over_time(times: npt.ArrayLike, settings: AnimateSettings, name: str) -> float | Doubles:
    """Return what is directed at each moment.

    Parameters
    ----------
    times : (T,) array
        Seconds from the start of the performance, rising.
    name : str
        Of ``DIRECTED``.

    Returns
    -------
    float or (T,) array
        The constant where there are no keys.
    """
    keys = [(time, value) for time, word, value in settings.direction_track if word == name]
    if not keys:
        return constant(settings, name)
    moments, values = np.array(keys).T
    return blended(np.asarray(times, np.float64), moments, values[:, None], _SMOOTHING[name])[:, 0]


def jumps(settings: AnimateSettings, name: str, least: float) -> tuple[float, ...]:
    """Return the seconds at which a value has gone half the way of a rise or fall of at least ``least``, in order."""
    keys = [(time, value) for time, word, value in settings.direction_track if word == name]
    found: list[float] = []
    for (start, before), (stop, after) in pairwise(keys):
        if abs(after - before) >= least:
            found.append(0.5 * (start + stop))
    return tuple(found)
