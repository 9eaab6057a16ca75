"""The hand that is left alone: hands lay in each other, one of them gestures, the other one sinks meanwhile.

Left where it was it would lie on the belly, or behind the back, by itself for seconds, which looks forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..body.track import RestSpan
from ..body.upper_body import UPPER_BODY
from ..layers.arms import ARM_PARTS, SIDES, laid_arm
from ..layers.hinge import hinge_angles
from ..layers.noise import quintic
from ..layers.rest_poses import REST_POSES
from ..rotation import slerp
from .phrases import GesturePlan, HandUse

Doubles = npt.NDArray[np.float64]

_INSTEAD = {"lap": "thighs"}
ALONE = "sides"
"""Where hands sink to that are left alone, but for those in a lap."""
_LONG, _LONG_IN_LAP = 1.05, 2.2
"""Seconds that the other hand is away at least; in the lap a hand by itself looks at home for longer."""
_JOINED = 1.8  # seconds between two absences that are one
_WAIT, _MOVE = 0.0, 1.0  # seconds until it sinks, and that sinking and coming back take

Stretch = tuple[float, float]


def sink_lonely_hands(plan: GesturePlan, ground: Doubles, pose: Doubles, hinges: Doubles, times: Doubles) -> Doubles:
    """Lay hands that are left alone elsewhere, in place.

    Parameters
    ----------
    ground : (n, 165) array
        The body at rest.
    pose, hinges : (n, 41, 4) and (n, 2, 3) arrays
        Upper bodies at rest and their elbows, as ``playback.Layers`` has them.
    times : (n,) array
        Seconds.

    Returns
    -------
    (n, 2) array
        0..1: how far the left and the right hand have sunk.
    """
    sunk = np.zeros((len(times), 2))
    for number, side in enumerate(SIDES):
        for (start, stop), span in lonely(plan, side):
            weight = _sunk((start, stop), times)
            rows = np.flatnonzero(weight > 0)
            if not len(rows):
                continue
            share = weight[rows]
            where = np.array([UPPER_BODY.index(f"{side}_{part}") for part in ARM_PARTS])
            laid = laid_arm(side, _INSTEAD.get(span.name, ALONE), ground[rows])
            elbow = hinge_angles(laid[:, ARM_PARTS.index("elbow")])
            hinges[rows, number] += share[:, None] * (elbow - hinges[rows, number])
            arm = rows[:, None], where[None]
            pose[arm] = slerp(pose[arm], laid, share[:, None])
            sunk[rows, number] = np.maximum(sunk[rows, number], weight[rows])
    return sunk


def sinking(alone: Sequence[tuple[Stretch, RestSpan]], times: Doubles) -> Doubles:
    """Return (n,) how far a hand has sunk that is left alone in those stretches, 0 to 1."""
    weights = [_sunk(stretch, times) for stretch, _ in alone]
    return np.max(weights, axis=0) if weights else np.zeros(len(times))


def _sunk(stretch: Stretch, times: Doubles) -> Doubles:
    start, stop = stretch
    return quintic((times - start - _WAIT) / _MOVE) * (1 - quintic((times - stop) / _MOVE))


def lonely(plan: GesturePlan, side: str) -> list[tuple[Stretch, RestSpan]]:
    """Return when a hand is left alone by the other one, in seconds, and the rest in which they lay together."""
    own = [use for phrase in plan.phrases if (use := _use(phrase.left, phrase.right, side)).amplitude > 0]
    others = [use for phrase in plan.phrases if (use := _use(phrase.right, phrase.left, side)).amplitude > 0]
    return left_alone([(use.on, use.off_end) for use in own], [(use.on, use.off) for use in others], plan.rests)


def left_alone(
    own: Sequence[Stretch], others: Sequence[Stretch], rests: Sequence[RestSpan]
) -> list[tuple[Stretch, RestSpan]]:  # fmt: skip
    """Return when a hand is left alone, in seconds, and the rest in which the hands lay together.

    Parameters
    ----------
    own, others : sequence of (float, float)
        When this hand, and the other one, are in a gesture.
    """
    away: list[Stretch] = []
    for on, off in sorted(others):
        if away and on - away[-1][1] < _JOINED:
            away[-1] = (away[-1][0], max(away[-1][1], off))
        else:
            away.append((on, off))
    for on, off in own:
        away = [part for start, stop in away for part in ((start, min(stop, on)), (max(start, off), stop))]
        away = [(start, stop) for start, stop in away if stop > start]
    found: list[tuple[Stretch, RestSpan]] = []
    for place, span in enumerate(rests):
        if not REST_POSES[span.name].together:
            continue
        begins = span.start + 0.5 * span.length if place else -np.inf
        ends = rests[place + 1].start if place + 1 < len(rests) else np.inf
        clipped = [(max(start, begins), min(stop, ends)) for start, stop in away]
        least = _LONG_IN_LAP if span.name == "lap" else _LONG
        found += [((start, stop), span) for start, stop in clipped if stop - start >= least]
    return found


def _use(left: HandUse, right: HandUse, side: str) -> HandUse:
    return left if side == "left" else right
