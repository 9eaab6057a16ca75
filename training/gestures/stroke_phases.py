"""The phases of a gesture, read off the speed of the wrists.

A gesture is preparation, stroke, hold and retraction (Kendon, "Gesture: Visible Action as Utterance", 2004). The
sources mark them by hand, each in its own manner; what they agree on is that the marked emphasis lies where the hand
has arrived. All boundaries are therefore measured anew around that mark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

Doubles = npt.NDArray[np.float64]
_LEAST_TRAVEL = 0.06  # metres


@dataclass(frozen=True)
class Phases:
    """Seconds from the start of the clip, rising.

    The hand sets off, the stroke begins, the hand arrives, the hold ends, the hand is back at rest.
    """

    ready: float
    stroke_start: float
    emphasis: float
    stroke: float
    relax: float

    def values(self) -> tuple[float, ...]:
        """Return the instants in their order."""
        return self.ready, self.stroke_start, self.emphasis, self.stroke, self.relax


def wrist_travel(paths: Doubles) -> Doubles:
    """Return (2,) metres by which each wrist leaves the place it starts from."""
    return np.linalg.norm(paths - paths[:1], axis=-1).max(0)


def find_phases(paths: Doubles, fps: float, marked: float | None) -> Phases | None:
    """Return the phases of a clip; None where no wrist moves enough to gesture.

    Parameters
    ----------
    paths : (T, 2, 3) array
        Wrist positions, metres.
    marked : float or None
        The emphasis marked in the source, seconds; None looks for the farthest place.
    """
    travel = wrist_travel(paths)
    if travel.max() < _LEAST_TRAVEL:
        return None
    share = np.where(travel > 0.4 * travel.max(), travel, 0.0)
    share = share / share.sum()
    speed = np.linalg.norm(np.gradient(gaussian_filter1d(paths, 1.2, axis=0), 1 / fps, axis=0), axis=-1) @ share
    away = np.linalg.norm(paths - paths[:1], axis=-1) @ share
    last = len(speed) - 1
    mark = round(marked * fps) if marked is not None else int(away.argmax())
    mark = int(np.clip(mark, 3, last - 3))
    # The marked instant may lie a little before or after the hand has stopped.
    around = np.arange(max(2, mark - int(0.2 * fps)), min(last - 1, mark + int(0.25 * fps)) + 1)
    still = around[speed[around].argmin()]
    before = speed[: still + 1]
    top = int(before.argmax())
    low = max(0.09 * before[top], speed[still] * 1.1)
    emphasis = still
    while emphasis - 1 > top and speed[emphasis - 1] < low:
        emphasis -= 1
    moving = 0.07 * speed.max()
    ready = top
    while ready > 0 and speed[ready - 1] > moving and (ready > 1 or speed[0] > moving):
        ready -= 1
    # A second, shorter movement into the stroke: the stroke starts at the lull before it.
    inner = np.arange(max(1, emphasis - int(0.9 * fps)), emphasis)
    lulls = [f for f in inner if speed[f] <= speed[f - 1] and speed[f] < speed[f + 1]]
    lulls = [f for f in lulls if speed[f:emphasis].max() > 1.5 * speed[f] and speed[: f + 1].max() > 1.5 * speed[f]]
    begin = lulls[-1] if lulls and lulls[-1] > ready else ready + (emphasis - ready) // 3
    after = speed[still:]
    retract = still + int(after.argmax())
    high = 0.22 * speed[retract]
    stroke = retract
    while stroke - 1 > still and speed[stroke - 1] > high:
        stroke -= 1
    relax = last
    while relax > retract and speed[relax] < moving:
        relax -= 1
    frames = np.array([ready, begin, emphasis, max(stroke, emphasis + 1), max(relax, stroke + 4)], np.float64)
    if frames[-1] > last or frames[2] - frames[0] < 0.15 * fps:
        return None
    return Phases(*(float(value) for value in frames / fps))
