"""Poses in which clothes are tried on: arms as in the T-pose, up, and where the gestures rest; walking; on a seat."""

from __future__ import annotations

import numpy as np

from ...inference.body.track import RestSpan
from ...inference.layers.posture import posture_layer
from ...inference.prosody import analyse
from ...inference.skeleton import JOINT_INDEX
from .makehuman import Floats

STANDING = ("together", "wrist", "hip", "pockets", "sides", "crossed", "behind")
SEATED = ("lap", "thighs")


def _turned(poses: Floats, turns: dict[str, tuple[float, float, float]]) -> Floats:
    """Return a copy of (55, 3) poses with joints set in degrees; a left joint is mirrored on the right."""
    result = poses.copy()
    for name, turn in turns.items():
        result[JOINT_INDEX[name]] = np.radians(turn)
        if name.startswith("left_") and name.replace("left_", "right_") not in turns:
            result[JOINT_INDEX[name.replace("left_", "right_")]] = np.radians(turn) * [1, -1, -1]
    return result


def fitting_poses(joints: Floats) -> dict[str, tuple[Floats, Floats]]:
    """Return named poses: (55, 3) axis-angle in radians and the pelvis' (3,) translation in metres.

    Parameters
    ----------
    joints : (55, 3) array
        Rest joints.
    """
    silence = analyse(np.zeros(16000, np.float32))
    times = np.arange(3) / 25
    result: dict[str, tuple[Floats, Floats]] = {"t": (np.zeros((55, 3)), np.zeros(3))}
    for posture, names in (("standing", STANDING), ("seated", SEATED)):
        for name in names:
            track = posture_layer(
                times, silence, joints, 0, weight_shift=0.0, posture=posture, rests=(RestSpan(0.0, 1.0, name),)
            )
            result[name] = track.poses[0].reshape(55, 3), track.trans[0]
    body, place = result["sides"]
    up = {"left_collar": (0.0, 0.0, 18.0), "left_shoulder": (0.0, 0.0, 62.0), "left_elbow": (0.0, 0.0, 0.0)}
    result["up"] = _turned(body, up), place
    ahead = {"left_collar": (0.0, -8.0, 2.0), "left_shoulder": (0.0, -80.0, 0.0), "left_elbow": (0.0, -12.0, 0.0)}
    result["ahead"] = _turned(body, ahead), place
    stride = {
        "left_hip": (-28.0, 0.0, 0.0), "right_hip": (18.0, 0.0, 0.0), "left_knee": (12.0, 0.0, 0.0),
        "right_knee": (24.0, 0.0, 0.0),
    }  # fmt: skip
    result["walk"] = _turned(body, stride), place
    bow = {
        "spine1": (14.0, 0.0, 0.0),
        "spine2": (14.0, 8.0, 0.0),
        "spine3": (10.0, 10.0, 0.0),
        "left_hip": (-15.0, 0.0, 0.0),
    }
    result["bow"] = _turned(body, bow), place
    return result
