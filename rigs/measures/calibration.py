"""A made-up performance that asks everything of a rig once: sway, nods, bends, curls, gaze, jaw, lids, p b m."""

from __future__ import annotations

import numpy as np

from ...inference.easing import eased
from ...inference.performance import Performance
from ...inference.skeleton import JOINT_NAMES

SWAY = 0.3
"""Metres that the pelvis travels to the left."""
FRAMES, FPS = 121, 30.0


def calibration_performance() -> Performance:
    """Return four seconds in which one thing after another moves; feet and knees stay as they are."""
    time = np.linspace(0.0, 1.0, FRAMES)
    poses, trans, arkit = (np.zeros((FRAMES, width), np.float32) for width in (165, 3, 52))
    result = Performance(FPS, poses, trans, arkit, np.zeros(FRAMES, np.float32))

    def swing(first: float, last: float) -> np.ndarray:
        """Return (T,) a hill from 0 over 1 back to 0."""
        part = np.clip((time - first) / (last - first), 0.0, 1.0)
        return np.sin(np.pi * part) ** 2

    result.trans[:, 0] = SWAY * eased(time, 0.05, 0.95)
    arms = 0.75 * np.clip(time / 0.1, 0.0, 1.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        result.joint(f"{side}_shoulder")[:, 2] = -sign * arms
        result.joint(f"{side}_elbow")[:, 1] = -sign * 1.4 * swing(0.1, 0.5)
        result.joint(f"{side}_wrist")[:, 0] = 0.8 * swing(0.3, 0.7)
        result.joint(f"{side}_eye_smplhf")[:, 1] = 0.4 * swing(0.5, 0.7)
        result.joint(f"{side}_eye_smplhf")[:, 0] = 0.25 * swing(0.7, 0.9)
        for name in JOINT_NAMES:
            if name.startswith(side) and name[-1].isdigit() and "thumb" not in name:
                result.joint(name)[:, 2] = -sign * 0.9 * swing(0.2, 0.8)
    for index, name in enumerate(("spine1", "spine2", "spine3")):
        result.joint(name)[:, index] = 0.2 * swing(0.2, 0.9)
    result.joint("head")[:, 0] = 0.35 * swing(0.1, 0.4)
    result.joint("neck")[:, 1] = 0.3 * swing(0.4, 0.8)
    return result
