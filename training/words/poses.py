"""Where the hands of a sign are, and the joint angles that put them there.

Wrists are in metres from the pelvis (x to the character's left, y up, z forward) as the default character has them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from ...inference.body.upper_body import UPPER_BODY
from ...inference.character import load_character
from ...inference.plausibility.kinematics import joint_frames
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES

Doubles = npt.NDArray[np.float64]
Vector = tuple[float, float, float]

FINGERS = ("thumb", "index", "middle", "ring", "pinky")
_BENT = {  # radians of the three segments, left hand: bent into the palm
    "index": ((-0.1, 0.0, -1.45), (0.0, 0.0, -1.75), (0.0, 0.0, -0.8)),
    "middle": ((0.0, 0.0, -1.5), (0.0, 0.0, -1.8), (0.0, 0.0, -0.8)),
    "ring": ((0.0, 0.0, -1.5), (0.0, 0.0, -1.75), (0.0, 0.0, -0.8)),
    "pinky": ((-0.15, 0.0, -1.5), (-0.1, 0.0, -1.6), (0.0, 0.0, -0.8)),
    "thumb": ((-0.1, 0.75, 0.2), (0.45, 0.5, -0.3), (0.35, 0.9, 0.2)),
}
_STRAIGHT = {
    "index": ((0.0, 0.16, 0.02), (0.0, 0.0, -0.08), (0.0, 0.0, -0.05)),
    "middle": ((0.0, 0.02, 0.02), (0.0, 0.0, -0.1), (0.0, 0.0, -0.05)),
    "ring": ((0.0, -0.08, 0.0), (0.0, 0.0, -0.1), (0.0, 0.0, -0.05)),
    "pinky": ((-0.05, -0.22, 0.0), (0.0, 0.0, -0.1), (0.0, 0.0, -0.05)),
    "thumb": ((-0.45, -0.15, 0.1), (0.1, -0.15, -0.1), (0.0, -0.1, 0.0)),
}
_LOOSE = {
    "index": ((0.0, 0.1, -0.25), (0.0, 0.0, -0.3), (0.0, 0.0, -0.2)),
    "middle": ((0.0, 0.02, -0.3), (0.0, 0.0, -0.35), (0.0, 0.0, -0.2)),
    "ring": ((0.0, -0.05, -0.35), (0.0, 0.0, -0.4), (0.0, 0.0, -0.2)),
    "pinky": ((-0.05, -0.12, -0.4), (0.0, 0.0, -0.4), (0.0, 0.0, -0.2)),
    "thumb": ((-0.2, 0.2, 0.3), (0.2, 0.0, -0.2), (0.0, -0.05, 0.0)),
}
_SHAPES = {"straight": _STRAIGHT, "bent": _BENT, "loose": _LOOSE}
_FREE = ("collar", "shoulder", "elbow", "wrist")
_START = {  # left, of hands held up before the chest
    "collar": (0.02, -0.12, -0.06), "shoulder": (-0.25, -0.6, -1.1), "elbow": (0.5, -1.2, 0.2), "wrist": (0.0, 0.1, 0.3)
}  # fmt: skip
_LOOSENESS = {"collar": 0.12, "shoulder": 0.7, "elbow": 0.7, "wrist": 0.5}
"""Radians by which a joint may leave where it started before it counts as much as a centimetre of the wrist."""
_ELBOW_TWIST, _ELBOW_BEND = (-1.5, 1.5), (-2.45, -0.05)
_MIRROR = np.array([1.0, -1.0, -1.0])


@dataclass(frozen=True)
class Hand:
    """One hand of a sign, given for the left hand; the right one is its mirror image."""

    wrist: Vector
    """Metres from the pelvis."""
    along: Vector
    """Where the hand points, from the wrist to the middle finger."""
    palm: Vector
    """Where the palm faces."""
    fingers: str | tuple[str, str, str, str, str] = "straight"
    """``straight``, ``bent`` or ``loose`` for all, or for thumb, index, middle, ring and little finger."""

    def shape(self, finger: str) -> str:
        """Return the shape of one finger."""
        return self.fingers if isinstance(self.fingers, str) else self.fingers[FINGERS.index(finger)]


def raised(count: int) -> tuple[str, str, str, str, str]:
    """Return the fingers that show a number from 0 to 5: the index first, the thumb last."""
    up = {"index": count > 0, "middle": count > 1, "ring": count > 2, "pinky": count > 3, "thumb": count > 4}
    thumb, index, middle, ring, pinky = ("straight" if up[finger] else "bent" for finger in FINGERS)
    return thumb, index, middle, ring, pinky


def arm_pose(hand: Hand) -> dict[str, Doubles]:
    """Return joint -> (3,) axis-angle of the left arm and its fingers, radians, that puts a hand where it is to be."""
    joints = load_character().joints
    names = [JOINT_INDEX[f"left_{name}"] for name in _FREE]
    start = np.concatenate([_START[name] for name in _FREE])
    looseness = np.repeat([_LOOSENESS[name] for name in _FREE], 3)
    along, palm = (np.array(vector) / np.linalg.norm(vector) for vector in (hand.along, hand.palm))

    def misses(values: Doubles) -> Doubles:
        pose = np.zeros((1, len(JOINT_NAMES), 3))
        pose[0, names] = values.reshape(-1, 3)
        turns, places = joint_frames(pose, np.zeros((1, 3)), joints, only=names)
        wrist, elbow = JOINT_INDEX["left_wrist"], JOINT_INDEX["left_elbow"]
        place = places[0, wrist] - joints[0]
        turn = turns[0, wrist]
        twist, bend, side = values[6:9]
        limits = [
            max(0.0, twist - _ELBOW_TWIST[1]) + max(0.0, _ELBOW_TWIST[0] - twist),
            max(0.0, bend - _ELBOW_BEND[1]) + max(0.0, _ELBOW_BEND[0] - bend),
            abs(side) * 0.4,
        ]
        high = max(0.0, places[0, elbow, 1] - places[0, JOINT_INDEX["left_shoulder"], 1] + 0.08)
        return np.concatenate(
            [(place - hand.wrist) / 0.01, (turn[:, 0] - along) / 0.15, (-turn[:, 1] - palm) / 0.15,
             (values - start) / looseness, 20 * np.array(limits), [high / 0.05]]
        )  # fmt: skip

    found = least_squares(misses, start).x.reshape(-1, 3)
    pose = {f"left_{name}": found[row] for row, name in enumerate(_FREE)}
    for finger in FINGERS:
        for segment, angles in enumerate(_SHAPES[hand.shape(finger)][finger], 1):
            pose[f"left_{finger}{segment}"] = np.array(angles)
    return pose


def mirrored_pose(pose: dict[str, Doubles]) -> dict[str, Doubles]:
    """Return the pose of a left arm for the right one."""
    return {name.replace("left", "right"): values * _MIRROR for name, values in pose.items()}


def upper_body_pose(left: Hand | None, right: Hand | None, rest: Doubles) -> Doubles:
    """Return (41, 3) axis-angle of the joints that gesture; an arm without a hand to place stays at ``rest``."""
    pose = np.array(rest, np.float64)
    arms: dict[str, Doubles] = {}
    if left is not None:
        arms |= arm_pose(left)
    if right is not None:
        arms |= mirrored_pose(arm_pose(right))
    for name, values in arms.items():
        pose[UPPER_BODY.index(name)] = values
    return pose
