"""The last step of any body engine: what no human could do becomes what one would."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..body_track import BodyTrack
from ..character import Character
from ..errors import Cancelled
from .capsules import capsules_of
from .contacts import part_contacts
from .jitter import calm_jitter
from .limits import limit_joints


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
    # Giving way may have bent an elbow or a wrist further than it goes. Frames that gave no way are within limits.
    moved = np.flatnonzero((apart != poses).any(1))
    apart[moved] = limit_joints(apart[moved])
    tick(1.0)
    return BodyTrack(apart, track.trans.copy(), track.strokes.copy(), track.warnings)
