"""The S-curve by which one thing gives way to another as a value rises."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def smoothstep(values: npt.NDArray[np.floating[Any]], low: float, high: float) -> npt.NDArray[np.float32]:
    """Return, of the values' shape, 0 below ``low``, 1 above ``high``, and an S-curve with level ends between.

    In the precision of the values, so that float32 stays float32; where ``high`` is not above ``low``, a step.
    """
    part = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    return (part * part * (3 - 2 * part)).astype(np.float32)
