"""Arms at rest: where collars, arms and fingers are while they do nothing.

All rotations start from the T-pose. Left and right mirror each other: (x, y, z) becomes (x, -y, -z).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..rotation import compose_axis_angle
from .noise import Doubles, smooth_noise

ArmPose = dict[str, tuple[tuple[float, float, float], ...]]
"""Joint without its side -> turns of the left one in degrees, applied in turn, the first one first."""

ARM_POSE: ArmPose = {
    "collar": ((0.0, 0.0, -3.0),),
    "shoulder": ((6.0, 0.0, 0.0), (0.0, 0.0, -74.0), (-2.0, 0.0, 0.0)),
    "elbow": ((16.0, 0.0, 0.0), (0.0, -15.0, 0.0)),
    "wrist": ((6.0, 0.0, 0.0), (0.0, 0.0, -5.0)),
    "index1": ((0.0, 0.0, -14.0),), "index2": ((0.0, 0.0, -20.0),), "index3": ((0.0, 0.0, -12.0),),
    "middle1": ((0.0, 0.0, -19.0),), "middle2": ((0.0, 0.0, -25.0),), "middle3": ((0.0, 0.0, -15.0),),
    "ring1": ((0.0, 0.0, -23.0),), "ring2": ((0.0, 0.0, -28.0),), "ring3": ((0.0, 0.0, -17.0),),
    "pinky1": ((0.0, 0.0, -26.0),), "pinky2": ((0.0, 0.0, -28.0),), "pinky3": ((0.0, 0.0, -18.0),),
    "thumb1": ((0.0, 16.0, 4.0),), "thumb2": ((0.0, 8.0, 0.0),), "thumb3": ((0.0, 12.0, 0.0),),
}  # fmt: skip
"""Arms hanging loosely: upper arms down and a little forward, elbows soft, palms to the thighs, fingers curled."""
_ASYMMETRY = {"shoulder": (1.5, 0.0, 1.5), "elbow": (2.0, 4.0, 0.0), "wrist": (0.0, 0.0, 2.0)}
"""What the right arm has over the left one, degrees: nobody stands like a mirror image."""


def resting_arms(
    joint: Callable[[str, npt.ArrayLike], None],
    times: Doubles,
    breath: Doubles,
    shrug: Doubles,
    rng: np.random.Generator,
    pose: ArmPose,
) -> None:
    """Write collars, arms and fingers at rest, lifted by the breath and swinging a little of their own accord.

    Parameters
    ----------
    joint : callable
        Takes a joint's name and its (T, 3) axis-angle.
    breath, shrug : (T,) array
        Filling of the lungs, 0..1, and degrees by which the shoulders rise.
    pose : dict
        As :data:`ARM_POSE`.
    """
    frames = len(times)
    loose = smooth_noise(times, 4.0, rng, 8)
    for number, side in enumerate(("left", "right")):
        mirror = np.array([1.0, 1.0, 1.0]) if side == "left" else np.array([1.0, -1.0, -1.0])
        for name, turns in pose.items():
            rotation = np.zeros((frames, 3))
            for turn in turns:
                rotation = compose_axis_angle(np.broadcast_to(np.radians(turn) * mirror, (frames, 3)), rotation)
            if side == "right" and name in _ASYMMETRY:
                extra = np.radians(_ASYMMETRY[name]) * mirror
                rotation = compose_axis_angle(np.broadcast_to(extra, (frames, 3)), rotation)
            moving = np.zeros((frames, 3))
            if name == "collar":
                moving[:, 2] = np.radians(1.1 * breath + shrug)
            elif name == "shoulder":
                # Arms keep hanging while the collar lifts, and swing a little of their own accord.
                moving[:, 2] = np.radians(-0.9 * (1.1 * breath + shrug) + 0.35 * loose[:, 4 * number])
                moving[:, 0] = np.radians(0.7 * loose[:, 4 * number + 1])
            elif name == "elbow":
                moving[:, 1] = np.radians(-0.8 * loose[:, 4 * number + 2])
            elif name[:-1] in ("index", "middle", "ring", "pinky"):
                moving[:, 2] = np.radians(-1.0 * loose[:, 4 * number + 3])
            joint(f"{side}_{name}", compose_axis_angle(moving * mirror, rotation))
