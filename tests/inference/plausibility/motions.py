"""Motions for the tests: a body at rest, and arms that are sent somewhere on it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from soliloquy.inference.body.track import BodyTrack
from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.character import load_character
from soliloquy.inference.easing import s_curve
from soliloquy.inference.layers import posture
from soliloquy.inference.layers.arms import rest_turns
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


@lru_cache
def hands_up(seconds: int = 6) -> BodyTrack:
    """A standing body whose hands are raised before it and touch nothing."""
    track = at_rest(seconds)
    poses = track.poses.copy()
    arms = [JOINT_INDEX[name] for name in UPPER_BODY if not name.startswith("spine")]
    poses.reshape(len(poses), -1, 3)[:, arms] = rest_turns("ready")
    return BodyTrack(poses, track.trans.copy())


def with_arm(track: BodyTrack, side: str, degrees: dict[str, tuple[float, float, float]], hold: slice) -> BodyTrack:
    """Send one arm's joints somewhere (axis-angle of the left side, degrees) for some frames, in and out in 0.5 s."""
    poses = track.poses.copy()
    frames = np.arange(len(poses))
    share = s_curve((frames - hold.start + 15) / 15) * s_curve((hold.stop + 15 - frames) / 15)
    mirror = np.array([1.0, 1.0, 1.0]) if side == "left" else np.array([1.0, -1.0, -1.0])
    for name, angles in degrees.items():
        place = slice(3 * JOINT_INDEX[f"{side}_{name}"], 3 * JOINT_INDEX[f"{side}_{name}"] + 3)
        target = np.broadcast_to(np.radians(angles) * mirror, (len(poses), 3))
        mixed = slerp(axis_angle_to_quaternion(poses[:, place]), axis_angle_to_quaternion(target), share)
        poses[:, place] = quaternion_to_axis_angle(mixed)
    return BodyTrack(poses, track.trans.copy(), track.strokes, track.warnings)


_CURLS = {"index": (14, 20, 12), "middle": (19, 25, 15), "ring": (23, 28, 17), "pinky": (26, 28, 18)}
_LOOSE_HAND = {
    "wrist": (6.0, 0.0, -5.0), "thumb1": (0.0, 16.0, 4.0), "thumb2": (0.0, 8.0, 0.0), "thumb3": (0.0, 12.0, 0.0),
    **{f"{finger}{row + 1}": (0.0, 0.0, -float(bend)) for finger, bends in _CURLS.items()
       for row, bend in enumerate(bends)},
}  # fmt: skip
HAND_IN_BELLY = {"shoulder": (71.0, -10.0, -70.0), "elbow": (10.0, -106.0, 13.0), **_LOOSE_HAND}
"""The left forearm across, with the hand inside the belly."""
BEFORE_THE_CHEST = {"shoulder": (0.0, -45.0, -55.0), "elbow": (0.0, -75.0, 0.0), **_LOOSE_HAND}
"""The left hand in front of the chest, clear of everything."""
CLASPED = {"shoulder": (8.0, -40.0, -60.0), "elbow": (20.0, -78.0, 0.0), **_LOOSE_HAND}
"""The left hand in the middle before the chest, where the right one is too."""
