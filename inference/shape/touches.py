"""What the hands of a performance lie on, and how deep they are in the body: looked at several times a second."""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from ..character import Character
from ..easing import smoothstep
from ..plausibility.capsules import SIDES, Capsules, arm_depths, arm_spheres, capsules_of, obstacles
from ..plausibility.kinematics import joint_frames
from ..skeleton import JOINT_INDEX
from ..time_filters import between, smooth

Doubles = npt.NDArray[np.float64]

_PER_SECOND = 8.0
"""Looks a second; hands that touch do so for longer."""
_NEAR, _FAR = 0.005, 0.03
"""Metres between hand and body at which it lies on it, and from which on it does not."""
_EASE = 0.12
"""Seconds, standard deviation, over which a touch comes and goes."""
_LOW, _HIGH = 0.04, 0.16
"""Metres of a wrist above where it hangs lately, at which it begins to be raised, and is."""
_WINDOW = 10.0
"""Seconds that count as lately."""


@dataclass(frozen=True)
class Touches:
    """Of T frames, left and right."""

    hips: Doubles
    """(T, 2) 0..1 whether a hand lies on hips or thighs, which stay where they are."""
    together: Doubles
    """(T,) 0..1 whether the hands lie in each other."""
    depths: Doubles
    """(T, 2) metres by which hand or forearm is inside the body; 0 where it is not."""
    raised: Doubles
    """(T, 2) 0..1 whether the wrist is above where it hangs."""


def find_touches(poses: npt.ArrayLike, trans: npt.ArrayLike, fps: float, character: Character) -> Touches:
    """Return what the hands of (T, 165) poses and (T, 3) travel lie on."""
    poses, trans = np.asarray(poses), np.asarray(trans)
    capsules, rows, times = _looks(len(poses), fps, character)
    frames = joint_frames(poses[rows], trans[rows], capsules.rest)
    hips, depths, raised = (np.zeros((len(rows), 2)) for _ in range(3))
    together = np.zeros(len(rows))
    still = [JOINT_INDEX[name] for name in ("pelvis", "left_hip", "right_hip")]
    for number, side in enumerate(SIDES):
        depth = arm_depths(frames, capsules, side)[0].astype(np.float64)
        hand = arm_spheres(capsules, side).is_hand
        known = obstacles(capsules, side)
        at_hips = np.isin(capsules.joints[known], still)
        other = np.array(
            [capsules.parts[row].endswith(("palm", "finger")) for row in cast("list[int]", known.tolist())]
        )
        depths[:, number] = np.maximum(depth.max((1, 2)), 0)
        hips[:, number] = _touching(depth[:, hand][:, :, at_hips].max((1, 2)))
        together = np.maximum(together, _touching(depth[:, hand][:, :, other].max((1, 2))))
        height = frames[1][:, JOINT_INDEX[f"{side}_wrist"], 1] - frames[1][:, 0, 1]
        raised[:, number] = smoothstep(height - _lately_lowest(height, times), _LOW, _HIGH)
    found = np.concatenate([hips, together[:, None], depths, raised], 1)
    found[:, :3] = smooth(found[:, :3], _EASE * _PER_SECOND)
    spread = between(np.arange(len(poses)), rows, found)
    return Touches(spread[:, :2], spread[:, 2], spread[:, 3:5], spread[:, 5:])


def deeper(poses: npt.ArrayLike, trans: npt.ArrayLike, fps: float, character: Character, before: Doubles) -> Doubles:
    """Return (T, 2) 0..1 where an arm is deeper in the body than it was ``before`` (T, 2), metres; smooth over time."""
    poses, trans = np.asarray(poses), np.asarray(trans)
    capsules, rows, _ = _looks(len(poses), fps, character)
    frames = joint_frames(poses[rows], trans[rows], capsules.rest)
    now = np.stack([arm_depths(frames, capsules, side)[0].max((1, 2)) for side in SIDES], 1)
    more = smoothstep(now - np.maximum(before[rows], 0), 0.004, 0.015).astype(np.float64)
    # Wide enough that frames between two looks, and the way in and out, give way as well.
    wide = np.stack([_dilated(column) for column in more.T], 1)
    return np.clip(between(np.arange(len(poses)), rows, smooth(wide, _EASE * _PER_SECOND)), 0, 1)


def _looks(count: int, fps: float, character: Character) -> tuple[Capsules, npt.NDArray[np.int64], Doubles]:
    step = max(1, round(fps / _PER_SECOND))
    rows = np.unique(np.append(np.arange(0, count, step), count - 1)).astype(np.int64)
    return capsules_of(character), rows, rows / fps


def _touching(depth: Doubles) -> Doubles:
    return smoothstep(depth, -_FAR, -_NEAR).astype(np.float64)


def _lately_lowest(height: Doubles, times: Doubles) -> Doubles:
    """Return (n,) the lower range of heights within some seconds around each look."""
    return np.array([np.quantile(height[np.abs(times - time) <= 0.5 * _WINDOW], 0.1) for time in times])


def _dilated(values: Doubles) -> Doubles:
    padded = np.pad(values, 2)
    return np.max([padded[place : place + len(values)] for place in range(5)], axis=0)
