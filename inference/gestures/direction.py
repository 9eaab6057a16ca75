"""What an artist asks of gestures, whichever engine made them: their size, and the hand that makes them."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from ..body.upper_body import SPINE, UPPER_BODY
from ..rotation import axis_angle_to_quaternion, quaternion_to_axis_angle, slerp
from .settings import GestureSettings

Doubles = npt.NDArray[np.float64]
_FARTHEST = 2.5
"""Radians from rest to which a joint is enlarged; arms that hang at rest are straight up there."""
_LARGE = np.array([name in SPINE or name.endswith(("collar", "shoulder")) for name in UPPER_BODY])
"""A larger gesture comes from trunk and shoulders: elbows, wrists and fingers neither bend nor twist beyond what was
drawn."""


def reach(energy: npt.ArrayLike) -> Doubles:
    """Return how many times as far from rest gestures of these energies go: the energy up to 1, its root above.

    Twice as far would turn shoulders over.
    """
    asked = np.maximum(np.asarray(energy, np.float64), 0.0)
    return np.where(asked <= 1, asked, np.sqrt(asked))


def natural(settings: GestureSettings) -> GestureSettings:
    """Return the settings as engines are given them: of natural energy, for :func:`directed` sizes what they draw.

    The wanted hand stays, so that an engine can give it the gestures of the other one.
    """
    return dataclasses.replace(settings, energy=1.0)


def shares(settings: GestureSettings, energy: npt.ArrayLike | None = None) -> Doubles:
    """Return (..., 41) how many times as far from rest every joint goes as it was drawn.

    A handedness of 1 or -1 leaves the other arm at rest, 0.5 lets it go half as far.

    Parameters
    ----------
    energy : (...) array, optional
        In place of the settings'.
    """
    size = reach(settings.energy if energy is None else energy)[..., None]
    result = np.where(_LARGE, size, np.minimum(size, 1.0))
    for index, name in enumerate(UPPER_BODY):
        if name not in SPINE:
            other = settings.handedness if name.startswith("left") else -settings.handedness
            result[..., index] *= 1 - max(0.0, other)
    return result


def directed(
    rotations: npt.ArrayLike, rest: npt.ArrayLike, settings: GestureSettings, energy: npt.ArrayLike | None = None
) -> Doubles:
    """Return gestures of the size and by the hand that the settings ask for.

    Every joint turns about the axis it was drawn to turn about, away from where it rests. Joint limits are the
    business of whoever settles the body afterwards.

    Parameters
    ----------
    rotations : (T, 41, 3) array
        Axis-angle of the joints that gesture, as an engine drew them at natural energy.
    rest : (T, 41, 3) array
        The same joints of the body at rest.
    energy : (T,) array, optional
        Where it changes over time, in place of the settings'.

    Returns
    -------
    (T, 41, 3) array
        The very rotations where nothing is asked for: energy 1, handedness 0.
    """
    rotations = np.asarray(rotations, np.float64)
    sizes = shares(settings, energy)
    if (sizes == 1).all():
        return rotations
    resting, drawn = axis_angle_to_quaternion(rest), axis_angle_to_quaternion(rotations)
    away = 2 * np.arccos(np.clip(np.abs((resting * drawn).sum(-1)), 0, 1))
    farthest = np.maximum(away, _FARTHEST) / np.maximum(away, 1e-9)
    return quaternion_to_axis_angle(slerp(resting, drawn, np.minimum(sizes, farthest)))
