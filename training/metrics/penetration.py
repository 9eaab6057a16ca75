"""Penetration: how deep arms and hands are inside the trunk, the head, the thighs or the other arm.

The body is the default character's capsules, measured on its mesh (``inference/plausibility/capsules.py``). Folded
hands and hands on thighs touch by a few millimetres of flesh, so that only what is deeper than 1 cm counts as a fault.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...inference.plausibility.capsules import Capsules
from ...inference.plausibility.capsules import penetration as depth_of

DEEP = 0.01
"""Metres from which on it shows."""


@dataclass(frozen=True)
class Penetration:
    """How often and how far."""

    share: float
    """Of the frames, 0..1, deeper than :data:`DEEP`."""
    deepest: float
    """Metres."""


def penetration(poses: npt.ArrayLike, trans: npt.ArrayLike, capsules: Capsules, every: int = 1) -> Penetration:
    """Measure (T, 165) poses and (T, 3) translations, every so many frames."""
    depth = depth_of(np.asarray(poses)[::every], np.asarray(trans)[::every], capsules)
    return Penetration(float((depth > DEEP).mean()), float(depth.max(initial=0.0)))
