"""Legs: two-bone inverse kinematics that keep both feet where they rest on the floor."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..body.track import BodyTrack
from ..rotation import axis_angle_to_matrix, matrix_to_axis_angle
from ..skeleton import JOINT_INDEX
from .stance import Feet

Doubles = npt.NDArray[np.float64]

_LIMB_SLACK = 0.9995
_KNEE_SHARE = 0.6
_SHARPNESS = 1500.0  # 1/metre, of the soft minimum


def plant_feet(track: BodyTrack, joints: npt.ArrayLike, feet: Feet | None = None) -> None:
    """Solve both legs in place, so that the feet are where they are asked for; None: flat where they are at rest.

    The pelvis, whose rotation and translation the track holds, is lowered where the legs would not reach. Knees bend
    about +X of the thigh, forwards, and go half of the way outwards with the foot.

    Parameters
    ----------
    track : BodyTrack
        T frames; hips, knees, ankles, toes and the height of ``trans`` are written.
    joints : (55, 3) array
        Rest joints, metres.
    """
    frames = len(track.trans)
    rest = np.asarray(joints, np.float64)
    pelvis = axis_angle_to_matrix(track.poses[:, :3])
    legs: list[tuple[str, Doubles, Doubles, Doubles, Doubles]] = []
    rooms = [np.zeros(frames)]
    for number, side in enumerate(("left", "right")):
        hip, knee, ankle = (rest[JOINT_INDEX[f"{side}_{name}"]] for name in ("hip", "knee", "ankle"))
        goal = np.broadcast_to(ankle, (frames, 3)) if feet is None else feet.ankles[:, number]
        place = rest[0] + pelvis @ (hip - rest[0]) + track.trans
        longest = _LIMB_SLACK * np.linalg.norm(ankle - hip)
        aside = ((place - goal)[:, [0, 2]] ** 2).sum(1)
        legs.append((side, goal, knee - hip, ankle - knee, place))
        rooms.append(goal[:, 1] + np.sqrt(np.maximum(longest**2 - aside, 0)) - place[:, 1])
    # A soft minimum over the legs (and over no change): the longer leg stays nearly straight, without a kink.
    room = np.stack(rooms, 1)
    lowest = room.min(1, keepdims=True)
    lowering = lowest[:, 0] - np.log(np.exp(-_SHARPNESS * (room - lowest)).sum(1)) / _SHARPNESS
    track.trans[:, 1] += lowering
    for number, (side, goal, thigh, shin, place) in enumerate(legs):
        reach = goal - place - lowering[:, None] * [0, 1, 0]
        # |thigh + Rx(bend) shin| = |reach|, as  a cos(bend) + b sin(bend) = c.
        a = thigh[1] * shin[1] + thigh[2] * shin[2]
        b = thigh[2] * shin[1] - thigh[1] * shin[2]
        c = ((reach**2).sum(1) - thigh @ thigh - shin @ shin) / 2 - thigh[0] * shin[0]
        bend = np.zeros((frames, 3))
        bend[:, 0] = np.arctan2(b, a) + np.arccos(np.clip(c / np.hypot(a, b), -1, 1))
        knee_turn = axis_angle_to_matrix(bend)
        limb = thigh + knee_turn @ shin
        along = np.einsum("tji,tj->ti", pelvis, reach)
        thigh_turn = axis_angle_to_matrix(turn_between(limb, along))
        toes = np.zeros((frames, 3))
        foot = np.broadcast_to(np.eye(3), (frames, 3, 3))
        if feet is not None:
            foot = feet.turns[:, number]
            toes[:, 0] = -feet.heels[:, number]
            # About the line from hip to ankle, which stays: the knee goes with the foot.
            aside = _KNEE_SHARE * feet.outward[:, number] * (-1 if side == "left" else 1)
            axis = along / np.linalg.norm(along, axis=1, keepdims=True)
            thigh_turn = axis_angle_to_matrix(axis * aside[:, None]) @ thigh_turn
        ankle_turn = np.swapaxes(pelvis @ thigh_turn @ knee_turn, 1, 2) @ foot
        for name, rotation in (
            ("hip", matrix_to_axis_angle(thigh_turn)),
            ("knee", bend),
            ("ankle", matrix_to_axis_angle(ankle_turn)),
            ("foot", toes),
        ):
            index = 3 * JOINT_INDEX[f"{side}_{name}"]
            track.poses[:, index : index + 3] = rotation


def turn_between(start: Doubles, end: Doubles) -> Doubles:
    """Return (T, 3) shortest axis-angle that turns directions ``start`` (T, 3) onto ``end`` (T, 3)."""
    axis = np.cross(start, end)
    sine = np.linalg.norm(axis, axis=1, keepdims=True)
    angle = np.arctan2(sine, (start * end).sum(1, keepdims=True))
    return axis * np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 0)
