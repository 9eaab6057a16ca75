"""A performance of a face alone that opens, shuts with an open jaw, rounds, spreads and blinks."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.performance import Performance
from soliloquy.inference.skeleton import JOINT_INDEX

SHUT = {"jawOpen": 0.25, "mouthClose": 0.25, "mouthPressLeft": 0.4, "mouthPressRight": 0.4}
_POSES = (
    {}, {"jawOpen": 0.6}, SHUT, {"jawOpen": 0.5, "mouthFunnel": 0.3}, {}, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
    {"jawOpen": 0.4, "mouthStretchLeft": 0.4, "mouthStretchRight": 0.4}, SHUT, {"jawOpen": 1.0}, {},
)  # fmt: skip


def spoken_face() -> Performance:
    """Return the performance at 30 frames per second, each pose held for two frames."""
    poses = [pose for pose in _POSES for _ in range(2)]
    arkit = np.zeros((len(poses), 52), np.float32)
    turns = np.zeros((len(poses), 55, 3), np.float32)
    character = load_character()
    for row, pose in enumerate(poses):
        for name, value in pose.items():
            arkit[row, ARKIT_INDEX[name]] = value
        turns[row, JOINT_INDEX["jaw"], 0] = character.jaw_open_radians * pose.get("jawOpen", 0.0)
    flat = turns.reshape(len(poses), -1)
    return Performance(30.0, flat, np.zeros((len(poses), 3)), arkit, character.lip_aperture(flat, arkit))
