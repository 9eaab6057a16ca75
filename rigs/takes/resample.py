"""A performance on whole frames of a scene."""

from __future__ import annotations

import math

import numpy as np

from ...inference.performance import Performance
from ...inference.resample import at_times


def onto_whole_frames(performance: Performance, scene_fps: float, first_frame: float) -> tuple[Performance, float]:
    """Return the performance with one sample on every whole scene frame it covers, and the first of those frames."""
    length = (performance.frames - 1) * scene_fps / performance.fps
    first = math.ceil(first_frame - 1e-6)
    last = max(first, math.floor(first_frame + length + 1e-6))
    frames = np.arange(first, last + 1)
    return at_times(performance, (frames - first_frame) / scene_fps, scene_fps), float(first)
