"""Two bones that reach for a place: the bend of an elbow or a knee and a turn of the whole limb, in closed form."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .rotation import axis_angle_to_quaternion, quaternion_multiply, quaternion_to_matrix

Doubles = npt.NDArray[np.float64]

_STRETCHED = 0.999
"""Share of its length to which a limb stretches at most."""


def reach(upper: Doubles, lower: Doubles, end: Doubles, hinge: Doubles) -> tuple[Doubles, Doubles]:
    """Return by what two bones have to turn more so that the lower one ends at a place.

    Parameters
    ----------
    upper, lower : (T, 3) arrays
        The bones as they lie.
    end : (T, 3) array
        Where the limb shall end, from where it begins.
    hinge : (T, 3) array
        Axis about which a stretched limb bends.

    Returns
    -------
    (T, 4) quaternions
        Turns of the upper and of the lower bone, against the world, in place of none.
    """
    first, second = np.linalg.norm(upper, axis=1), np.linalg.norm(lower, axis=1)
    longest = _STRETCHED * (first + second)
    now = np.linalg.norm(upper + lower, axis=1)
    # What was stretched farther as performed may stay so.
    far = np.clip(np.linalg.norm(end, axis=1), np.abs(first - second) + 1e-4, np.maximum(longest, now))
    bend = _bend(far, first, second) - _bend(now, first, second)
    axis = _unit(np.cross(upper, lower) + 1e-3 * (first * second)[:, None] * _unit(hinge))
    folded = axis_angle_to_quaternion(bend[:, None] * axis).astype(np.float64)
    shown = upper + np.einsum("tij,tj->ti", quaternion_to_matrix(folded), lower)
    swing = _between(shown, end)
    return swing, quaternion_multiply(swing, folded).astype(np.float64)


def _bend(far: Doubles, first: Doubles, second: Doubles) -> Doubles:
    """Return the angle between two bones that end ``far`` from where they begin."""
    cosine = (far**2 - first**2 - second**2) / np.maximum(2.0 * first * second, 1e-12)
    found: Doubles = np.arccos(np.clip(cosine, -1.0, 1.0))
    return found


def _between(one: Doubles, other: Doubles) -> Doubles:
    """Return (T, 4) the smallest turns that take directions to others; they never oppose where a limb is corrected."""
    one, other = _unit(one), _unit(other)
    axis = np.cross(one, other)
    sine = np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.arctan2(sine[:, 0], (one * other).sum(axis=1))
    return axis_angle_to_quaternion(angle[:, None] * axis / np.maximum(sine, 1e-12)).astype(np.float64)


def _unit(vectors: Doubles) -> Doubles:
    found: Doubles = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return found
