"""The lids of an eye measured on any mesh: which points of the upper lid come down on which of the lower."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .face_frame import directions, places

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_RIM, _STILL = 0.6, 0.35
"""Shares of the largest drop: from which on a point belongs to the upper lid's rim, and up to which to the lower."""
_PAIRS, _MOST_POINTS = 5, 3000
_MIDDLE = 0.25
"""Share of an upper lid's width from its middle within which a movement that does not shut it is looked at: corners of
an eye are nearer to each other than its middle is."""
_LEAST_DROP = 1e-4  # metres


@dataclass(frozen=True, eq=False)
class Lids:
    """Pairs of points of one eye's lids."""

    mesh: Any
    """The mesh object."""
    frame: Doubles
    """(3, 4) from the mesh's space to the face's frame."""
    upper: Ints
    """(n,) points of the upper lid's rim."""
    lower: Ints
    """(n,) the points of the lower lid that they meet."""
    rest_gap: float
    """Metres between them at rest, upwards."""

    def gap(self, moved: Doubles) -> Doubles:
        """Return (...,) metres by which the lids part under (..., V, 3) displacements of the mesh; negative closes."""
        apart = directions(self.frame, moved[..., self.upper, :] - moved[..., self.lower, :])
        grown: Doubles = apart[..., 1].mean(axis=-1)
        return grown


def find_lids(
    mesh: Any, points: Doubles, closing: Doubles, frame: Doubles, lower_lid: npt.NDArray[np.bool_] | None = None
) -> Lids | None:
    """Return the lids that a movement closes; None where it closes nothing.

    Parameters
    ----------
    mesh : bpy.types.Object
        The mesh object, only kept.
    points, closing : (V, 3) arrays
        Rest points, and what the movement adds: the shape key of one eye's blink.
    frame : (3, 4) array
        From the mesh's space to the face's frame.
    lower_lid : (V,) array, optional
        Which points may be of the lower lid, where that is known and the movement need not shut the eye.
    """
    drop = -directions(frame, closing)[:, 1]
    largest = float(drop.max(initial=0.0))
    if largest < _LEAST_DROP:
        return None
    at = places(frame, points)
    shut = at + directions(frame, closing)
    upper = np.flatnonzero(drop > _RIM * largest)
    upper = upper[np.argsort(-drop[upper])[:_MOST_POINTS]]
    around = (np.abs(at - at[upper].mean(axis=0)) < 2.0 * np.ptp(at[upper], axis=0) + 2.0 * largest).all(axis=1)
    still = around & (drop < _STILL * largest) & (at[:, 1] < at[upper, 1].max() - 0.5 * largest)
    lower = np.flatnonzero(still if lower_lid is None else still & lower_lid)
    if not len(lower):
        return None
    away = np.sqrt(((shut[upper, None] - shut[lower][None]) ** 2).sum(axis=2))
    partner = lower[away.argmin(axis=1)]
    opened = at[upper, 1] - at[partner, 1]
    cost = away.min(axis=1) - 0.2 * opened
    if lower_lid is not None:
        across = at[upper, 0]
        middle = np.abs(across - 0.5 * (across.min() + across.max())) <= _MIDDLE * np.ptp(across)
        if middle.any():
            upper, partner, opened, cost = (each[middle] for each in (upper, partner, opened, cost))
    best = np.argsort(cost)[:_PAIRS]
    return Lids(mesh, frame, upper[best], partner[best], float(opened[best].mean()))
