"""The S-curve by which one thing gives way to another: 3 x^2 - 2 x^3, level at both ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


def s_curve(part: npt.ArrayLike) -> Doubles:
    """Return, of the shares' shape and in double precision, 0 below 0, 1 above 1, and the S-curve between."""
    share = np.clip(np.asarray(part, np.float64), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def eased(value: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike) -> Doubles:
    """Return, of the values' shape and in double precision, 0 at ``low`` and before it, 1 from ``high`` on.

    ``high`` may lie below ``low``: then it falls as the values rise.
    """
    start = np.asarray(low, np.float64)
    return s_curve((np.asarray(value, np.float64) - start) / (np.asarray(high, np.float64) - start))


def smoothstep(values: npt.NDArray[np.floating[Any]], low: float, high: float) -> npt.NDArray[np.float32]:
    """Return, of the values' shape, 0 below ``low``, 1 above ``high``, and the S-curve between; in single precision.

    The curve is worked out in the precision of the values; where ``high`` is not above ``low``, it is a step.
    """
    part = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    return (part * part * (3 - 2 * part)).astype(np.float32)
