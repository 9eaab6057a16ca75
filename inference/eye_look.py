"""The one mapping that ties eye joints and coefficients.

An eye's axis-angle is ``(down, left, 0)`` (Listing's law: no torsion); ``eyeLookDown``/``eyeLookUp`` are 1 at
:data:`VERTICAL_LIMIT`, ``eyeLookIn``/``eyeLookOut`` at :data:`HORIZONTAL_LIMIT`, and eyes never turn further.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_INDEX

HORIZONTAL_LIMIT, VERTICAL_LIMIT = np.radians(30.0), np.radians(25.0)
_SIDES = (("Left", 1.0), ("Right", -1.0))


def look_coefficients(arkit: npt.NDArray[np.floating[Any]], eyes: npt.NDArray[np.floating[Any]]) -> None:
    """Write the ``eyeLook*`` columns of (T, 52) from (T, 2, 3) eye rotations, in place."""
    for number, (side, outwards) in enumerate(_SIDES):
        down = eyes[:, number, 0] / VERTICAL_LIMIT
        out = outwards * eyes[:, number, 1] / HORIZONTAL_LIMIT
        for name, value in (("Down", down), ("Up", -down), ("Out", out), ("In", -out)):
            arkit[:, ARKIT_INDEX[f"eyeLook{name}{side}"]] = np.clip(value, 0, 1)


def look_turns(arkit: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float32]:
    """Return (T, 2, 3) rotations of the left and the right eye that the ``eyeLook*`` columns of (T, 52) stand for."""
    eyes = np.zeros((len(arkit), 2, 3), np.float32)
    for number, (side, outwards) in enumerate(_SIDES):
        down, up, out, inwards = (arkit[:, ARKIT_INDEX[f"eyeLook{name}{side}"]] for name in ("Down", "Up", "Out", "In"))
        eyes[:, number, 0] = (down - up) * VERTICAL_LIMIT
        eyes[:, number, 1] = outwards * (out - inwards) * HORIZONTAL_LIMIT
    return eyes
