"""Upper-body motion as numbers that say what a viewer sees: where arms, palms and fingertips are.

The body is taken on its own: pelvis at rest, the spine as the gesture bends it, on the default character's bones. So
neither shifts of weight nor breathing of the ground count, which every engine gets from the same layer.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...inference.body.upper_body import UPPER_BODY_INDEX
from ...inference.plausibility.kinematics import joint_frames
from ...inference.skeleton import JOINT_INDEX

Doubles = npt.NDArray[np.float64]

SIDES = ("left", "right")
ARM_POINTS: tuple[str, ...] = ("neck", "shoulder", "elbow", "wrist")
"""Four points of each side whose places are features, metres from the pelvis."""
PALM_POINTS: tuple[str, ...] = ("index1", "pinky1")
"""Two knuckles, metres from the wrist in the body's axes: how the palm is turned."""
FINGERS: tuple[str, ...] = ("index", "middle", "ring", "pinky", "thumb")
"""Five fingertips, metres from the wrist in the hand's own axes: how the fingers are bent."""
TIPS: tuple[str, ...] = tuple(f"{side}_{finger}" for side in SIDES for finger in FINGERS)
GROUPS: tuple[tuple[str, int, float], ...] = (
    ("arm", 3 * len(ARM_POINTS), 2.0),
    ("palm", 3 * len(PALM_POINTS), 1.0),
    ("fingers", 3 * len(FINGERS), 1.0),
)
"""Name, channels and share in the total variance of every group of one side."""
CHANNELS = sum(count for _, count, _ in GROUPS)
"""33 of one side."""
_MIRROR = np.array([-1.0, 1.0, 1.0])


def gesture_frames(rotations: npt.ArrayLike, joints: npt.ArrayLike) -> tuple[Doubles, Doubles]:
    """Return (T, 55, 3, 3) rotations and (T, 55, 3) places in metres of a body whose pelvis is at rest.

    Parameters
    ----------
    rotations : (T, 41, 3) array
        Axis-angle of the joints that gesture, in the order of ``UPPER_BODY``, the spine without the ground's.
    joints : (55, 3) array
        Rest joints, metres.
    """
    turns = np.asarray(rotations, np.float64)
    poses = np.zeros((len(turns), len(JOINT_INDEX), 3))
    poses[:, UPPER_BODY_INDEX] = turns
    only = [*UPPER_BODY_INDEX, JOINT_INDEX["neck"]]
    return joint_frames(poses, np.zeros((len(turns), 3)), joints, only)


def fingertips(rotations: npt.ArrayLike, positions: npt.ArrayLike, joints: npt.ArrayLike) -> Doubles:
    """Return (T, 10, 3) fingertips in the order of :data:`TIPS`: the last bone is as long as the one before it."""
    turns, places = np.asarray(rotations), np.asarray(positions)
    rest = np.asarray(joints, np.float64)
    last = [JOINT_INDEX[f"{tip}3"] for tip in TIPS]
    before = [JOINT_INDEX[f"{tip}2"] for tip in TIPS]
    return places[:, last] + np.einsum("tjab,jb->tja", turns[:, last], rest[last] - rest[before])


def motion_channels(rotations: npt.ArrayLike, joints: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return (T, 2, 33) metres: left and right, the right one as a mirror shows it.

    Channels are :data:`ARM_POINTS`, :data:`PALM_POINTS` and :data:`FINGERS`, three numbers each. The arguments are
    :func:`gesture_frames`'s.
    """
    return channels_of(*gesture_frames(rotations, joints), joints)


def channels_of(turns: Doubles, places: Doubles, joints: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return :func:`motion_channels` of what :func:`gesture_frames` gave."""
    rest = np.asarray(joints, np.float64)
    tips = fingertips(turns, places, rest)
    sides = []
    for number, side in enumerate(SIDES):
        wrist = JOINT_INDEX[f"{side}_wrist"]
        names = ["neck", *(f"{side}_{name}" for name in ARM_POINTS[1:])]
        arm = places[:, [JOINT_INDEX[name] for name in names]] - rest[0]
        palm = places[:, [JOINT_INDEX[f"{side}_{name}"] for name in PALM_POINTS]] - places[:, wrist, None]
        own = tips[:, 5 * number : 5 * number + 5] - places[:, wrist, None]
        fingers = np.einsum("tba,tkb->tka", turns[:, wrist], own)
        points = np.concatenate([arm, palm, fingers], 1) * (_MIRROR if side == "right" else 1.0)
        sides.append(points.reshape(len(points), -1))
    return np.stack(sides, 1).astype(np.float32)


def group_scales(channels: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return (33,) factors that give every group its share of the variance of (N, 33) channels of one side."""
    values = np.asarray(channels, np.float64)
    factors, first = [], 0
    for _, count, share in GROUPS:
        part = values[:, first : first + count]
        factors.append(np.full(count, np.sqrt(share * CHANNELS / 4 / max(part.var(0).sum(), 1e-12))))
        first += count
    return np.concatenate(factors).astype(np.float32)


def windows(channels: npt.NDArray[np.floating], length: int, hop: int) -> npt.NDArray[np.floating]:
    """Return (N, length, ...) windows of (T, ...) every ``hop`` frames; a shorter stretch holds its last frame."""
    if len(channels) < length:
        channels = np.concatenate([channels, np.repeat(channels[-1:], length - len(channels), 0)])
    view = np.lib.stride_tricks.sliding_window_view(channels, length, axis=0)[::hop]
    return np.moveaxis(view, -1, 1)
