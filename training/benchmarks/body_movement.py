"""How much and where hands move: what one looks at when a distance is large, and what settings ought to change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...inference.character import load_character
from ..metrics.jerk import MOVING
from .body_speech import FPS
from .body_takes import Take

RAISED = 0.05
"""Metres over the height of the pelvis from which on a hand counts as raised; hanging ones are below it."""
_SLOW = 0.05  # m/s


@dataclass(frozen=True)
class Movement:
    """Means over all frames of some takes."""

    speed: float
    """m/s, of both wrists."""
    moving: float
    """Share of the frames in which a wrist is faster than 0.2 m/s."""
    raised: float
    """Share of the frames in which a hand is over the pelvis."""
    both: float
    """Share of those frames in which both are."""
    height: float
    """Metres of the higher wrist over the pelvis while raised; NaN where none is."""
    reach: float
    """Metres of that wrist to the front of the pelvis."""
    right: float
    """Share of the right hand in the way both wrists go, 0..1."""
    stops: float
    """Movements of a wrist that come to a stop, per minute, both wrists together."""
    curl: float
    """Metres: standard deviation over time of a fingertip in the hand's axes."""


def stops_per_minute(speed: npt.ArrayLike) -> float:
    """Return how often (T, 2) wrists come to a stop (< 0.05 m/s) after having moved (> 0.2 m/s), either of them."""
    values = np.asarray(speed, np.float64)
    count = 0
    for side in range(values.shape[1]):
        state = np.where(values[:, side] > MOVING, 1, np.where(values[:, side] < _SLOW, -1, 0))
        known = state[state != 0]
        count += int(((known[:-1] == 1) & (known[1:] == -1)).sum())
    return 60 * FPS * count / max(len(values), 1)


def movement(takes: Sequence[Take]) -> Movement:
    """Return the means over takes."""
    speed = np.concatenate([take.wrist_speed for take in takes])
    pelvis = np.concatenate([take.points[:, :2] for take in takes]) - load_character().joints[0].astype(np.float64)
    raised = pelvis[..., 1] > RAISED
    some, both = raised.any(1), raised.all(1)
    higher = pelvis[np.arange(len(pelvis)), pelvis[..., 1].argmax(1)]
    tips = np.concatenate([take.channels[:, :, -15:].reshape(len(take.channels), -1) for take in takes])
    seconds = [take.seconds for take in takes]
    way = speed.sum(0)
    return Movement(
        speed=float(speed.mean()),
        moving=float((speed > MOVING).any(1).mean()),
        raised=float(some.mean()),
        both=float(both.sum() / max(some.sum(), 1)),
        height=float(higher[some, 1].mean()) if some.any() else float("nan"),
        reach=float(higher[some, 2].mean()) if some.any() else float("nan"),
        right=float(way[1] / max(way.sum(), 1e-9)),
        stops=float(np.average([stops_per_minute(take.wrist_speed) for take in takes], weights=seconds)),
        curl=float(np.sqrt(tips.var(0).sum() / 10)),
    )
