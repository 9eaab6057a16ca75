"""The last step of any body engine: what no human could do becomes what one would."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..body.track import BodyTrack
from ..character import Character
from ..errors import Cancelled
from ..rotation import compose_axis_angle
from .capsules import capsules_of
from .contacts import part_contacts
from .jitter import calm_jitter
from .limits import limit_joints

Doubles = npt.NDArray[np.float64]


def settle(
    track: BodyTrack,
    character: Character,
    fps: float,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> BodyTrack:
    """Return a body within human limits, with its hands outside of it and without jitter.

    In this order: joints are bent softly into their range, jitter is taken out of the 41 joints that gesture, and hands
    and forearms give way to trunk, head, thighs and the other arm. Pelvis, legs, feet, neck, head and ``trans`` are
    not touched. What is possible already comes back as it was. No randomness.

    Parameters
    ----------
    track : BodyTrack
        T frames.
    character : Character
        Whose body the hands stay out of.
    fps : float
        Frames per second.
    progress : callable
        Called with the finished fraction, 0..1.
    cancelled : callable
        Asked every few hundred frames.

    Raises
    ------
    Cancelled
        When ``cancelled`` said so.
    """

    def tick(fraction: float) -> None:
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(fraction)

    tick(0.0)
    poses = limit_joints(track.poses)
    tick(0.1)
    poses = calm_jitter(poses, fps)
    apart = part_contacts(poses, track.trans, capsules_of(character), fps, lambda part: tick(0.2 + 0.75 * part))
    moved = np.flatnonzero((apart != poses).any(1))
    apart[moved] = _limited_again(apart[moved], poses[moved])
    tick(1.0)
    return dataclasses.replace(track, poses=apart, trans=track.trans.copy())


def _limited_again(apart: Doubles, poses: Doubles) -> Doubles:
    """Return (n, 165) poses that gave way, without what that bent further than a joint goes.

    ``poses`` are the same frames before, within limits already. Limiting those a second time would move them too, and
    the frames beside that gave no way would not follow: what it does to them is taken back.
    """
    turns, within, held, again = (
        part.reshape(-1, 55, 3) for part in (apart, poses, limit_joints(apart), limit_joints(poses))
    )
    bent = np.nonzero((held != turns).any(-1) | (again != within).any(-1))
    result = turns.copy()
    result[bent] = compose_axis_angle(held[bent], compose_axis_angle(-again[bent], within[bent]))
    return result.reshape(apart.shape)
