"""Makes the signs of numbers, sizes and shapes: ``python -m soliloquy.training.words.signs``.

What is shown goes by the MIT lexicon of gestures of ``gestureBotDesignKit`` (big, small, many) and by common signs;
every pose is placed here by hand (:data:`SIGNS`) and solved for the default character. Nothing was recorded.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...inference.character import load_character
from ...inference.gestures.library import load_library
from ...inference.rotation import axis_angle_to_quaternion, quaternion_to_axis_angle
from ...inference.words.signs import FPS, SIGNS_FILE, motion_of
from ..gestures.motion import arm_paths
from ..gestures.stroke_phases import wrist_travel
from .poses import Hand, Vector, raised, upper_body_pose

Doubles = npt.NDArray[np.float64]

_RESTING = "ChrConnor@IdleStand01_StopForwardBt01"
"""The clip whose first frame is the arms at rest."""
_UP, _FORWARD, _LEFT, _RIGHT, _DOWN = (
    (0.0, 1.0, 0.0),
    (0.0, 0.0, 1.0),
    (1.0, 0.0, 0.0),
    (-1.0, 0.0, 0.0),
    (0.0, -1.0, 0.0),
)
_SWING = 0.2
"""Seconds from one side of a wave to the other."""
_READY, _HIT, _BACK = 0.1, 0.7, 0.7
"""Seconds: the hand sets off; it arrives; its way back takes."""


@dataclass(frozen=True)
class Sign:
    """One sign: hands at the emphasis, and where they come through on the way."""

    tag: str
    left: Hand | None
    right: Hand | None
    before: tuple[Hand | None, Hand | None] | None = None
    """The hands when the stroke begins, for signs that draw something."""
    after: tuple[Hand | None, Hand | None] | None = None
    """The hands a moment after the emphasis, likewise."""
    swings: tuple[tuple[Hand | None, Hand | None], ...] = ()
    """Where the hands swing to one after the other while they are up."""

    @property
    def hit(self) -> float:
        """Second of the emphasis."""
        return _HIT + 0.15 * (self.before is not None) + 0.1 * (self.after is not None)

    @property
    def hold(self) -> float:
        """Second at which the hands go back."""
        return self.hit + 0.6 + 0.2 * (self.after is not None) + _SWING * max(len(self.swings) - 2, 0)


def _count(number: int) -> Sign:
    one = Hand((0.25, 0.36, 0.27), (-0.05, 1.0, 0.1), (0.1, -0.1, 1.0), raised(min(number, 5)))
    other = None if number <= 5 else Hand((0.25, 0.36, 0.27), (-0.05, 1.0, 0.1), (0.1, -0.1, 1.0), raised(number - 5))
    return Sign(f"Count{number}", other, one)


def _pair(wrist: Vector, along: Vector, palm: Vector, fingers: str = "straight") -> tuple[Hand, Hand]:
    hand = Hand(wrist, along, palm, fingers)
    return hand, hand


_WAVED = (
    Hand((0.36, 0.46, 0.24), (0.5, 1.0, 0.1), (-0.15, 0.0, 1.0), "loose"),
    Hand((0.31, 0.47, 0.25), (-0.35, 1.0, 0.1), (-0.15, 0.0, 1.0), "loose"),
)
"""A raised palm, outward and inward."""

SIGNS: tuple[Sign, ...] = (
    *(_count(number) for number in range(1, 11)),
    Sign("Big", *_pair((0.36, 0.2, 0.34), (-0.1, 0.35, 1.0), (-1.0, 0.05, 0.1), "loose"),
         before=_pair((0.14, 0.16, 0.32), (-0.1, 0.3, 1.0), (-1.0, 0.05, 0.1), "loose")),
    Sign("Small", *_pair((0.075, 0.16, 0.32), (-0.05, 0.35, 1.0), (-1.0, 0.0, 0.0)),
         before=_pair((0.16, 0.16, 0.32), (-0.05, 0.35, 1.0), (-1.0, 0.0, 0.0))),
    Sign("Tall", None, Hand((0.27, 0.5, 0.27), (-0.45, 0.1, 1.0), (0.0, -1.0, 0.1)),
         before=(None, Hand((0.27, 0.1, 0.3), (-0.45, 0.0, 1.0), (0.0, -1.0, 0.1)))),
    Sign("Wide", *_pair((0.52, 0.2, 0.24), (0.35, 0.3, 1.0), (-0.6, 0.1, 0.8), "loose"),
         before=_pair((0.12, 0.18, 0.3), (0.0, 0.3, 1.0), (-0.3, -0.2, 0.9), "loose")),
    Sign("Round", *_pair((0.19, 0.22, 0.33), (-0.25, 0.5, 0.9), (-1.0, -0.1, -0.1), "loose"),
         before=_pair((0.07, 0.36, 0.33), (-0.6, 0.6, 0.7), (-0.3, -0.9, 0.1), "loose"),
         after=_pair((0.08, 0.08, 0.31), (-0.5, 0.1, 0.9), (-0.5, 0.8, 0.0), "loose")),
    Sign("Wave", None, _WAVED[0], swings=tuple((None, _WAVED[number % 2]) for number in range(1, 6))),
)  # fmt: skip


def _keys(sign: Sign, rest: Doubles) -> list[tuple[float, Doubles]]:
    """Return (second, (41, 3) pose) of every key."""
    hit = upper_body_pose(sign.left, sign.right, rest)
    keys = [(0.0, rest), (_READY, rest)]
    if sign.before is not None:
        keys.append((0.45, upper_body_pose(*sign.before, rest)))
    keys.append((sign.hit, hit))
    if sign.after is not None:
        keys.append((sign.hit + 0.5, upper_body_pose(*sign.after, rest)))
    for number, hands in enumerate(sign.swings, 1):
        keys.append((sign.hit + _SWING * number, upper_body_pose(*hands, rest)))
    keys.append((sign.hold, keys[-1][1]))
    return [*keys, (sign.hold + _BACK, rest), (sign.hold + _BACK + 0.2, rest)]


def sign_table() -> dict[str, object]:
    """Return everything that is stored of the signs, as plain JSON."""
    library = load_library()
    resting = next(clip for clip in library.clips if clip.name == _RESTING)
    rest = quaternion_to_axis_angle(library.sample(resting, np.zeros(1)).astype(np.float64))[0]
    rest[:3] = 0.0
    joints = load_character().joints
    rows = []
    for sign in SIGNS:
        keys = _keys(sign, rest)
        motion = motion_of([time for time, _ in keys], np.stack([axis_angle_to_quaternion(pose) for _, pose in keys]))
        paths = arm_paths(motion, joints)
        hit = round(sign.hit * FPS)
        elbows = arm_paths(motion[hit : hit + 1], joints, "elbow") - arm_paths(
            motion[hit : hit + 1], joints, "shoulder"
        )
        speed = np.linalg.norm(np.gradient(paths, 1 / FPS, axis=0), axis=-1)
        side = int(wrist_travel(paths).argmax())
        away = np.linalg.norm(paths[: hit + 1, side] - paths[0, side], axis=-1)
        halfway = max(1, int(np.flatnonzero(away >= 0.6 * away[-1])[0])) / FPS
        stroke = 0.45 if sign.before is not None else 0.35
        rows.append({
            "tag": sign.tag,
            "times": [round(time, 3) for time, _ in keys],
            "keys": [np.round(pose, 3).tolist() for _, pose in keys],
            "phases": [_READY, stroke, round(sign.hit, 3), round(sign.hold, 3), round(sign.hold + _BACK, 3)],
            "travel": np.round(wrist_travel(paths), 4).tolist(),
            "wrists": np.round(paths[hit], 4).tolist(),
            "rest": np.round(paths[0], 4).tolist(),
            "elbows": np.round(elbows[0, :, 1], 4).tolist(),
            "speed": round(float(speed[: hit + 1].max()), 3),
            "halfway": round(halfway, 3),
        })  # fmt: skip
    return {"format": 1, "signs": rows}


def main() -> None:
    """Write the file."""
    aside = SIGNS_FILE.with_suffix(".part")
    aside.write_text(json.dumps(sign_table(), separators=(",", ":")) + "\n", encoding="utf-8")
    os.replace(aside, SIGNS_FILE)
    print(f"{SIGNS_FILE.name}: {len(SIGNS)} signs, {SIGNS_FILE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
