"""Where teeth, gums, tongue and lining lie in the one picture of the inside of the mouth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .makehuman import Floats


@dataclass(frozen=True)
class Field:
    """A rectangle of the picture."""

    low: tuple[float, float]
    high: tuple[float, float]

    def place(self, across: Floats, up: Floats) -> Floats:
        """Return (n, 2) texture coordinates of (n,) shares 0..1 of the rectangle's width and height."""
        low, high = np.array(self.low), np.array(self.high)
        return low + np.column_stack([across, up]) * (high - low)


TEETH = Field((0.02, 0.77), (0.98, 0.98))
"""Across: from the front teeth to the back ones; up: from the root to the edge."""
GUMS = Field((0.02, 0.53), (0.98, 0.73))
"""Across: from the front to the back; up: over the ridge."""
TONGUE = Field((0.03, 0.03), (0.58, 0.47))
"""Seen from above: across from right to left, up from the throat to the tip."""
LINING = Field((0.66, 0.03), (0.97, 0.47))
"""Of a mouth that has no skin inside."""
