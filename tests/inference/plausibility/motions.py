"""Motions for the tests: a body at rest, and arms that are sent somewhere on it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from soliloquy.inference.body.track import BodyTrack
from soliloquy.inference.character import load_character
from soliloquy.inference.layers import posture
from soliloquy.inference.layers.noise import smoothstep
from soliloquy.inference.prosody import analyse
from soliloquy.inference.rotation import axis_angle_to_quaternion, quaternion_to_axis_angle, slerp
from soliloquy.inference.skeleton import JOINT_INDEX

FPS = 30.0


@lru_cache
def at_rest(seconds: int = 6, which: str = "standing", seed: int = 0) -> BodyTrack:
    """A body at rest, T = 30 * seconds."""
    silence = analyse(np.zeros(16000 * seconds, np.float32))
    times = np.arange(seconds * round(FPS)) / FPS
    joints = load_character().joints
    return posture.posture_layer(times, silence, joints, seed, posture=which)


def with_arm(track: BodyTrack, side: str, degrees: dict[str, tuple[float, float, float]], hold: slice) -> BodyTrack:
    """Send one arm's joints somewhere (axis-angle of the left side, degrees) for some frames, in and out in 0.5 s."""
    poses = track.poses.copy()
    frames = np.arange(len(poses))
    share = smoothstep((frames - hold.start + 15) / 15) * smoothstep((hold.stop + 15 - frames) / 15)
    mirror = np.array([1.0, 1.0, 1.0]) if side == "left" else np.array([1.0, -1.0, -1.0])
    for name, angles in degrees.items():
        place = slice(3 * JOINT_INDEX[f"{side}_{name}"], 3 * JOINT_INDEX[f"{side}_{name}"] + 3)
        target = np.broadcast_to(np.radians(angles) * mirror, (len(poses), 3))
        mixed = slerp(axis_angle_to_quaternion(poses[:, place]), axis_angle_to_quaternion(target), share)
        poses[:, place] = quaternion_to_axis_angle(mixed)
    return BodyTrack(poses, track.trans.copy(), track.strokes, track.warnings)


HAND_IN_BELLY = {"shoulder": (71.0, -10.0, -70.0), "elbow": (10.0, -106.0, 13.0)}
"""The left forearm across, with the hand inside the belly."""
BEFORE_THE_CHEST = {"shoulder": (0.0, -45.0, -55.0), "elbow": (0.0, -75.0, 0.0)}
"""The left hand in front of the chest, clear of everything."""
