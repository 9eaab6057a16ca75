"""Arms that go round the body from one place to another, as the straight way between two rests leads through it.

The straight way turns every joint evenly. From behind the back to the hips, or to a gesture before the body, that takes
the hand through the buttock or the waist. People swing the arm out and back meanwhile; by how much is worked out once
per pair of places, as the least swing with which the arm stays out of trunk, thighs and the other arm of the default
character standing upright.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..body.track import BodyTrack, RestSpan
from ..body.upper_body import UPPER_BODY, UPPER_BODY_INDEX
from ..character import load_character
from ..plausibility.capsules import arm_depths, capsules_of
from ..plausibility.kinematics import joint_frames
from ..rotation import axis_angle_to_quaternion, compose_axis_angle, quaternion_to_axis_angle
from ..skeleton import JOINT_INDEX
from .arms import SEATED_RESTS, SIDES, arms_between, arrival, rest_turns
from .noise import Doubles

_OUT = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6)
_BACK = (0.0, 0.3)
"""Radians by which the whole arm swings aside and back, halfway."""
_SHOULDER = 1  # of an arm's joints
_STEPS = 7
_FREE = 0.004  # metres that are no fault
_COST = 0.008
"""Metres of depth that a radian of swing is worth."""
GESTURE = "ready"
"""Where hands are in a gesture, of the places that are known."""
_SPINE = UPPER_BODY_INDEX[0:3]


@lru_cache(maxsize=256)
def swing_between(side: str, first: str, second: str, mirrored: bool, then: bool, alone: bool) -> tuple[float, float]:
    """Return by how many radians an arm swings aside and back halfway between two rests.

    Parameters
    ----------
    side : str
        ``"left"`` or ``"right"``.
    first, second : str
        Of ``rest_poses.REST_POSES``; over the thighs of the seated elbows lift the hands instead.
    mirrored, then : bool
        Whether the first and the second rest change hands.
    alone : bool
        The other arm stays at the first rest; else it goes too, and swings as far.
    """
    if first == second or {first, second} & {*SEATED_RESTS}:
        return 0.0, 0.0
    share = np.linspace(0, 1, _STEPS + 2)[1:-1]
    grid = np.array([(out, back) for out in _OUT for back in _BACK])
    poses = np.zeros((len(grid), len(share), 55, 3))
    for moved in SIDES:
        rows = [UPPER_BODY_INDEX[row] for row in _rows(moved)]
        stays = alone and moved != side
        source, target = _arm(moved, first, mirrored), _arm(moved, second, then)
        begin, end = (np.repeat(arm[None], len(share), 0) for arm in (source, source if stays else target))
        poses[:, :, rows] = quaternion_to_axis_angle(arms_between(begin, end, share))
        if not stays:
            turns = _turns(moved, grid[:, None] * (4 * share * (1 - share))[None, :, None])
            shoulders = poses[:, :, rows[_SHOULDER]].reshape(-1, 3)
            poses[:, :, rows[_SHOULDER]] = compose_axis_angle(turns.reshape(-1, 3), shoulders).reshape(turns.shape)
    capsules = capsules_of(load_character())
    flat = poses.reshape(-1, 165)
    frames = joint_frames(flat, np.zeros((len(flat), 3)), capsules.rest)
    depth = arm_depths(frames, capsules, side)[0].max((1, 2)).reshape(len(grid), len(share))
    inside = np.maximum(depth - _FREE, 0)
    cost = inside.max(1) + inside.mean(1) + _COST * np.linalg.norm(grid, axis=1)
    out, back = grid[int(cost.argmin())].tolist()
    return out, back


def go_round(track: BodyTrack, times: Doubles, spans: Sequence[RestSpan]) -> None:
    """Let arms that change from rest to rest swing round the body, in place.

    Parameters
    ----------
    track : BodyTrack
        T frames whose arms ``arms.rest_arms`` has laid.
    times : (T,) array
        Seconds.
    spans : sequence of RestSpan
        Where the hands are, from when on.
    """
    for before, after in pairwise(spans):
        for side in SIDES:
            swing = np.array(swing_between(side, before.name, after.name, before.mirrored, after.mirrored, False))
            weight = arrival(side, after, times)
            rows = np.flatnonzero((weight > 0) & (weight < 1))
            if swing.any() and len(rows):
                share = 4 * weight[rows] * (1 - weight[rows])
                joint = 3 * JOINT_INDEX[f"{side}_shoulder"]
                columns = slice(joint, joint + 3)
                turned = compose_axis_angle(_turns(side, share[:, None] * swing), track.poses[rows, columns])
                track.poses[rows, columns] = turned


def swing_away(
    side: str, target: str, spans: Sequence[RestSpan], times: Doubles, share: Doubles
) -> Doubles:  # fmt: skip
    """Return (n, 3) axis-angle, before the shoulder's own, on the way from the rests to another place and back.

    Parameters
    ----------
    target : str
        Of ``rest_poses.REST_POSES``: :data:`GESTURE` for gestures, which are before the body.
    times : (n,) array
        Seconds.
    share : (n,) array
        How far the arm is there, 0..1.
    """
    swing = np.zeros((len(times), 2))
    for place, span in enumerate(spans):
        weight = arrival(side, span, times) if place else np.ones(len(times))
        own = np.array(swing_between(side, span.name, target, span.mirrored, False, True))
        swing += weight[:, None] * (own - swing)
    if not swing.any():
        return np.zeros((len(times), 3))
    return _turns(side, swing * (4 * share * (1 - share))[:, None])


def _turns(side: str, swing: npt.NDArray[np.float64]) -> Doubles:
    """Return (..., 3) axis-angle in the collar's frame of (..., 2) radians aside and back."""
    sign = 1.0 if side == "left" else -1.0
    return np.stack([swing[..., 1], np.zeros(swing.shape[:-1]), sign * swing[..., 0]], -1)


def _rows(side: str) -> list[int]:
    return [row for row, name in enumerate(UPPER_BODY) if name.startswith(side)]


def _arm(side: str, name: str, mirrored: bool) -> Doubles:
    """Return (19, 4) quaternions of an arm in a rest; a mirrored one is that of the other hand."""
    owner = side if not mirrored else ("right" if side == "left" else "left")
    turns = rest_turns(name)[np.array(_rows(owner)) - len(_SPINE)]
    return axis_angle_to_quaternion(turns if not mirrored else turns * np.array([1.0, -1.0, -1.0]))
