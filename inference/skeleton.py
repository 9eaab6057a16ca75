"""The 55 joints of the SMPL-X body model: official names, order and parents.

Axis-angle arrays in this project are laid out joint after joint in this order. The frame is SMPL-X's own: Y up, the
character faces +Z, its left hand points to +X, metres and radians.
"""

from __future__ import annotations

_BODY = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle",
    "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "jaw", "left_eye_smplhf",
    "right_eye_smplhf",
)  # fmt: skip
_BODY_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 15, 15, 15)
_FINGERS = ("index", "middle", "pinky", "ring", "thumb")

JOINT_NAMES: tuple[str, ...] = _BODY + tuple(
    f"{side}_{finger}{segment}" for side in ("left", "right") for finger in _FINGERS for segment in (1, 2, 3)
)
"""Names of the 55 joints; ``poses[:, 3 * i : 3 * i + 3]`` turns joint ``i``."""


def _parents() -> tuple[int, ...]:
    parents = list(_BODY_PARENTS)
    for wrist in (20, 21):
        for _ in _FINGERS:
            first = len(parents)
            parents += [wrist, first, first + 1]
    return tuple(parents)


PARENTS: tuple[int, ...] = _parents()
"""Index of each joint's parent; -1 for the pelvis."""

JOINT_INDEX: dict[str, int] = {name: index for index, name in enumerate(JOINT_NAMES)}
"""Joint name -> index."""

FINGER_JOINTS: tuple[str, ...] = JOINT_NAMES[25:]
"""The 30 finger joints."""
