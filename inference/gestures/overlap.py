"""Overlapping action: shoulders lead, hands and fingers come after the forearm, and a hand hangs back as it is swung.

"Successive breaking of joints" and "drag" (Williams 2001, "The Animator's Survival Kit"; Thomas and Johnston 1981,
"The Illusion of Life", follow through and overlapping action). All are functions of time alone, so that any stretch of
a recording moves as it does in the whole.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..body.upper_body import UPPER_BODY
from .phrases import HandUse, hand_weight

Doubles = npt.NDArray[np.float64]

LEADS = 0.03
"""Seconds by which collar and shoulder set off, and turn back, before the elbow."""
HAND_LATE = 0.04
"""Seconds by which the wrist is later than the elbow."""
_LATE = {"collar": -LEADS, "shoulder": -LEADS, "wrist": HAND_LATE, "1": 0.055, "2": 0.07, "3": 0.085}
"""Seconds by which a joint is later than the elbow; fingers by the number of their joint."""
LATEST = max(_LATE.values())
"""Seconds that a phrase goes on after its hands are back, for the tips of the fingers."""
_DELAYS = np.array([next((late for part, late in _LATE.items() if name.endswith(part)), 0.0) if "_" in name else 0.0
                    for name in UPPER_BODY])  # fmt: skip
_DRAG = 0.06
"""Seconds by which a hand hangs back behind the forearm that swings it."""
_FARTHEST = np.radians(16.0)
_ASIDE = 0.5
"""How much less a wrist gives way towards thumb and little finger than towards palm and back."""
_STEP = 1 / 60  # seconds over which speeds are taken
_SUDDEN = 0.1
"""Seconds in less than which a phrase vanishes under the one that has covered it: no movement."""


def late(use: HandUse, times: Doubles, joints: npt.NDArray[np.int64]) -> Doubles:
    """Return (n, J) how far joints, rows of ``upper_body.UPPER_BODY``, follow a phrase, 0..1, each in its turn."""
    return hand_weight(use, times[:, None] - _DELAYS[joints])


def drag(use: HandUse, times: Doubles, target: Doubles, way: Doubles) -> Doubles:
    """Return (n, 3) axis-angle by which a hand hangs back behind its forearm.

    Parameters
    ----------
    target : (n, 3) array
        The phrase's elbow, as ``hinge_angles`` has it.
    way : (n, 3) array
        From the elbow of the pose so far to it.
    """
    rising = (hand_weight(use, times + _STEP) - hand_weight(use, times - _STEP)) / (2 * _STEP)
    if use.off_end - use.off < _SUDDEN:
        rising = np.where(times < use.off - _STEP, rising, 0.0)
    turned = rising[:, None] * way[:, 1:]
    swing = -_DRAG * hand_weight(use, times)[:, None] * turned
    # The forearm's turn about itself takes the axes of the wrist along.
    cosine, sine = np.cos(target[:, 0]), np.sin(target[:, 0])
    across = cosine * swing[:, 0] + sine * swing[:, 1]
    palm = cosine * swing[:, 1] - sine * swing[:, 0]
    bent = np.stack([np.zeros(len(times)), _ASIDE * across, palm], -1)
    return _FARTHEST * np.tanh(bent / _FARTHEST)
