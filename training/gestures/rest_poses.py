"""Solve where resting hands lie, on the joints and the flesh of the default character.

    python -m soliloquy.training.gestures.rest_poses [NAME ...]

prints the rows of ``REST_POSES`` in ``inference/layers/rest_poses.py``. What is wished for (``rest_wishes.py``) becomes
a least squares problem in the angles of both arms and all fingers, the touches weighted up in four rounds while nothing
may be inside anything. No randomness; 5 s of processor time a pose.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from ...inference.character import load_character
from ...inference.layers.posture import posture_layer
from ...inference.plausibility.capsules import SIDES, Capsules, capsules_of, obstacles
from ...inference.plausibility.distance import carried
from ...inference.plausibility.kinematics import joint_frames
from ...inference.prosody import analyse
from ...inference.rotation import compose_axis_angle, matrix_to_axis_angle
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES
from .rest_wishes import WISHES, HandWish, RestWish

Doubles = npt.NDArray[np.float64]
Frames = tuple[Doubles, Doubles]

_NUMBERS = 16  # of an arm: shoulder 3, elbow's bend and twist, wrist 2, curls 4, thumb 5
_FLIP = np.array([1.0, -1.0, -1.0])
_FINGERS = {"index": 0.06, "middle": 0.0, "ring": -0.06, "pinky": -0.15}
_SEGMENTS = ((1, 0.8), (2, 1.0), (3, 0.6))
_ROUNDS = ((0.0, 0.0), (20.0, 10.0), (60.0, 25.0), (200.0, 60.0))
"""Weights of what is inside something, and of what does not touch yet, 1/m."""
_STEP = 1e-5
_GAP = 0.0015  # metres at which skin touches


@dataclass(frozen=True, eq=False)
class _Balls:
    """Balls along an arm, finer than the product's; ``M`` of them."""

    joints: npt.NDArray[np.intp]
    centres: Doubles
    radii: Doubles
    names: list[str] = field(default_factory=list[str])


def _balls(capsules: Capsules, side: str) -> _Balls:
    rows: list[tuple[int, Doubles, float, str]] = []
    shares = {"forearm": (0.0, 0.33, 0.66, 1.0), "palm": (0.1, 0.55, 1.0), "finger": (0.5, 1.0)}
    for part, cuts in shares.items():
        for number, row in enumerate(capsules.rows(f"{side}_{part}")):
            joint = int(capsules.joints[row])
            name = JOINT_NAMES[joint].split("_")[1]
            title = {"forearm": "forearm", "palm": f"palm{number}", "finger": name}[part]
            for cut in cuts:
                tip = part == "finger" and name.endswith("2") and cut == 1.0
                weights = np.array([1 - cut, cut])
                rows.append(
                    (
                        joint + tip,
                        weights @ capsules.ends[row],
                        float(weights @ capsules.radii[row]),
                        f"{title}@{cut:g}",
                    )
                )
    joints, centres, radii, names = zip(*rows, strict=True)
    return _Balls(np.array(joints, np.intp), np.array(centres), np.array(radii), list(names))


def _depths(balls: _Balls, rows: npt.NDArray[np.intp], capsules: Capsules, frames: Frames) -> Doubles:
    """Return (n, M, N) metres by which balls are inside capsules, in double precision for finite differences."""
    centres = carried(balls.centres, balls.joints, capsules.rest, frames)
    ends = capsules.ends[rows].reshape(-1, 3)
    lines = carried(ends, np.repeat(capsules.joints[rows], 2), capsules.rest, frames)
    lines = lines.reshape(len(centres), len(rows), 2, 3)
    start, bone = lines[:, None, :, 0], lines[:, None, :, 1] - lines[:, None, :, 0]
    off = centres[:, :, None] - start
    share = np.clip((off * bone).sum(-1) / np.maximum((bone * bone).sum(-1), 1e-12), 0, 1)
    width = capsules.radii[rows]
    reach = width[:, 0] + share * (width[:, 1] - width[:, 0]) + balls.radii[:, None]
    return reach - np.linalg.norm(off - share[..., None] * bone, axis=-1)


@lru_cache(maxsize=2)
def _body(seated: bool) -> tuple[Doubles, Doubles]:
    """Return the (55, 3) body beneath the arms and its (3,) translation, without breath or sway."""
    track = posture_layer(
        np.arange(4) / 30.0, analyse(np.zeros(16000, np.float32)), load_character().joints,
        0, breathing=0.0, weight_shift=0.0,
        posture="seated" if seated else "standing",
    )  # fmt: skip
    pose = track.poses[0].reshape(55, 3).copy() if seated else np.zeros((55, 3))
    pose[[JOINT_INDEX[name] for name in JOINT_NAMES if name.endswith(("collar", "shoulder", "elbow", "wrist"))]] = 0
    pose[25:] = 0
    return pose, track.trans[0] if seated else np.zeros(3)


class _Problem:
    """One pose to be solved."""

    def __init__(self, wish: RestWish) -> None:
        self.wish = wish
        self.hands: tuple[HandWish, HandWish] = (wish.left, wish.right)
        self.capsules = capsules_of(load_character())
        self.balls = [_balls(self.capsules, side) for side in SIDES]
        self.body, self.trans = _body(wish.seated)
        rest = self.capsules.rest
        between = joint_frames(self.body[None], self.trans[None], rest)[1][0, [1, 2]].mean(0)
        self.origin = np.array([0.0, *between[1:]]) if wish.seated else np.zeros(3)
        start = [[0.3, 0.0, -1.2, hand.bend, 0.0, 0.0, 0.0, *hand.curl, *hand.thumb] for hand in self.hands]
        self.start = np.array(start, np.float64).ravel()
        self.inside, self.apart = 0.0, 0.0

    def poses(self, angles: Doubles) -> Doubles:
        """Return (n, 55, 3) axis-angle of (n, 32) angles."""
        count = len(angles)
        poses = np.repeat(self.body[None], count, 0)
        zero = np.zeros(count)
        for number, side in enumerate(SIDES):
            flip = np.ones(3) if number == 0 else _FLIP
            own = angles[:, number * _NUMBERS : (number + 1) * _NUMBERS]
            turns: dict[str, npt.NDArray[Any]] = {
                "collar": np.tile(np.radians(self.wish.collars[number]), (count, 1)),
                "shoulder": own[:, :3],
                "elbow": compose_axis_angle(
                    np.stack([zero, -own[:, 3], zero], 1), np.stack([own[:, 4], zero, zero], 1)
                ),
                "wrist": np.stack([zero, own[:, 5], own[:, 6]], 1),
                "thumb1": own[:, 11:14],
                "thumb2": np.stack([zero, own[:, 14], zero], 1),
                "thumb3": np.stack([zero, own[:, 15], zero], 1),
            }
            for column, (finger, spread) in enumerate(_FINGERS.items()):
                for segment, share in _SEGMENTS:
                    aside = spread if segment == 1 else 0.0
                    turns[f"{finger}{segment}"] = np.stack([zero, zero + aside, -share * own[:, 7 + column]], 1)
            for name, turn in turns.items():
                poses[:, JOINT_INDEX[f"{side}_{name}"]] = turn * flip
        return poses

    def frames(self, angles: Doubles) -> Frames:
        """Return where all joints are, as ``joint_frames`` has them."""
        return joint_frames(self.poses(angles), np.tile(self.trans, (len(angles), 1)), self.capsules.rest)

    def residuals(self, angles: Doubles) -> Doubles:
        """Return (n, R) residuals of (n, 32) angles."""
        turns, places = frames = self.frames(angles)
        found: list[Doubles] = []
        for number, (side, hand) in enumerate(zip(SIDES, self.hands, strict=True)):
            sign = 1.0 if number == 0 else -1.0
            wrist, elbow = JOINT_INDEX[f"{side}_wrist"], JOINT_INDEX[f"{side}_elbow"]
            own = angles[:, number * _NUMBERS : (number + 1) * _NUMBERS]
            start = self.start[number * _NUMBERS : (number + 1) * _NUMBERS]
            found += [
                8 * (places[:, wrist] - self.origin - hand.wrist),
                8 * (places[:, elbow] - self.origin - hand.elbow),
                hand.facing * (sign * turns[:, wrist, :, 0] - np.array(hand.fingers) / np.linalg.norm(hand.fingers)),
                hand.facing * (-turns[:, wrist, :, 1] - np.array(hand.palm) / np.linalg.norm(hand.palm)),
                np.stack([0.25 * own[:, 4], 0.45 * own[:, 5], 0.5 * own[:, 6]], 1),
                1.2 * (own[:, 7:11] - start[7:11]),
                1.5 * (own[:, 11:] - start[11:]),
                # Nothing beyond what an elbow, a wrist and a finger do without effort.
                5 * np.maximum(0, 0.05 - own[:, 3:4]),
                3 * np.maximum(0, np.abs(own[:, 4:7] + (0, 0.15, 0)) - (1.4, 0.45, 0.9)),
                3 * np.maximum(0, np.abs(own[:, 7:11] - 0.7) - 0.8),
            ]
            if self.inside:
                found += self._contacts(number, side, hand, frames)
        return np.concatenate(found, 1)

    def _contacts(self, number: int, side: str, hand: HandWish, frames: Frames) -> list[Doubles]:
        rows, balls = obstacles(self.capsules, side), self.balls[number]
        parts = [self.capsules.parts[row] for row in rows.tolist()]
        depth = _depths(balls, rows, self.capsules, frames)
        body = [part in ("torso", "neck", "head") or part.endswith("thigh") for part in parts]
        clear = np.where(body, self.wish.body, self.wish.hands)
        found = [self.inside * np.maximum(0, (depth + clear).max(2))]
        for names, touched, weight in hand.touch:
            own = [row for row, name in enumerate(balls.names) if name.startswith(names)]
            other = [row for row, part in enumerate(parts) if part in touched]
            nearest = depth[:, own][:, :, other].max(2)
            found.append(weight * self.apart * np.minimum(0, nearest + _GAP))
        return found

    def solve(self) -> Doubles:
        """Return the 32 angles."""

        def jacobian(angles: Doubles) -> Doubles:
            step = _STEP * np.eye(len(angles))
            ahead, behind = np.split(self.residuals(np.concatenate([angles + step, angles - step])), 2)
            return ((ahead - behind) / (2 * _STEP)).T

        angles = self.start
        for self.inside, self.apart in _ROUNDS:
            found = least_squares(lambda x: self.residuals(x[None])[0], angles, jacobian, max_nfev=200)
            angles = np.asarray(found.x, np.float64)
        return angles


def row_of(name: str) -> str:
    """Return one row of the table, solved."""
    wish = WISHES[name]
    problem = _Problem(wish)
    angles = problem.solve()
    turns, places = (item[0] for item in problem.frames(angles[None]))
    lines = [f'    "{name}": RestPose(']
    for number, side in enumerate(SIDES):
        flip = np.ones(3) if number == 0 else _FLIP
        across = np.array([flip[1], 1.0, 1.0])
        hips = {"own_hip": f"{side}_hip", "other_hip": f"{SIDES[1 - number]}_hip"}
        anchor = JOINT_INDEX[hips.get(wish.anchors[number], wish.anchors[number])]
        shoulder, elbow, wrist = (JOINT_INDEX[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist"))
        offset = turns[anchor].T @ (places[wrist] - places[anchor]) * across
        turn = np.degrees(matrix_to_axis_angle(turns[anchor].T @ turns[wrist])) * flip
        aim = (places[wrist] - places[shoulder]) / np.linalg.norm(places[wrist] - places[shoulder])
        out = places[elbow] - places[shoulder]
        out = turns[JOINT_INDEX["spine3"]].T @ (out - (out @ aim) * aim) * across
        own = np.degrees(angles[number * _NUMBERS : (number + 1) * _NUMBERS])
        values = [(offset, 4), (turn, 2), (out / np.linalg.norm(out), 3), (np.array(wish.collars[number]), 1),
                  (own[7:11], 1), (own[11:], 1)]  # fmt: skip
        texts = ["(" + ", ".join(f"{value:.{digits}f}" for value in row) + ")" for row, digits in values]
        lines.append(f'        HandRest("{wish.anchors[number]}", {", ".join(texts)}),')
    return "\n".join([*lines, *(["        together=True,"] if wish.together else []), "    ),"])


def main() -> None:
    """Run the command."""
    for name in sys.argv[1:] or WISHES:
        print(row_of(name), flush=True)


if __name__ == "__main__":
    main()
