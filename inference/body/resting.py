"""Where hands lie that an engine's networks have at rest: where the body under them lays them.

Networks know one rest, :data:`HOME`, since that is where the hands of their corpus lie. A performance has others, one
after another (``gestures/rests.py``). An arm that is at home in what was drawn is the body's own; on its way from there
to a gesture it comes from where the body lays it. The same way back makes a performance one that networks know.
"""

# numpy and scipy type some of their functions in part only.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, label

from ..gestures.companion import ALONE, left_alone, sinking
from ..layers.arms import ARM_PARTS, SIDES, arms_between, laid_arm
from ..layers.noise import quintic
from ..layers.way_round import GESTURE, swing_away
from ..rotation import axis_angle_to_quaternion, compose_axis_angle, quaternion_to_axis_angle
from ..time_filters import runs_of
from .track import RestSpan
from .upper_body import UPPER_BODY, UPPER_BODY_INDEX

Doubles = npt.NDArray[np.float64]

HOME = "learned"
"""The rest that networks know, beside the thighs; hands of somebody who sits lie on the thighs."""
_SEATED_HOME = "thighs"
_NEAR, _GESTURE = 0.2, 0.4
"""Radians of shoulder or elbow from home: up to where an arm is there, and what a gesture reaches at least."""
_BAND, _FARTHER, _THERE = 0.2, 1.0, 0.85
"""Radians beyond the first of those in which an arm comes from its rest, how many more for every one that this rest is
from home, and the share of a gesture's way by which it is there in any case."""
_SETTLE = 0.12  # seconds
_CHUNK = 4096  # frames
_ROWS = {side: np.array([UPPER_BODY.index(f"{side}_{part}") for part in ARM_PARTS]) for side in SIDES}
_TELLING = [ARM_PARTS.index(part) for part in ("shoulder", "elbow")]
_SHOULDER = ARM_PARTS.index("shoulder")


def laid_at_rest(
    rotations: npt.ArrayLike, ground: npt.ArrayLike, rests: Sequence[RestSpan], fps: float, *, seated: bool
) -> tuple[Doubles, Doubles]:
    """Lay arms that are at home where the body at rest has them.

    A hand that lay in the other one, and is left alone by it for long, sinks to its home meanwhile.

    Parameters
    ----------
    rotations : (T, 41, 3) array
        Axis-angle of the joints that gesture, as networks drew them.
    ground : (T, 165) array
        The body at rest.
    rests : sequence of RestSpan
        Where its hands lie.

    Returns
    -------
    rotations : (T, 41, 3) array
    raised : (T, 2) array
        How far the left and the right arm are in a gesture, 0..1.
    """
    drawn, ground = np.array(rotations, np.float64), np.asarray(ground, np.float64)
    raised = np.stack([_raised(drawn, ground, side, fps, seated=seated, home=True) for side in SIDES], 1)
    times = np.arange(len(drawn)) / fps
    away = [[(first / fps, last / fps) for first, last in runs_of(side > 0.5).tolist()] for side in raised.T]
    sunk = [sinking(left_alone(away[number], away[1 - number], rests), times) for number in range(len(SIDES))]
    for rows in _chunks(len(drawn)):
        for number, side in enumerate(SIDES):
            rest, home = _arms(ground[rows], side, seated=seated)
            rest = arms_between(rest, home, sunk[number][rows])
            own = axis_angle_to_quaternion(drawn[rows, _ROWS[side]])
            laid = quaternion_to_axis_angle(arms_between(rest, own, raised[rows, number]))
            share = raised[rows, number]
            for target, way in ((GESTURE, share), (ALONE, (1 - share) * sunk[number][rows])):
                turns = swing_away(side, target, rests, times[rows], way)
                laid[:, _SHOULDER] = compose_axis_angle(turns, laid[:, _SHOULDER])
            drawn[rows, _ROWS[side]] = laid
    return drawn, raised


def brought_home(rotations: npt.ArrayLike, ground: npt.ArrayLike, fps: float, *, seated: bool) -> Doubles:
    """Return (T, 41, 3) rotations whose arms are at home where the body at rest has them elsewhere: the way back of
    :func:`laid_at_rest`, for networks that are to go on from a performance."""
    given, ground = np.array(rotations, np.float64), np.asarray(ground, np.float64)
    for side in SIDES:
        raised = _raised(given, ground, side, fps, seated=seated, home=False)
        for rows in _chunks(len(given)):
            _, home = _arms(ground[rows], side, seated=seated)
            own = axis_angle_to_quaternion(given[rows, _ROWS[side]])
            given[rows, _ROWS[side]] = quaternion_to_axis_angle(arms_between(home, own, raised[rows]))
    return given


def _raised(
    rotations: Doubles, ground: Doubles, side: str, fps: float, *, seated: bool, home: bool
) -> Doubles:  # fmt: skip
    """Return (T,) 0 where an arm is at home, or where the body lays it, 1 where it is in a gesture; smooth in time."""
    away, apart = np.zeros(len(rotations)), np.zeros(len(rotations))
    for rows in _chunks(len(rotations)):
        laid, at_home = _arms(ground[rows], side, seated=seated)
        own = axis_angle_to_quaternion(rotations[rows, _ROWS[side]])
        away[rows] = _angle(own, at_home if home else laid)
        apart[rows] = _angle(laid, at_home)
    runs, count = label(away > _NEAR)
    if count:
        # What networks are off by, or a wobble, is no gesture.
        peaks = np.zeros(int(count) + 1)
        np.maximum.at(peaks, runs, away)
        highest = peaks[runs]
        away = np.where(highest > _GESTURE, away, 0.0)
        band = np.minimum(_BAND + _FARTHER * apart, np.maximum(_THERE * highest - _NEAR, 0.1))
    else:
        band = np.ones(len(away))
    share = quintic((away - _NEAR) / band)
    return gaussian_filter1d(share, _SETTLE * fps, mode="nearest")


def _arms(ground: Doubles, side: str, *, seated: bool) -> tuple[Doubles, Doubles]:
    """Return (n, 19, 4) quaternions twice: the arm as the body lays it, and at home."""
    rows = [UPPER_BODY_INDEX[int(row)] for row in _ROWS[side]]
    laid = axis_angle_to_quaternion(ground.reshape(len(ground), -1, 3)[:, rows])
    return laid, laid_arm(side, _SEATED_HOME if seated else HOME, ground)


def _angle(first: Doubles, second: Doubles) -> Doubles:
    """Return (n,) the larger of the angles by which shoulder and elbow differ, radians."""
    cosine = np.abs((first[:, _TELLING] * second[:, _TELLING]).sum(-1))
    return 2 * np.arccos(np.clip(cosine, 0, 1)).max(-1)


def _chunks(frames: int) -> list[slice]:
    return [slice(first, min(first + _CHUNK, frames)) for first in range(0, frames, _CHUNK)]
