"""The skeleton that performances are made for: where the default character's joints lie in its T-pose, and what points
where.

Frame: SMPL-X (Y up, facing +Z, left hand = +X), metres, the ground at y = 0.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt

from ..inference.skeleton import JOINT_NAMES, PARENTS

Doubles = npt.NDArray[np.float64]

_MIDDLE_AND_LEFT: dict[str, tuple[float, float, float]] = {
    "pelvis": (0.0, 0.9867, 0.0), "spine1": (0.0, 1.0987, 0.0147), "spine2": (0.0, 1.2197, 0.0088),
    "spine3": (0.0, 1.2779, 0.0092), "neck": (0.0, 1.4347, 0.0321), "head": (0.0, 1.5356, 0.0703),
    "jaw": (0.0, 1.5251, 0.0925), "left_eye_smplhf": (0.0288, 1.5748, 0.1443),
    "left_hip": (0.1006, 0.8950, 0.0299), "left_knee": (0.1337, 0.5057, 0.0299),
    "left_ankle": (0.1211, 0.0865, 0.0048), "left_foot": (0.1421, 0.0423, 0.1330),
    "left_collar": (0.0232, 1.3623, 0.0484), "left_shoulder": (0.1785, 1.3398, 0.0459),
    "left_elbow": (0.4185, 1.3398, 0.0459), "left_wrist": (0.6572, 1.3398, 0.0459),
    "left_index1": (0.7584, 1.3354, 0.0715), "left_index2": (0.7835, 1.3354, 0.0743),
    "left_index3": (0.8060, 1.3354, 0.0769),
    "left_middle1": (0.7575, 1.3398, 0.0459), "left_middle2": (0.7907, 1.3398, 0.0459),
    "left_middle3": (0.8178, 1.3398, 0.0459),
    "left_pinky1": (0.7426, 1.3348, 0.0089), "left_pinky2": (0.7631, 1.3348, 0.0049),
    "left_pinky3": (0.7781, 1.3348, 0.0020),
    "left_ring1": (0.7519, 1.3399, 0.0269), "left_ring2": (0.7810, 1.3399, 0.0243),
    "left_ring3": (0.8052, 1.3399, 0.0221),
    "left_thumb1": (0.6936, 1.3365, 0.0698), "left_thumb2": (0.7044, 1.3160, 0.0893),
    "left_thumb3": (0.7289, 1.2985, 0.1082),
}  # fmt: skip


def _places() -> dict[str, Doubles]:
    found = {}
    for joint in JOINT_NAMES:
        x, y, z = _MIDDLE_AND_LEFT[joint.replace("right_", "left_")]
        found[joint] = np.array([-x if joint.startswith("right_") else x, y, z])
    return found


PLACES: Mapping[str, Doubles] = _places()
"""Joint -> (3,) where it lies."""

PARENT: Mapping[str, str | None] = {
    joint: JOINT_NAMES[parent] if parent >= 0 else None for joint, parent in zip(JOINT_NAMES, PARENTS, strict=True)
}
"""Joint -> the joint above."""

KNUCKLES = ("index1", "middle1", "ring1", "pinky1")
"""First finger joints of a hand from the thumb's side on, without the side; the thumb has no knuckle in the palm."""


def unit(vector: npt.ArrayLike) -> Doubles:
    """Return (..., 3) of length 1; nothing stays nothing."""
    array = np.asarray(vector, np.float64)
    length: Doubles = np.linalg.norm(array, axis=-1, keepdims=True)
    return array / np.where(length > 1e-12, length, 1.0)


def points_at(joint: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the joints whose middle a joint's segment points at, of those that are known; empty for ends.

    A hand points at its middle finger, or where there is none at the middle of its knuckles.
    """
    side, _, part = joint.rpartition("_")
    chains = {"hip": "knee", "knee": "ankle", "ankle": "foot", "shoulder": "elbow", "elbow": "wrist"}
    if part == "wrist":
        wanted = (f"{side}_middle1",)
        if wanted[0] not in known:
            wanted = tuple(f"{side}_{name}" for name in KNUCKLES)
    elif part in chains:
        wanted = (f"{side}_{chains[part]}",)
    elif part[-1:].isdigit() and side:
        wanted = (f"{joint[:-1]}{int(joint[-1]) + 1}",)
    else:
        wanted = ()
    return tuple(name for name in wanted if name in known)


def leg_length(places: Mapping[str, npt.ArrayLike]) -> float:
    """Return how long legs are from hip over knee to ankle, in the unit of ``places``; 0 where no leg is whole."""
    lengths = []
    for side in ("left", "right"):
        chain = [places[name] for part in ("hip", "knee", "ankle") if (name := f"{side}_{part}") in places]
        if len(chain) == 3:
            hip, knee, ankle = (np.asarray(place, np.float64) for place in chain)
            lengths.append(float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee)))
    return float(np.mean(lengths)) if lengths else 0.0


LEG_LENGTH = leg_length(PLACES)
"""The default character's, in metres."""
