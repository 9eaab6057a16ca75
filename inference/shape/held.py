"""The posture that turning joints come back to, which weaker movement fades into."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..rotation import axis_angle_to_quaternion, continuous_quaternions
from ..time_filters import between, smooth

Doubles = npt.NDArray[np.float64]

_CELL = 0.2  # seconds whose frames count as one
_SECONDS = 2.5
"""Standard deviation of the time that a posture is looked for in: longer than a gesture, shorter than a scene."""
_NEAREST, _REACH = 0.7, 8.0
"""Seconds over which frames fall off by e where some count more than others: those at rest that are nearest decide, and
one rest goes over into the next as quickly as people change it. And seconds beyond which none count."""


def turns_of(poses: npt.ArrayLike, joints: list[int]) -> Doubles:
    """Return (T, J, 4) quaternions of some joints of (T, 165) poses, continuous in sign."""
    chosen = np.asarray(poses, np.float64).reshape(len(np.asarray(poses)), -1, 3)[:, joints]
    return continuous_quaternions(axis_angle_to_quaternion(chosen)).astype(np.float64)


def held_turns(turns: Doubles, fps: float, weights: npt.ArrayLike | None = None) -> Doubles:
    """Return (T, J, 4) the slow mean of turns, in which frames of larger weight count more.

    Parameters
    ----------
    turns : (T, J, 4) array
        Quaternions, continuous in sign.
    weights : (T, J) array, optional
        Alike when missing.
    """
    count = len(turns)
    if count < 2:
        return turns.copy()
    given = np.ones(turns.shape[:2]) if weights is None else np.asarray(weights, np.float64)
    starts = np.arange(0, count, max(1, round(_CELL * fps)))
    columns = np.concatenate([turns * given[..., None], given[..., None]], -1).reshape(count, -1)
    cells = np.add.reduceat(columns, starts, axis=0)
    cells = smooth(cells, _SECONDS / _CELL) if weights is None else _nearest(cells)
    middles = starts + 0.5 * (np.diff(np.append(starts, count)) - 1)
    cells = cells.reshape(len(starts), -1, 5)
    means = cells[..., :4] / np.maximum(cells[..., 4:], 1e-12)
    spread = between(np.arange(count), middles, means.reshape(len(starts), -1)).reshape(turns.shape)
    return spread / np.maximum(np.linalg.norm(spread, axis=-1, keepdims=True), 1e-12)


def _nearest(cells: Doubles) -> Doubles:
    """Return (n, C) weighted sums of what is around each cell, the nearest most."""
    reach = round(_REACH / _CELL)
    padded = np.pad(cells, ((reach, reach), (0, 0)))
    result = np.zeros_like(cells)
    for place in range(2 * reach + 1):
        result += np.exp(-abs(place - reach) * _CELL / _NEAREST) * padded[place : place + len(cells)]
    return result
