"""Joint-limit violations: how often a joint of the upper body turns further than a human's does.

The ranges are ``inference/plausibility/limits.py``'s: clinical norms, widened where recorded gestures go further.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...inference.body.upper_body import UPPER_BODY
from ...inference.plausibility.limits import LIMITS, joint_coordinates

_ROWS = [LIMITS[name.split("_")[-1]] for name in UPPER_BODY]
_LOW = np.radians([[row.x[0], row.y[0], row.z[0]] for row in _ROWS])
_HIGH = np.radians([[row.x[1], row.y[1], row.z[1]] for row in _ROWS])


def limit_violation(poses: npt.ArrayLike, tolerance: float = 1.0) -> tuple[float, float]:
    """Return the share of the frames, 0..1, of (T, 165) poses in which a joint is beyond its range, and by how much.

    Parameters
    ----------
    tolerance : float
        Degrees that do not count.

    Returns
    -------
    share, degrees : float
        The second is the worst of all.
    """
    angles = joint_coordinates(poses)
    beyond = np.degrees(np.maximum(np.maximum(angles - _HIGH, _LOW - angles), 0)).max((1, 2))
    return float((beyond > tolerance).mean()), float(beyond.max(initial=0.0))
