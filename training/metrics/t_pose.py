"""T-poses: frames in which a body stands as its rig was made, arms straight out to the sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...inference.skeleton import JOINT_INDEX

LIMIT = 25.0
"""Degrees that upper arm and forearm may be off the line sideways."""


def t_pose_share(positions: npt.ArrayLike, limit: float = LIMIT) -> float:
    """Return the share of frames, 0..1, of (T, 55, 3) joint positions of a body that faces +Z."""
    places = np.asarray(positions, np.float64)
    level = np.cos(np.radians(limit))
    out = np.ones(len(places), bool)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        shoulder, elbow, wrist = (places[:, JOINT_INDEX[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist"))
        for bone in (elbow - shoulder, wrist - elbow):
            out &= sign * bone[:, 0] / np.linalg.norm(bone, axis=1) > level
    return float(out.mean()) if len(out) else 0.0
