"""The body engine that lays recorded gesture phrases over the accents of a speech."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...emotion.bodily import manner
from ...errors import Cancelled
from ...gestures.library import Library, load_library
from ...gestures.phrases import GesturePlan
from ...gestures.playback import upper_body_track
from ...gestures.scheduler import plan
from ...gestures.settings import GestureSettings
from ...words.signs import with_signs
from ..track import BodyTrack, SpokenBody
from ..upper_body import with_upper_body


class PhrasesEngine:
    """Gesture phrases: explainable, without a network.

    Parameters
    ----------
    library : Library or None
        The clips to play; None reads the extension's own.
    """

    name = "phrases"

    def __init__(self, library: Library | None = None) -> None:
        self.library = library or load_library()

    @property
    def weights(self) -> Path:
        """The library's file."""
        return self.library.path

    def animate(
        self,
        speech: SpokenBody,
        settings: GestureSettings,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> BodyTrack:
        """Gesture with a speech; see :class:`~..body_track.BodyEngine`."""

        def step(part: float) -> None:
            if cancelled is not None and cancelled():
                raise Cancelled
            if progress is not None:
                progress(part)

        step(0.0)
        gestures, library = self.decide(speech, settings)
        rotations = upper_body_track(gestures, library, speech.ground.poses, speech.times, step=step)
        return BodyTrack(
            with_upper_body(speech.ground.poses, rotations), speech.ground.trans, gestures.strokes,
            speech.ground.warnings, speech.ground.rests, gestures.gestures,
        )  # fmt: skip

    def decide(self, speech: SpokenBody, settings: GestureSettings) -> tuple[GesturePlan, Library]:
        """Return the plan for a speech, and the library that its gestures are in.

        Raises
        ------
        SoliloquyError
            When the speech comes with gestures that cannot be made.
        """
        duration = speech.frames / speech.fps
        felt = None if speech.feeling is None else manner(speech.feeling)
        known = {clip.name for clip in self.library.clips}
        signs = speech.meanings is not None or any(item.gesture not in known for item in speech.planned or ())
        library = with_signs(self.library) if signs else self.library
        gestures = plan(
            speech.prosody, settings, speech.arousal, duration, speech.seed, library, felt, speech.meanings,
            speech.ground.rests, speech.planned, speech.only_pinned, speech.acts,
        )  # fmt: skip
        return gestures, library
