"""Gaze: fixations joined by saccades, eyes that hold their target while the head moves, and lids that go along.

Saccades last 21 ms and 2.2 ms more per degree (the main sequence: Bahill, Clark and Stark, 1975; figures as in Lee,
Badler and Badler, "Eyes Alive", 2002). Speakers look away when they begin to speak and in hesitations, and back at the
listener.

How far eyes turn, and what ties them to coefficients, is in ``inference/eye_look.py``.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ..eye_look import HORIZONTAL_LIMIT, VERTICAL_LIMIT
from ..prosody import Prosody
from ..rotation import axis_angle_to_matrix
from ..skeleton import JOINT_INDEX, PARENTS
from .noise import Doubles, smooth_noise, smoothstep

LISTENER_DISTANCE = 1.2
"""Metres in front of the eyes where the listener's face is."""
_HEAD_LIMIT = np.radians([25.0, 60.0])
_EASY = np.radians([4.0, 6.0])  # down and sideways: what the eyes do alone
_HEAD_SHARE = 0.6


@dataclass(frozen=True)
class GazePlan:
    """Where the eyes rest, as degrees (down, left) from the listener's face."""

    starts: Doubles
    """(S,) seconds at which each saccade starts; the first is 0."""
    places: Doubles
    """(S, 2) degrees that it leads to."""

    def large_shifts(self, degrees: float = 8.0) -> Doubles:
        """Return the instants of large movements, in seconds."""
        steps = np.linalg.norm(np.diff(self.places, axis=0, prepend=self.places[:1]), axis=1)
        return self.starts[steps > degrees]

    def at(self, times: Doubles) -> Doubles:
        """Return (T, 2) degrees."""
        number = np.searchsorted(self.starts, times, side="right") - 1
        now, before = self.places[number], self.places[np.maximum(number - 1, 0)]
        lasts = 0.021 + 0.0022 * np.linalg.norm(now - before, axis=1)
        part = smoothstep((times - self.starts[number]) / np.clip(lasts, 0.02, 0.08))
        return before + (now - before) * part[:, None]


def plan_gaze(duration: float, prosody: Prosody, rng: np.random.Generator) -> GazePlan:
    """Return fixations: mostly on the listener's eyes and mouth, looking away at hesitations and some phrase starts."""
    starts, places = [0.0], [np.zeros(2)]
    onsets = prosody.phrases[:, 0]
    pauses = prosody.phrases[:-1, 1]
    moments = np.sort(np.concatenate([onsets - 0.1, pauses + 0.05]))
    now, away = 0.0, False
    while True:
        stay = 0.95 * float(np.exp(0.65 * rng.standard_normal()))
        stay = float(np.clip(stay, 0.25, 1.5 if away else 3.5))
        coming = moments[(moments > now + 0.3) & (moments < now + stay)]
        look, size, angle = rng.uniform(), rng.uniform(8.0, 15.0), rng.uniform(0, 2 * np.pi)
        near = rng.standard_normal(2) * [1.1, 1.4]
        if len(coming):
            now, chance = float(coming[0]), 0.4
        else:
            now, chance = now + stay, 0.07
        if now >= duration:
            break
        away = not away and look < chance
        # Sideways more than up and down, and seldom straight up.
        place = size * np.array([0.55 * np.sin(angle) + 0.15, np.cos(angle)]) if away else near
        starts.append(now)
        places.append(place)
    return GazePlan(np.array(starts), np.array(places))


def free_points(
    times: Doubles, plan: GazePlan, eyes_at_rest: npt.ArrayLike, darts: float, rng: np.random.Generator
) -> Doubles:
    """Return (T, 3) points to look at, in the character's frame, around a listener in front of it."""
    degrees = darts * (plan.at(times) + 0.15 * smooth_noise(times, 0.6, rng, 2))
    down, left = np.radians(np.clip(degrees, -25, 25)).T
    direction = np.stack([np.sin(left) * np.cos(down), -np.sin(down), np.cos(left) * np.cos(down)], 1)
    return np.mean(np.asarray(eyes_at_rest, np.float64), axis=0) + LISTENER_DISTANCE * direction


def head_frames(
    poses: npt.NDArray[np.floating[Any]], trans: npt.NDArray[np.floating[Any]], joints: npt.ArrayLike
) -> tuple[Doubles, Doubles]:
    """Return the head's (T, 3, 3) rotation and the eyes' (T, 2, 3) places in the character's frame."""
    rest = np.asarray(joints, np.float64)
    chain = [JOINT_INDEX["head"]]
    while PARENTS[chain[-1]] >= 0:
        chain.append(PARENTS[chain[-1]])
    rotation, place, last = None, trans.astype(np.float64) + rest[0], 0
    for joint in reversed(chain):
        if rotation is not None:
            place = place + rotation @ (rest[joint] - rest[last])
        turn = axis_angle_to_matrix(poses[:, 3 * joint : 3 * joint + 3].astype(np.float64))
        rotation, last = turn if rotation is None else rotation @ turn, joint
    assert rotation is not None
    eyes = [JOINT_INDEX["left_eye_smplhf"], JOINT_INDEX["right_eye_smplhf"]]
    places = [place + rotation @ (rest[eye] - rest[last]) for eye in eyes]
    return rotation, np.stack(places, 1)


def head_share(points: Doubles, rotation: Doubles, eyes: Doubles, fps: float) -> Doubles:
    """Return (T, 2) radians (down, left) by which the head turns towards what is looked at.

    The eyes go alone to what is near; beyond, the head takes a share, and all that the eyes cannot reach.
    """
    local = np.einsum("tji,tj->ti", rotation, points - eyes.mean(1))
    down = np.arctan2(-local[:, 1], np.hypot(local[:, 0], local[:, 2]))
    left = np.arctan2(local[:, 0], local[:, 2])
    wanted = np.stack([down, left], 1)
    beyond = np.sign(wanted) * np.maximum(np.abs(wanted) - _EASY, 0)
    # What the eyes can add, with a margin for the head lagging behind.
    limit = 0.8 * np.array([VERTICAL_LIMIT, HORIZONTAL_LIMIT])
    share = np.sign(wanted) * np.maximum(np.abs(beyond) * _HEAD_SHARE, np.abs(wanted) - limit)
    share = np.clip(share, -_HEAD_LIMIT, _HEAD_LIMIT)
    return np.asarray(gaussian_filter1d(share, 0.12 * fps, axis=0, mode="nearest"), np.float64)


def eye_rotations(points: Doubles, rotation: Doubles, eyes: Doubles) -> Doubles:
    """Return (T, 2, 3) axis-angle of the left and right eye that looks at the points, within the eyes' limits."""
    local = np.einsum("tji,tej->tei", rotation, points[:, None] - eyes)
    # In front of the face even for a point behind the head: the limits below then turn the eyes aside.
    sine = np.hypot(local[..., 0], local[..., 1])
    angle = np.arctan2(sine, local[..., 2])
    scale = angle / np.maximum(sine, 1e-9)
    result = np.zeros_like(local)
    result[..., 0] = np.clip(-local[..., 1] * scale, -VERTICAL_LIMIT, VERTICAL_LIMIT)
    result[..., 1] = np.clip(local[..., 0] * scale, -HORIZONTAL_LIMIT, HORIZONTAL_LIMIT)
    return result
