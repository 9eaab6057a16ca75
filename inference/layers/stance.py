"""Standing: which leg carries the weight, and feet that step or pivot while the other one does.

The weight goes from leg to leg every five to eleven seconds (Duarte and Zatsiorsky, "Patterns of center of pressure
migration during prolonged unconstrained standing", 1999, count shifts, fidgets and drifts). The leg without it may be
set down elsewhere or turn on its ball; a foot on the floor never slides: its ball rises two centimetres and a half
before it moves along the floor. A step pushes off: the heel peels off while the ball still stands and the knee gives,
the weight goes further over the other leg, the ball comes down first, and the knees take the weight up.
"""

# numpy and torch type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..rotation import axis_angle_to_matrix
from ..skeleton import JOINT_INDEX
from .held import Held
from .noise import Doubles, layer_rng, quintic
from .seat import thigh_size

SIDES: tuple[str, ...] = ("left", "right")
_STAY = (4.5, 10.0)  # seconds from shift to shift
_SHIFT = (0.9, 1.6)  # seconds that one takes
_LEVEL = (0.5, 1.0)
_STEP, _PIVOT = 1.15, 0.65  # seconds
_STEPS, _PIVOTS = 0.5, 0.3  # chances
_LIFT = 0.045  # metres of a stepping foot's ball
_OFF, _DOWN = 0.26, 0.86  # parts of a step at which the ball leaves the floor and is back
_ACROSS = (0.42, 0.7)  # between these parts it moves along the floor: before and after it goes straight up and down
_HEEL, _PIVOT_HEEL = np.radians([24.0, 6.0])
_CARRIED = 0.6  # of the heel's height that is left while the foot comes down
_OVER, _DIP, _HIP_TURN = 0.009, 0.007, 55.0
"""Metres by which a step carries the pelvis over the standing leg, and by which the knees give as it lands; degrees by
which the hip of a stepping leg comes along, per metre forwards."""
_LEADS = 0.25  # seconds by which the pelvis sets out before the foot does
_EASE = (0.017, 0.13)  # radians by which the heel of the leg without weight is up, its knee soft
_ASIDE, _FORWARDS = (-0.004, 0.035), (-0.035, 0.042)  # metres from rest to where a foot steps
_OUT = (-0.035, 0.23)  # radians
_NEAR = 0.022  # metres: not worth a step


@dataclass(frozen=True)
class Feet:
    """Where both ankles are and how the feet are turned, over T frames."""

    ankles: Doubles
    """(T, 2, 3) metres, left and right."""
    turns: Doubles
    """(T, 2, 3, 3) in the world; at rest the identity."""
    heels: Doubles
    """(T, 2) radians by which a heel is up; the toes stay level."""
    outward: Doubles
    """(T, 2) radians by which a foot is turned outwards."""


@dataclass(frozen=True)
class Stance:
    """A plan of standing."""

    weight: Held
    """(K, 2) -1 on the right leg to 1 on the left one; radians by which the other heel is up."""
    feet: tuple[Held, Held]
    """(K, 4) of the left and the right ball: metres outwards and forwards of rest, radians outwards, 1 for a pivot."""

    def shifted(self, times: Doubles) -> Doubles:
        """Return (T, 3): which leg carries the weight, and metres sideways and forwards from rest to between the feet.

        The pelvis sets out before the feet and arrives after them.
        """
        left, right = (held.at(times, late=-_LEADS, slower=1.7) for held in self.feet)
        middle = np.stack([left[:, 0] - right[:, 0], left[:, 1] + right[:, 1]], 1) / 2
        return np.concatenate([self.weight.at(times)[:, :1], middle], 1)

    def carried(self, times: Doubles) -> Doubles:
        """Return (T, 3) what steps do to the pelvis: metres to its left and down, degrees to its left."""
        result = np.zeros((len(times), 3))
        for sign, held in zip((1.0, -1.0), self.feet, strict=True):
            move, part = held.part(times)
            stepping = held.places[move, 3] == 0
            ahead = held.places[move, 1] - held.places[np.maximum(move - 1, 0), 1]
            over = quintic(part / 0.35) * (1 - quintic((part - 0.6) / 0.4))
            # The standing knee gives as the foot pushes off, both give as it lands.
            gives = 0.5 * _hump(part / 0.4) + _hump((part - 0.6) / 0.4)
            result += stepping[:, None] * np.stack(
                [-sign * _OVER * over, _DIP * gives, -sign * _HIP_TURN * ahead * over], 1
            )
        return result

    def placed(self, times: Doubles, joints: npt.ArrayLike) -> Feet:
        """Return the feet of a character with (55, 3) rest joints, metres."""
        rest = np.asarray(joints, np.float64)
        size = thigh_size(rest)
        shape = (len(times), 2)
        weight, ease = self.weight.at(times).T
        feet = Feet(np.zeros((*shape, 3)), np.zeros((*shape, 3, 3)), np.zeros(shape), np.zeros(shape))
        for number, (side, held) in enumerate(zip(SIDES, self.feet, strict=True)):
            sign = 1.0 if side == "left" else -1.0
            ball, ankle = (rest[JOINT_INDEX[f"{side}_{name}"]] for name in ("foot", "ankle"))
            move, part = held.part(times)
            pivots = held.places[move, 3] > 0
            moving = _hump(part)
            aloft = _hump((part - _OFF) / (_DOWN - _OFF))
            across = quintic((part - _ACROSS[0]) / (_ACROSS[1] - _ACROSS[0]))
            place = held.between(move, np.where(pivots, quintic(part), across))
            balls = ball + size * np.stack([sign * place[:, 0], np.where(pivots, 0, _LIFT * aloft), place[:, 1]], 1)
            # The heel peels off before the ball leaves the floor, and sinks when the ball is back on it.
            peeled = quintic(part / (_OFF + 0.1)) * (1 - (1 - _CARRIED) * quintic((part - 0.4) / 0.3))
            peeled *= 1 - quintic((part - 0.72) / 0.28)
            heel = np.where(pivots, _PIVOT_HEEL * moving, _HEEL * peeled)
            heel += ease * quintic((-sign * weight - 0.1) / 0.6) * (1 - np.where(pivots, 0, peeled))
            turned = np.stack([0 * heel, sign * place[:, 2], 0 * heel], 1)
            turn = axis_angle_to_matrix(turned) @ axis_angle_to_matrix(np.stack([heel, 0 * heel, 0 * heel], 1))
            feet.ankles[:, number] = balls + turn @ (ankle - ball)
            feet.turns[:, number] = turn
            feet.heels[:, number] = heel
            feet.outward[:, number] = place[:, 2]
        return feet


def _hump(part: Doubles) -> Doubles:
    """Return 0 outside of 0..1 and a smooth rise to 1 and back within."""
    return np.asarray(np.sin(np.pi * np.clip(part, 0, 1)) ** 2, np.float64)


def stance(duration: float, strength: float, seed: int) -> Stance:
    """Return a plan for so many seconds; ``strength`` 0 stands still, 1 is natural, and feet start where they rest."""
    rng = layer_rng(seed, "stance")
    starts, lengths, levels = [-2.0], [1.0], [float(np.copysign(rng.uniform(*_LEVEL), rng.uniform(-1, 1)))]
    eases = [strength * _EASE[0]]
    rows: tuple[list[list[float]], list[list[float]]] = ([[-2.0, 1.0, 0, 0, 0, 0]], [[-2.0, 1.0, 0, 0, 0, 0]])
    now = float(rng.uniform(1.0, 5.0))
    while now < duration:
        length, level = float(rng.uniform(*_SHIFT)), float(rng.uniform(*_LEVEL))
        other = rng.uniform() < 0.85
        side = -np.sign(levels[-1]) if other else np.sign(levels[-1])
        starts.append(now)
        lengths.append(length)
        levels.append(float(side * level))
        eases.append(min(strength, 1.0) * float(rng.uniform(*_EASE)))
        chance, out = rng.uniform(), float(rng.uniform(*_OUT))
        place = np.array([float(rng.uniform(*_ASIDE)), float(rng.uniform(*_FORWARDS))])
        free = rows[1] if side > 0 else rows[0]
        last = free[-1]
        far = strength * place - last[2:4]
        if other and strength > 0 and chance < _STEPS + _PIVOTS:
            begin = now + 0.85 * length
            if chance < _STEPS and np.linalg.norm(far) > _NEAR:
                free.append([begin, _STEP, *(strength * place), strength * out, 0.0])
            else:
                free.append([begin, _PIVOT, last[2], last[3], strength * out, 1.0])
        now += float(rng.uniform(*_STAY))
    weight = Held(np.array(starts), np.array(lengths), np.stack([strength * np.array(levels), eases], 1))
    left, right = (Held(*(np.array(row)[:, 0], np.array(row)[:, 1], np.array(row)[:, 2:])) for row in rows)
    return Stance(weight, (left, right))
