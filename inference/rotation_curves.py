"""Rotations over time: other frame rates, and offsets that die away so that two motions meet; numpy only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .rotation import (
    axis_angle_to_quaternion,
    compose_axis_angle,
    continuous_axis_angle,
    continuous_quaternions,
    quaternion_to_axis_angle,
)

Doubles = npt.NDArray[np.float64]
MEET_SECONDS = 0.6
"""Over how long what a new motion lacks to meet the old one dies away."""


def resampled(rotations: npt.ArrayLike, places: npt.ArrayLike) -> Doubles:
    """Return (N, J, 3) axis-angle of (T, J, 3) rotations at fractional frames.

    A cubic through the quaternions' four neighbours (Catmull and Rom 1974), made unit again: no kink in speed where a
    frame is passed. Beyond the ends the first and the last frame hold.

    Parameters
    ----------
    places : (N,) array
        Frames, counted from 0.
    """
    given = np.asarray(rotations, np.float64)
    last = len(given) - 1
    places = np.clip(np.asarray(places, np.float64), 0, last)
    quaternions = continuous_quaternions(axis_angle_to_quaternion(given))
    below = np.minimum(np.floor(places).astype(np.int64), max(last - 1, 0))
    t = (places - below)[:, None, None]
    # Beyond the ends the curve goes on straight, so that the end frames keep their speed.
    first, final = quaternions[:1], quaternions[-1:]
    beyond = np.concatenate([2 * first - quaternions[min(1, last)], quaternions, 2 * final - quaternions[[last - 1]]])
    before, low, high, after = (beyond[np.minimum(below + step, last + 2)] for step in range(4))
    value = low + 0.5 * t * (
        high - before + t * (2 * before - 5 * low + 4 * high - after + t * (3 * (low - high) + after - before))
    )
    return quaternion_to_axis_angle(value / np.linalg.norm(value, axis=-1, keepdims=True))


def difference(wanted: npt.ArrayLike, given: npt.ArrayLike) -> Doubles:
    """Return (..., 3) axis-angle that, applied first, turns ``given`` into ``wanted``: given * result = wanted."""
    return compose_axis_angle(-np.asarray(given, np.float64), np.asarray(wanted, np.float64))


def dying_offset(offset: npt.ArrayLike, speed: npt.ArrayLike, frames: int, count: int) -> Doubles:
    """Return (count, J, 3) an offset that starts as given, at the speed given, and is gone after so many frames.

    A quintic whose acceleration starts and ends at zero, as all of it ends (Bollo, "Inertialization: High-Performance
    Animation Transitions in Gears of War", GDC 2018).

    Parameters
    ----------
    offset : (J, 3) array
        At frame 0, axis-angle.
    speed : (J, 3) array
        Of the offset, per frame.
    """
    length = max(1, frames)
    u = np.clip(np.arange(count) / length, 0, 1)[:, None, None]
    # Hermite bases of fifth order for value and slope at the start.
    value = 1 - u**3 * (10 - 15 * u + 6 * u * u)
    slope = u - 6 * u**3 + 8 * u**4 - 3 * u**5
    return value * np.asarray(offset, np.float64) + slope * length * np.asarray(speed, np.float64)


def meeting_frames(count: int, fps: float) -> int:
    """Return over how many frames offsets die away in a part of so many: half of it, or :data:`MEET_SECONDS`."""
    return min(round(MEET_SECONDS * fps), (count + 1) // 2)


def meeting(kept: npt.ArrayLike, drawn: npt.ArrayLike, first: int, last: int, frames: int) -> Doubles:
    """Return (last - first, J, 3) new motion that goes on from what is kept before it and into what is kept after it.

    Pose and speed are met exactly: the first frame is where the kept motion would have gone at its own speed, plus
    what the new motion's speed changes by there. Where the recording begins or ends nothing has to be met; a single
    kept frame stands still.

    Parameters
    ----------
    kept, drawn : (T, J, 3) array
        Axis-angle rotations of all frames: as they were, and the new motion.
    first, last : int
        The first new frame and the one after the last.
    frames : int
        Over how many frames an offset dies away; not more than there are.
    """
    kept, drawn = np.asarray(kept, np.float64), np.asarray(drawn, np.float64)
    part = drawn[first:last]
    count, end = len(part), len(kept) - 1
    total = np.zeros_like(part)
    if first > 0:
        before = [max(first - 2, 0), first - 1]
        offsets = continuous_axis_angle(difference(kept[before], drawn[before]))
        total += dying_offset(offsets[1], offsets[1] - offsets[0], min(frames, count), count + 1)[1:]
    if last <= end:
        after = [last, min(last + 1, end)]
        offsets = continuous_axis_angle(difference(kept[after], drawn[after]))
        total += dying_offset(offsets[0], offsets[0] - offsets[1], min(frames, count), count + 1)[1:][::-1]
    return compose_axis_angle(part, total)
