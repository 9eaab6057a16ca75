"""What an artist asks of gestures that a network drew without being asked: their size, and the hand that makes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..body.upper_body import SPINE, UPPER_BODY
from ..rotation import continuous_quaternions, quaternion_multiply, slerp
from .settings import GestureSettings

Doubles = npt.NDArray[np.floating[Any]]
_CONJUGATE = np.array([1.0, -1.0, -1.0, -1.0])
_IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])


def average_rotations(quaternions: Doubles) -> Doubles:
    """Return (J, 4), the middle of (T, J, 4) unit quaternions that lie in one half of all rotations."""
    total = continuous_quaternions(quaternions).sum(0)
    return total / np.maximum(np.linalg.norm(total, axis=-1, keepdims=True), 1e-9)


def directed(gestures: Doubles, rest: Doubles, average: Doubles, settings: GestureSettings) -> Doubles:
    """Return gestures of the size and by the hand that the settings ask for.

    Below an energy of 1 every joint goes back towards its rest; above, it goes further from its average. A handedness
    of 1 or -1 leaves the other arm at rest.

    Parameters
    ----------
    gestures, rest : (T, 41, 4) arrays
        Unit quaternions of the joints that gesture; at rest the spine's are no rotation.
    average : (41, 4) array
        See :func:`average_rotations`; of the whole recording.

    Returns
    -------
    (T, 41, 4) array
    """
    if settings.energy > 1:
        away = quaternion_multiply(np.broadcast_to(average * _CONJUGATE, gestures.shape), gestures)
        further = slerp(np.broadcast_to(_IDENTITY, gestures.shape), away, settings.energy)
        gestures = quaternion_multiply(np.broadcast_to(average, gestures.shape), further)
    shares = np.full(len(UPPER_BODY), min(1.0, settings.energy))
    for index, name in enumerate(UPPER_BODY):
        if name not in SPINE:
            other = settings.handedness if name.startswith("left") else -settings.handedness
            shares[index] *= 1 - max(0.0, other)
    return gestures if (shares == 1).all() else slerp(rest, gestures, shares)
