"""Arms at rest: hands that lie on the body or in each other, wherever the trunk leans, and change place now and then.

Where a hand lies is said of the joint that carries what it lies on (:mod:`~.rest_poses`); the arm follows by inverse
kinematics, so that a touch lasts while the trunk sways above it. Lengths are in the default character's metres and
grow with the thigh of a character of another shape.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..body.track import BodyTrack, RestSpan
from ..body.upper_body import UPPER_BODY
from ..character import load_character
from ..plausibility.kinematics import joint_frames
from ..rotation import (
    axis_angle_to_matrix,
    axis_angle_to_quaternion,
    quaternion_multiply,
    quaternion_to_axis_angle,
    slerp,
)
from ..skeleton import FINGER_JOINTS, JOINT_INDEX
from .hinge import hinge_angles, hinge_quaternions
from .noise import Doubles, quintic, smooth_noise
from .reach import reach_with_arm
from .rest_poses import REST_POSES, HandRest
from .seat import thigh_size

SIDES = ("left", "right")
_FLIP = np.array([1.0, -1.0, -1.0])
_CONJUGATE, _NO_TURN = np.array([1.0, -1.0, -1.0, -1.0]), np.array([1.0, 0.0, 0.0, 0.0])
_DRIFT = 0.004  # metres by which hands that lie together drift, and by which one alone does
_ALONE = 0.0015
_SWIVEL = 0.07  # of the pole's length: elbows sway while the hands lie still
_FOLLOW = 0.4  # seconds by which hands on the thighs lag behind them
_FIDGET = np.radians(0.7)  # by which fingers that lie on something stir
_LIFT = 1.1  # degrees by which a full breath lifts the collars
_PARTS = ("collar", "shoulder", "elbow", "wrist")
_FINGERS = tuple(name.removeprefix("left_") for name in FINGER_JOINTS if name.startswith("left_"))
ARM_PARTS = (*_PARTS, *_FINGERS)
"""Joints of an arm without their side, in the order of :func:`laid_arm`."""
_ELBOW = ARM_PARTS.index("elbow")
_SEGMENT = {"1": 0.8, "2": 1.0, "3": 0.6}
_SPREAD = {"index": 0.06, "middle": 0.0, "ring": -0.06, "pinky": -0.15}
_OVER_THIGHS, _APART = 0.12, 0.12
"""Radians by which elbows bend more on the way from one rest to another, to lift the hands over the thighs, and the
arms turn outward, so that one hand passes the other."""
SEATED_RESTS = ("lap", "thighs")
_LATE = 0.16  # of a change's length by which the second hand is later


def rest_arms(
    track: BodyTrack,
    joints: npt.ArrayLike,
    times: Doubles,
    breath: Doubles,
    rng: np.random.Generator,
    spans: Sequence[RestSpan],
) -> None:
    """Write collars, arms and fingers at rest, in place.

    Parameters
    ----------
    track : BodyTrack
        T frames with trunk and legs solved.
    joints : (55, 3) array
        Rest joints, metres.
    breath : (T,) array
        Filling of the lungs, 0..1.
    spans : sequence of RestSpan
        Where the hands are, from when on; the first one from the start.
    """
    rest = np.asarray(joints, np.float64)
    lift = np.radians(_LIFT * breath)
    # Columns: the hands' common drift, each hand's own, and each elbow's sway.
    drift = np.concatenate([smooth_noise(times, 2.6, rng, 3), smooth_noise(times, 3.7, rng, 10)], 1)
    wanted = [JOINT_INDEX[name] for name in ("left_hip", "right_hip", "spine3")]
    frames = joint_frames(track.poses, track.trans, rest, wanted)
    _slow_thighs(frames, track.poses, times)
    for number, side in enumerate(SIDES):
        rows = [JOINT_INDEX[f"{side}_{name}"] for name in (*_PARTS, *_FINGERS)]
        written = np.zeros((len(times), len(rows), 4))
        hinges = np.zeros((len(times), 3))
        for place, span in enumerate(spans):
            following = spans[place + 1] if place + 1 < len(spans) else None
            ends = np.inf if following is None else following.start + (1 + _LATE) * following.length
            first, last = np.searchsorted(times, [span.start if place else -np.inf, ends])
            if first == last:
                continue
            part = slice(int(first), int(last))
            pose = REST_POSES[span.name]
            hand = (pose.right if span.mirrored else pose.left) if side == "left" else (
                pose.left if span.mirrored else pose.right
            )  # fmt: skip
            turns = _solved(hand, pose.together, side, rest, (frames[0][part], frames[1][part]), lift[part],
                            drift[part], number)  # fmt: skip
            angles = hinge_angles(turns[:, 2])
            weight = np.ones(len(turns))
            if place:
                weight = arrival(side, span, times[part])
            written[part] = slerp(written[part], turns, weight[:, None]) if place else turns
            hinges[part] += weight[:, None] * (angles - hinges[part])
            if place and span.name in SEATED_RESTS:
                between = (4 * weight * (1 - weight))[:, None]
                hinges[part] += between * [0.0, -_OVER_THIGHS if side == "left" else _OVER_THIGHS, 0.0]
                apart = axis_angle_to_quaternion(between * [0.0, _APART if side == "left" else -_APART, 0.0])
                written[part, 1] = quaternion_multiply(apart, written[part, 1])
        written[:, 2] = hinge_quaternions(hinges)
        track.poses.reshape(len(times), -1, 3)[:, rows] = quaternion_to_axis_angle(written)


def arrival(side: str, span: RestSpan, times: Doubles) -> Doubles:
    """Return (n,) how far a hand has come to a rest, 0..1; the one that leads arrives first, the other a bit later."""
    late = _LATE * span.length * (side == ("right" if span.mirrored else "left"))
    return quintic((times - span.start - late) / span.length)


def laid_arm(side: str, name: str, poses: npt.ArrayLike) -> Doubles:
    """Return (n, 19, 4) quaternions of one arm, :data:`ARM_PARTS`, whose hand lies in a rest by itself.

    Parameters
    ----------
    name : str
        Of :data:`~.rest_poses.REST_POSES`.
    poses : (n, 165) array
        Of the body under it, on the default character's joints.
    """
    poses = np.asarray(poses, np.float64)
    rest, number = np.asarray(load_character().joints, np.float64), SIDES.index(side)
    wanted = [JOINT_INDEX[joint] for joint in ("left_hip", "right_hip", "spine3")]
    frames = joint_frames(poses, np.zeros((len(poses), 3)), rest, wanted)
    hand = REST_POSES[name].left if side == "left" else REST_POSES[name].right
    return _solved(hand, False, side, rest, frames, np.zeros(len(poses)), np.zeros((len(poses), 13)), number)


def arms_between(first: Doubles, second: Doubles, share: Doubles) -> Doubles:
    """Return (n, 19, 4) quaternions of arms, :data:`ARM_PARTS`, on the straight way between two; elbows stay hinges.

    Parameters
    ----------
    first, second : (n, 19, 4) array
        Quaternions.
    share : (n,) array
        0 at the first, 1 at the second.
    """
    mixed = slerp(first, second, share[:, None])
    angles = [hinge_angles(arm[:, _ELBOW]) for arm in (first, second)]
    mixed[:, _ELBOW] = hinge_quaternions(angles[0] + share[:, None] * (angles[1] - angles[0]))
    return mixed


@lru_cache(maxsize=8)
def rest_turns(name: str) -> Doubles:
    """Return (38, 3) axis-angle of collars, arms and fingers in a rest, of the default character standing upright.

    In the order of ``upper_body.UPPER_BODY`` without the spine.
    """
    rest = np.asarray(load_character().joints, np.float64)
    pose = REST_POSES[name]
    frames = joint_frames(np.zeros((1, 165)), np.zeros((1, 3)), rest)
    turned: dict[str, Doubles] = {}
    for number, (side, hand) in enumerate(zip(SIDES, (pose.left, pose.right), strict=True)):
        turns = _solved(hand, pose.together, side, rest, frames, np.zeros(1), np.zeros((1, 13)), number)
        names = [f"{side}_{part}" for part in (*_PARTS, *_FINGERS)]
        turned |= dict(zip(names, quaternion_to_axis_angle(turns[0]), strict=True))
    return np.stack([turned[name] for name in UPPER_BODY if name in turned])


def _solved(
    hand: HandRest, together: bool, side: str, rest: Doubles, frames: tuple[Doubles, Doubles], lift: Doubles,
    drift: Doubles, number: int,
) -> Doubles:  # fmt: skip
    """Return (n, 19, 4) quaternions of collar, shoulder, elbow, wrist and fingers of one arm in one rest."""
    turns, places = frames
    count, size = len(turns), thigh_size(rest)
    mirror = np.ones(3) if side == "left" else _FLIP
    across = np.array([mirror[1], 1.0, 1.0])
    anchor = JOINT_INDEX[_anchor(hand.anchor, side)]
    own = drift[:, 3 + 5 * number : 6 + 5 * number]
    offset = size * np.array(hand.wrist) * across
    offset = offset + size * (_DRIFT * drift[:, :3] if together else _ALONE * own * (1, 1, 0))
    wrist = places[:, anchor] + np.einsum("tij,tj->ti", turns[:, anchor], offset)
    turn = turns[:, anchor] @ axis_angle_to_matrix(np.radians(hand.turn) * mirror)
    trunk = turns[:, JOINT_INDEX["spine3"]]
    collar = np.broadcast_to(np.radians(hand.collar), (count, 3)).copy()
    collar[:, 2] += lift
    collar *= mirror
    collar_joint, shoulder = JOINT_INDEX[f"{side}_collar"], JOINT_INDEX[f"{side}_shoulder"]
    chest = places[:, JOINT_INDEX["spine3"]] + trunk @ (rest[collar_joint] - rest[JOINT_INDEX["spine3"]])
    carrying = trunk @ axis_angle_to_matrix(collar)
    start = chest + carrying @ (rest[shoulder] - rest[collar_joint])
    sway = np.zeros((count, 3))
    sway[:, :2] = _SWIVEL * drift[:, 6 + 5 * number : 8 + 5 * number]
    pole = np.einsum("tij,tj->ti", trunk, np.array(hand.pole) * across + sway)
    arm = reach_with_arm(side, rest, carrying, start, wrist, turn, pole)
    fingers = np.repeat(_hand_shape(hand)[None], count, 0)
    fingers[:, :, 2] += _FIDGET * own[:, 2:] * np.where(np.abs(fingers[:, :, 2]) > 0, 1.0, 0.0)
    fingers *= mirror
    return axis_angle_to_quaternion(np.concatenate([np.stack([collar, *arm], 1), fingers], 1))


def hold_rests(
    poses: Doubles, ground: npt.ArrayLike, spans: Sequence[RestSpan], times: Doubles, raised: Doubles
) -> None:
    """Let hands that lie on hips and thighs stay there while a gesture moves the trunk, in place.

    Parameters
    ----------
    poses : (n, 165) array
        With the gesture; pelvis and legs are the ground's.
    ground : (n, 165) array
        The body at rest, whose hands lie where they are to stay.
    raised : (n, 2) array
        How far the left and the right hand are in a gesture, 0..1: a raised hand goes with the trunk.
    """
    ground = np.asarray(ground, np.float64)
    spine = slice(3 * JOINT_INDEX["spine1"], 3 * JOINT_INDEX["spine1"] + 3)
    rest = np.asarray(load_character().joints, np.float64)
    moved = np.abs(poses[:, spine] - ground[:, spine]).max(1) > 1e-5
    for number, side in enumerate(SIDES):
        still = np.zeros(len(times))
        for place, span in enumerate(spans):
            pose = REST_POSES[span.name]
            own = float(not {pose.left.anchor, pose.right.anchor} & {"spine2", "spine3"})
            still += (arrival(side, span, times) if place else 1.0) * (own - still)
        share = still * (1 - raised[:, number])
        rows = np.flatnonzero(moved & (share > 0))
        if not len(rows):
            continue
        collar, shoulder, elbow, wrist = (JOINT_INDEX[f"{side}_{name}"] for name in _PARTS)
        nowhere = np.zeros((len(rows), 3))
        turns, places = joint_frames(ground[rows], nowhere, rest, [wrist])
        now, here = joint_frames(poses[rows], nowhere, rest, [shoulder])
        arm = reach_with_arm(
            side, rest, now[:, collar], here[:, shoulder], places[:, wrist], turns[:, wrist],
            places[:, elbow] - places[:, shoulder],
        )  # fmt: skip
        for joint, turn in zip((shoulder, elbow, wrist), arm, strict=True):
            columns = slice(3 * joint, 3 * joint + 3)
            # What the trunk's movement asks of the arm at rest is asked of one that is on its way as well.
            asked = quaternion_multiply(
                axis_angle_to_quaternion(turn), axis_angle_to_quaternion(ground[rows, columns]) * _CONJUGATE
            )
            asked = slerp(np.broadcast_to(_NO_TURN, asked.shape), asked, share[rows])
            kept = axis_angle_to_quaternion(poses[rows, columns])
            poses[rows, columns] = quaternion_to_axis_angle(quaternion_multiply(asked, kept))


def _hand_shape(hand: HandRest) -> Doubles:
    """Return (15, 3) axis-angle of a left hand's fingers, in the order of the skeleton."""
    result = np.zeros((len(_FINGERS), 3))
    curl = dict(zip(_SPREAD, np.radians(hand.curl), strict=True))
    thumb = np.radians(hand.thumb)
    for row, name in enumerate(_FINGERS):
        finger, segment = name[:-1], name[-1]
        if finger == "thumb":
            result[row] = thumb[:3] if segment == "1" else (0.0, thumb[int(segment) + 1], 0.0)
        else:
            result[row] = (0.0, _SPREAD[finger] if segment == "1" else 0.0, -_SEGMENT[segment] * curl[finger])
    return result


def _slow_thighs(frames: tuple[Doubles, Doubles], poses: Doubles, times: Doubles) -> None:
    """Let the frames of the thighs follow their thighs slowly, in place: hands do not swing along with every step."""
    if len(times) < 2:
        return
    frames_each = _FOLLOW / (times[1] - times[0])
    for joint in (JOINT_INDEX["left_hip"], JOINT_INDEX["right_hip"]):
        own = gaussian_filter1d(poses[:, 3 * joint : 3 * joint + 3], frames_each, axis=0, mode="nearest")
        frames[0][:, joint] = frames[0][:, 0] @ axis_angle_to_matrix(own)


def _anchor(name: str, side: str) -> str:
    if name == "own_hip":
        return f"{side}_hip"
    if name == "other_hip":
        return f"{SIDES[1 - SIDES.index(side)]}_hip"
    return name
