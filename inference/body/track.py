"""What every body engine gives back, and what it must offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ..direction.acts import ActRows
    from ..gestures.planned import Planned
    from ..gestures.settings import GestureSettings
    from ..prosody import Prosody
    from ..words.meaning import Meaning

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RestSpan:
    """Where hands that do nothing lie from some instant on."""

    start: float
    """Second at which they set off to there; the first span holds from the beginning."""
    length: float
    """Seconds until they are there."""
    name: str
    """One of :data:`~..layers.rest_poses.REST_POSES`."""
    mirrored: bool = False
    """The hands have changed places."""


@dataclass
class BodyTrack:
    """Rotations of the body and the hands over time; frame ``i`` is the instant ``i / fps`` s."""

    poses: Doubles
    """(T, 165) axis-angle; head, neck, jaw and eyes are zero except for what breathing asks of the neck."""
    trans: Doubles
    """(T, 3) pelvis translation, metres."""
    strokes: Doubles | None = None
    """(S, 2) second and strength 0..1 of every gesture stroke's peak, rising: brows and head share these accents. None
    from an engine that does not know: they are found in the motion."""
    warnings: tuple[str, ...] = ()
    """Sentences the user should read, stored with the performance."""
    rests: tuple[RestSpan, ...] = ()
    """Where the hands of a body at rest lie."""
    planned: Planned | None = None
    """Its gestures, from an engine that plans them (ability ``plan``)."""


@dataclass
class SpokenBody:
    """What a body engine is told about a speech."""

    samples: npt.NDArray[np.float32]
    """(n,) mono speech at 16 kHz."""
    prosody: Prosody
    fps: float
    """Frames per second of the result, 1..240."""
    ground: BodyTrack
    """T frames of a body at rest: planted legs, breath, shifting weight, resting arms. The engine moves the upper body
    on it."""
    arousal: Doubles
    """(T,) -1 (asleep) to 1 (agitated), from the emotion; 0 is neutral."""
    seed: int = 0
    device: str = "auto"
    feeling: Doubles | None = None
    """(T, 8) how strongly the body feels each emotion, see ``emotion.course.body_course``; None is nothing."""
    openness: float | Doubles = 0.0
    """-1 (closed) to 1 (open): the character's own posture; (T,) where it changes."""
    meanings: tuple[Meaning, ...] | None = None
    """What its words call for, at the voice's accents; None where the words are not known."""
    energy: Doubles | None = None
    """(T,) size of the gestures where it changes; None: what the settings of the gestures say."""
    planned: Planned | None = None
    """The gestures to make, for an engine that plans them; None: it decides."""
    only_pinned: bool = False
    """Whether of these only the pinned ones stay, and the engine decides on the others."""

    acts: ActRows = ()
    """What is directed at moments: no gesture that is drawn around them says the contrary."""

    @property
    def frames(self) -> int:
        """T."""
        return len(self.ground.poses)

    @property
    def times(self) -> Doubles:
        """(T,) seconds."""
        return np.arange(self.frames) / self.fps


class InfillEngine(Protocol):
    """A body engine that can make a part anew which fits what is around it: the ability ``infill``."""

    def infill(
        self,
        poses: npt.ArrayLike,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        first: int,
        last: int,
        joints: tuple[str, ...],
    ) -> Doubles:
        """Return poses with a part drawn anew.

        Parameters
        ----------
        poses : (T, 165) array
            Axis-angle of a whole performance, by whichever engine.
        speech : SpokenBody
            The same recording, with the ground that the poses stand on; its seed decides what is drawn.
        first, last : int
            The first new frame and the one after the last.
        joints : tuple of str
            Names out of ``upper_body.UPPER_BODY``; all other joints are kept.

        Returns
        -------
        (T, 165) array
            Every number that is not of these frames and joints is bit for bit the same.
        """
        ...


class BodyEngine(Protocol):
    """From speech to gestures."""

    name: str
    weights: Path
    """The file the engine was read from; its sha256 goes into the performance."""

    def animate(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> BodyTrack:
        """Gesture with a speech.

        Parameters
        ----------
        settings : GestureSettings
            Always of energy 1: what an engine draws is sized afterwards, for all of them alike
            (:mod:`~.gestures.direction`). So is the arm that is wanted less; of handedness an engine may take which
            hand to gesture with.
        progress : callable
            Called with the finished fraction, 0..1.
        cancelled : callable
            Asked between windows; True raises :class:`~.errors.Cancelled`.

        Returns
        -------
        BodyTrack
            T frames. Pelvis, legs, feet, neck, head and ``trans`` are the ground's; the spine is the ground's with the
            gesture's own bend on top; collars, arms, wrists and fingers are the engine's.
        """
        ...
