"""A performance at another frame rate or phase: what lies between two samples."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from ..inference.performance import Performance
from ..inference.skeleton import JOINT_NAMES
from .channels import quaternions


def axis_angles(turns: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Turn quaternions (T, 4), w first, of any length but zero, into axis-angle (T, 3) with angles of at most pi."""
    q = np.asarray(turns, np.float64)
    q = q / np.linalg.norm(q, axis=1, keepdims=True)
    q = np.where(q[:, :1] < 0.0, -q, q)
    sine = np.linalg.norm(q[:, 1:], axis=1, keepdims=True)
    angle = 2.0 * np.arctan2(sine, q[:, :1])
    return q[:, 1:] * np.where(sine > 1e-9, angle / np.maximum(sine, 1e-9), 2.0)


def at_times(performance: Performance, times: npt.ArrayLike, fps: float) -> Performance:
    """Return the performance sampled at ``times`` (seconds; held at its ends), said to run at ``fps``.

    Rotations are blended along the arc between neighbouring samples, everything else in straight lines.
    """
    place = np.clip(np.asarray(times, np.float64) * performance.fps, 0.0, performance.frames - 1)
    low = np.minimum(place.astype(np.int64), max(performance.frames - 2, 0))
    high = np.minimum(low + 1, performance.frames - 1)
    weight = (place - low)[:, None]

    def straight(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return ((1.0 - weight) * values[low] + weight * values[high]).astype(np.float32)

    poses = np.zeros((len(place), 3 * len(JOINT_NAMES)), np.float32)
    for joint, name in enumerate(JOINT_NAMES):
        source = quaternions(performance.joint(name))
        one, two = source[low], source[high]
        angle = np.arccos(np.clip(np.einsum("tc,tc->t", one, two), -1.0, 1.0))[:, None]
        sine = np.sin(angle)
        small = sine < 1e-6
        safe = np.where(small, 1.0, sine)
        a = np.where(small, 1.0 - weight, np.sin((1.0 - weight) * angle) / safe)
        b = np.where(small, weight, np.sin(weight * angle) / safe)
        poses[:, 3 * joint : 3 * joint + 3] = axis_angles(a * one + b * two)
    expressions = performance.expressions
    return dataclasses.replace(
        performance,
        fps=fps,
        poses=poses,
        trans=straight(performance.trans),
        arkit=straight(performance.arkit),
        lip_aperture=straight(performance.lip_aperture[:, None])[:, 0],
        expressions=straight(expressions) if expressions is not None else None,
    )


def onto_whole_frames(performance: Performance, scene_fps: float, first_frame: float) -> tuple[Performance, float]:
    """Return the performance with one sample on every whole scene frame it covers, and the first of those frames."""
    length = (performance.frames - 1) * scene_fps / performance.fps
    first = math.ceil(first_frame - 1e-6)
    last = max(first, math.floor(first_frame + length + 1e-6))
    frames = np.arange(first, last + 1)
    return at_times(performance, (frames - first_frame) / scene_fps, scene_fps), float(first)
