"""A performance at another frame rate or phase: what lies between two samples."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from .label_track import LabelTrack
from .performance import Performance
from .rotation import axis_angle_to_quaternion, quaternion_to_axis_angle, slerp
from .skeleton import JOINT_NAMES


def at_times(performance: Performance, times: npt.ArrayLike, fps: float) -> Performance:
    """Return the performance sampled at rising ``times`` (seconds; held at its ends), said to run at ``fps``.

    Rotations are blended along the arc between neighbouring samples, everything else in straight lines.
    """
    place = np.clip(np.asarray(times, np.float64) * performance.fps, 0.0, performance.frames - 1)
    low = np.minimum(place.astype(np.int64), max(performance.frames - 2, 0))
    high = np.minimum(low + 1, performance.frames - 1)
    weight = (place - low)[:, None]

    def straight(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return ((1.0 - weight) * values[low] + weight * values[high]).astype(np.float32)

    turns = axis_angle_to_quaternion(performance.poses.reshape(-1, len(JOINT_NAMES), 3).astype(np.float64))
    poses = quaternion_to_axis_angle(slerp(turns[low], turns[high], weight)).reshape(len(place), -1)
    expressions = performance.expressions
    return dataclasses.replace(
        performance,
        fps=fps,
        poses=poses.astype(np.float32),
        trans=straight(performance.trans),
        arkit=straight(performance.arkit),
        lip_aperture=straight(performance.lip_aperture[:, None])[:, 0],
        expressions=straight(expressions) if expressions is not None else None,
        tracks={name: _on_clock(track, times, fps) for name, track in performance.tracks.items()},
    )


def _on_clock(track: LabelTrack, times: npt.ArrayLike, fps: float) -> LabelTrack:
    """Return a track of a performance that is sampled at rising ``times``; what lies beyond the samples is cut off."""
    old = np.asarray(times, np.float64)
    step = old[-1] - old[-2] if len(old) > 1 else 1.0 / fps
    return track.moved(np.append(old, old[-1] + step), np.arange(len(old) + 1) / fps)


def at_rate(performance: Performance, fps: float) -> Performance:
    """Return the performance at another frame rate; itself where it runs at that rate already."""
    if abs(performance.fps - fps) < 1e-6:
        return performance
    count = int((performance.frames - 1) * fps / performance.fps + 1e-6) + 1
    return at_times(performance, np.arange(count) / fps, fps)
