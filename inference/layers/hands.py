"""Hands of a seated body that lie on its thighs, wherever the trunk leans.

Lengths are in the default character's metres and grow with the thigh of a character of another shape.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..body.track import BodyTrack
from ..plausibility.kinematics import joint_frames
from ..rotation import axis_angle_to_matrix, matrix_to_axis_angle
from ..skeleton import JOINT_INDEX
from .arms import ArmPose
from .seat import thigh_size

Doubles = npt.NDArray[np.float64]

SEATED_FINGERS: ArmPose = {
    "collar": ((0.0, 0.0, -3.0),),
    "index1": ((0.0, -3.0, -19.0),), "index2": ((0.0, 0.0, -13.0),), "index3": ((0.0, 0.0, -7.0),),
    "middle1": ((0.0, 0.0, -14.0),), "middle2": ((0.0, 0.0, -11.0),), "middle3": ((0.0, 0.0, -6.0),),
    "ring1": ((0.0, 2.0, -11.0),), "ring2": ((0.0, 0.0, -12.0),), "ring3": ((0.0, 0.0, -7.0),),
    "pinky1": ((0.0, 5.0, -16.0),), "pinky2": ((0.0, 0.0, -18.0),), "pinky3": ((0.0, 0.0, -10.0),),
    "thumb1": ((0.0, 10.0, 2.0),), "thumb2": ((0.0, 6.0, 0.0),), "thumb3": ((0.0, 10.0, 0.0),),
}  # fmt: skip
"""Fingers that lie on the thigh, degrees of the left hand; as :data:`~.arms.ARM_POSE`."""


@dataclass(frozen=True)
class _Palm:
    """Where a hand rests, in the rest frame of its thigh (left side)."""

    along: float
    """Share of the way from hip to knee at which the wrist is."""
    above: float
    """Metres of the wrist above the thigh's axis."""
    outward: float
    """Metres of the wrist away from the body's middle."""
    inward_turn: float
    """Degrees by which the fingers point to the other knee."""
    slope: float
    """Degrees by which the fingers point down to the knee."""
    roll: float
    """Degrees by which the little finger's side is lower."""


_PALMS = {"left": _Palm(0.50, 0.128, 0.010, 8.0, 8.5, 6.0), "right": _Palm(0.47, 0.1295, 0.010, 13.0, 8.0, 7.0)}
_POLE = np.array([0.45, -0.55, -0.70])
"""Where the left elbow points: out, down and back."""


def hands_on_thighs(track: BodyTrack, joints: npt.ArrayLike, loose: Doubles) -> None:
    """Turn shoulders, elbows and wrists in place so that the palms lie on the thighs, wherever the trunk leans.

    Two-bone inverse kinematics with the elbow pointing out, down and back. The forearm takes the hand's twist, the
    wrist only bends.

    Parameters
    ----------
    track : BodyTrack
        T frames with trunk, collars and legs solved.
    joints : (55, 3) array
        Rest joints, metres.
    loose : (T, 4) array
        Slow noise of variance 1: how the hands drift on the thighs, two columns a side.
    """
    rest = np.asarray(joints, np.float64)
    size = thigh_size(rest)
    wanted = [JOINT_INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("collar", "hip")]
    turns, places = joint_frames(track.poses, track.trans, rest, wanted)
    for number, (side, palm) in enumerate(_PALMS.items()):
        mirror = np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
        hip, knee, collar, shoulder, elbow, wrist = (
            JOINT_INDEX[f"{side}_{name}"] for name in ("hip", "knee", "collar", "shoulder", "elbow", "wrist")
        )
        drift = loose[:, 2 * number : 2 * number + 2]
        on_thigh = palm.along * (rest[knee] - rest[hip]) + size * np.array([palm.outward, 0.0, palm.above]) * mirror
        on_thigh = on_thigh + 0.0015 * size * np.stack([drift[:, 1], drift[:, 0], 0 * drift[:, 0]], 1)
        target = places[:, hip] + np.einsum("tij,tj->ti", turns[:, hip], on_thigh)
        hand = turns[:, hip] @ _mirrored(_palm_turn(palm, 0.6 * drift[:, 1]), mirror)
        trunk = turns[:, collar]
        start = places[:, collar] + trunk @ (rest[shoulder] - rest[collar])
        upper, lower = rest[elbow] - rest[shoulder], rest[wrist] - rest[elbow]
        lengths = float(np.linalg.norm(upper)), float(np.linalg.norm(lower))
        along, hinge, bend = _solve_arm(target - start, *lengths, np.multiply(_POLE, mirror))
        # The upper arm's frame: +X (left) or -X (right) along the bone, the hinge about -Y (left) or +Y (right).
        sign = mirror[0]
        frame = np.stack([sign * along, -sign * hinge, -np.cross(along, hinge)], -1)
        flexed = frame @ axis_angle_to_matrix(np.stack([0 * bend, -sign * bend, 0 * bend], 1))
        twist = _twist_about_x(np.swapaxes(flexed, 1, 2) @ hand)
        forearm = flexed @ axis_angle_to_matrix(np.stack([twist, 0 * twist, 0 * twist], 1))
        for joint, rotation in (
            (shoulder, np.swapaxes(trunk, 1, 2) @ frame),
            (elbow, np.swapaxes(frame, 1, 2) @ forearm),
            (wrist, np.swapaxes(forearm, 1, 2) @ hand),
        ):
            track.poses[:, 3 * joint : 3 * joint + 3] = matrix_to_axis_angle(rotation)


def _palm_turn(palm: _Palm, drift: Doubles) -> Doubles:
    """Return (T, 3, 3) turns of the left hand in its thigh's rest frame: palm on the front, fingers to the knee."""
    flat = np.array([[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    aside = axis_angle_to_matrix(np.stack([0 * drift, 0 * drift, -np.radians(palm.inward_turn + drift)], 1))
    down = axis_angle_to_matrix(np.radians([[0.0, 0.0, -palm.slope]]))
    rolled = axis_angle_to_matrix(np.radians([[-palm.roll, 0.0, 0.0]]))
    return aside @ flat @ down @ rolled


def _mirrored(turn: Doubles, mirror: Doubles) -> Doubles:
    return turn * mirror[:, None] * mirror


def _solve_arm(reach: Doubles, upper: float, lower: float, pole: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Return (T, 3) direction of the upper arm, (T, 3) axis of the elbow's hinge and (T,) radians of its bend."""
    length = np.linalg.norm(reach, axis=1)
    aim = reach / length[:, None]
    # Out of reach, or nearer than the elbow folds: as far as it goes.
    length = np.clip(length, abs(upper - lower) + 0.02, 0.999 * (upper + lower))
    out = pole - (aim @ pole)[:, None] * aim
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    cosine = (upper**2 + length**2 - lower**2) / (2 * upper * length)
    along = cosine[:, None] * aim + np.sqrt(1 - cosine**2)[:, None] * out
    bend = np.pi - np.arccos((upper**2 + lower**2 - length**2) / (2 * upper * lower))
    hinge = np.cross(along, aim)
    return along, hinge / np.linalg.norm(hinge, axis=1, keepdims=True), bend


def _twist_about_x(turn: Doubles) -> Doubles:
    """Return (T,) radians of the share of (T, 3, 3) rotations about X (swing and twist)."""
    # The quaternion's x over w, from the matrix' entries.
    twist: Doubles = 2.0 * np.arctan2(turn[:, 2, 1] - turn[:, 1, 2], 1 + turn[:, 0, 0] + turn[:, 1, 1] + turn[:, 2, 2])
    return twist
