"""A performance in which hands come to touch something and go away again."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.limb_reach import reach
from soliloquy.inference.performance import Performance
from soliloquy.inference.rotation import quaternion_multiply, quaternion_to_axis_angle
from soliloquy.rigs.reference_skeleton import PLACES

FRAMES = 61
TOUCHING = 30
"""Frame at which hands are there."""

CHEST = {"left": np.array([0.02, 1.27, 0.21])}
FACE = {"right": np.array([-0.06, 1.52, 0.17])}
CLAP = {"left": np.array([0.10, 1.15, 0.36]), "right": np.array([-0.10, 1.15, 0.36])}


def touching(wrists: dict[str, np.ndarray]) -> Performance:
    """Return two seconds in which wrists go from hanging arms to places on the default character and back."""
    poses, trans = np.zeros((FRAMES, 165)), np.zeros((FRAMES, 3))
    performance = Performance(30.0, poses, trans, np.zeros((FRAMES, 52)), np.zeros(FRAMES))
    part = np.sin(np.pi * np.clip(np.linspace(-0.5, 1.5, FRAMES), 0.0, 1.0)) ** 2
    for side, sign in (("left", 1.0), ("right", -1.0)):
        shoulder, elbow, wrist = (PLACES[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
        hang = shoulder + np.array([0.12 * sign, -0.42, 0.15])
        way = hang + part[:, None] * (wrists.get(side, hang) - hang)
        upper, lower = (np.broadcast_to(bone, (FRAMES, 3)) for bone in (elbow - shoulder, wrist - elbow))
        turn, fore = reach(upper, lower, way - shoulder, np.broadcast_to([0.0, -sign, 0.0], (FRAMES, 3)))
        performance.joint(f"{side}_shoulder")[:] = quaternion_to_axis_angle(turn)
        back = turn * np.array([1.0, -1.0, -1.0, -1.0])
        performance.joint(f"{side}_elbow")[:] = quaternion_to_axis_angle(quaternion_multiply(back, fore))
    return performance
