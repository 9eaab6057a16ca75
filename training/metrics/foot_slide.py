"""Feet: how fast they slide while they touch the ground, and how far they are off it.

A foot touches the ground while its lower joint (ankle or ball) is within 2.5 cm of its height at rest. Sliding is the
horizontal speed of the ball while it touches; floating is how far the lower foot is above its height at rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...inference.skeleton import JOINT_INDEX

CONTACT = 0.025
"""Metres."""
BALLS: tuple[str, ...] = ("left_foot", "right_foot")


@dataclass(frozen=True)
class Feet:
    """What the feet do."""

    slide: float
    """Mean cm/s while in contact; NaN without contact."""
    float_cm: float
    """Mean height of the lower foot over rest, cm."""
    sink_cm: float
    """Deepest a foot goes below rest, cm."""


def foot_slide(positions: npt.ArrayLike, joints: npt.ArrayLike, fps: float) -> Feet:
    """Measure the feet of (T, 55, 3) joint positions against the (55, 3) rest joints, metres, Y up."""
    rows = [JOINT_INDEX[name] for name in BALLS]
    balls = np.asarray(positions, np.float64)[:, rows]
    height = balls[..., 1] - np.asarray(joints, np.float64)[rows, 1]
    speed = 100 * fps * np.linalg.norm(np.diff(balls[..., [0, 2]], axis=0), axis=-1)
    touching = (height[1:] < CONTACT) & (height[:-1] < CONTACT)
    slide = float(speed[touching].mean()) if touching.any() else float("nan")
    lower = np.maximum(height.min(1), 0)
    return Feet(slide, float(100 * lower.mean()), float(100 * np.maximum(-height, 0).max()))
