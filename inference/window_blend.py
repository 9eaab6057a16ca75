"""Long recordings in overlapping windows, cross-faded where they meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def plan_windows(total: int, window: int, overlap: int, *, step: int = 1) -> list[tuple[int, int]]:
    """Return the first frame and the one after the last of every window.

    Parameters
    ----------
    total : int
        Frames to cover.
    window : int
        Frames of one window, a multiple of ``step``; where ``total`` is not above it there is one window.
    overlap : int
        Frames that neighbours share, a multiple of ``step``; the last window shares more, to be as long as the others.
    step : int
        Windows begin at multiples of this, and all but the last end there.
    """
    if total <= window:
        return [(0, total)]
    windows: list[tuple[int, int]] = []
    start = 0
    while start + window < total:
        windows.append((start, start + window))
        start += window - overlap
    windows.append(((total - window) // step * step, total))
    return windows


def blend_windows(windows: Sequence[tuple[int, int]], parts: Sequence[Floats], overlap: int) -> Floats:
    """Return (N, C) frames from the windows' (n, C) parts.

    Of every overlap the outer thirds are left to the window that hears more around them, the middle third is a cosine
    cross-fade; a network is least sure at its window's edges.
    """
    if len(parts) == 1:
        return parts[0]
    total = windows[-1][1]
    result = np.zeros((total, parts[0].shape[1]), np.float64)
    weights = np.zeros(total)
    third = max(1, overlap // 3)
    for number, ((start, stop), part) in enumerate(zip(windows, parts, strict=True)):
        weight = np.ones(stop - start)
        distance = np.arange(stop - start) + 0.5
        if number:
            weight *= _ramp(distance, third)
        if stop < total:
            weight *= _ramp(distance[::-1], third)
        result[start:stop] += weight[:, None] * part
        weights[start:stop] += weight
    return (result / weights[:, None]).astype(np.float32)


def _ramp(distance: npt.NDArray[np.float64], third: int) -> npt.NDArray[np.float64]:
    part = np.clip((distance - third) / third, 0, 1)
    return 0.5 - 0.5 * np.cos(np.pi * part)
