"""Engines from outside, watched: a fault in one is told in a sentence that names it, and what it gives is checked."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .arkit import ARKIT_NAMES
from .body.track import BodyTrack, SpokenBody
from .emotion.names import EMOTIONS
from .errors import SoliloquyError
from .face.track import FaceTrack
from .faults import first_line, is_out_of_memory
from .gestures.settings import GestureSettings
from .outside_engines import RegisteredEngine
from .skeleton import JOINT_NAMES


def watched(engine: RegisteredEngine, make: Callable[[], Any]) -> WatchedFace | WatchedBody:
    """Return what ``make`` makes, watched.

    Raises
    ------
    SoliloquyError
        When making it fails, or what it makes cannot animate.
    """
    with _blaming(engine):
        made = make()
    if not callable(getattr(made, "animate", None)):
        raise SoliloquyError(f"The {engine.spec.kind} engine '{engine.spec.name}' has no animate().", _whose(engine))
    return WatchedFace(engine, made) if engine.spec.kind == "face" else WatchedBody(engine, made)


class _Watched:
    def __init__(self, engine: RegisteredEngine, made: Any) -> None:
        self.name = engine.spec.name
        self._engine, self._made = engine, made

    @property
    def weights(self) -> Path:
        """The file the engine says it was read from; the first of its spec's, where it does not say."""
        said = getattr(self._made, "weights", None) or next(iter(self._engine.files), None)
        return Path(said) if isinstance(said, (str, Path)) else Path()

    def _check(self, what: str, values: Any, shape: tuple[int, ...]) -> npt.NDArray[np.floating[Any]]:
        array = np.asarray(values)
        if array.shape != shape or array.dtype.kind not in "fiu":
            said = f"gave {what} of shape {array.shape} where {shape} is needed"
        elif not np.isfinite(array).all():
            said = f"gave {what} that are not numbers"
        else:
            return array
        raise SoliloquyError(f"The {self._engine.spec.kind} engine '{self.name}' {said}.", _whose(self._engine))

    def _expect(self, track: Any, kind: type) -> None:
        if not isinstance(track, kind):
            raise SoliloquyError(
                f"The {self._engine.spec.kind} engine '{self.name}' gave no {kind.__name__}.", _whose(self._engine)
            )


class WatchedFace(_Watched):
    """A face engine from outside."""

    def animate(self, samples: npt.NDArray[np.float32], fps: float, **asked: Any) -> FaceTrack:
        """Animate a face; see :class:`~.face.track.FaceEngine`.

        Raises
        ------
        SoliloquyError
            Also when the engine fails, or gives something that is no face of this length.
        """
        with _blaming(self._engine):
            track = self._made.animate(samples, fps, **asked)
        self._expect(track, FaceTrack)
        frames = max(1, round(len(samples) / 16_000 * fps))
        track.arkit = self._check("coefficients", track.arkit, (frames, len(ARKIT_NAMES))).astype(np.float32)
        track.jaw = self._check("rotations of the jaw", track.jaw, (frames, 3)).astype(np.float32)
        if track.mouth_share is not None:
            shape = (frames, len(EMOTIONS))
            track.mouth_share = self._check("shares of the mouth", track.mouth_share, shape).astype(np.float32)
        return track


class WatchedBody(_Watched):
    """A body engine from outside."""

    def animate(self, speech: SpokenBody, settings: GestureSettings, **asked: Any) -> BodyTrack:
        """Gesture with a speech; see :class:`~.body.track.BodyEngine`.

        Raises
        ------
        SoliloquyError
            Also when the engine fails, or gives something that is no body of this length.
        """
        with _blaming(self._engine):
            track = self._made.animate(speech, settings, **asked)
        self._expect(track, BodyTrack)
        shape = (speech.frames, 3 * len(JOINT_NAMES))
        track.poses = self._check("poses", track.poses, shape).astype(np.float64)
        track.trans = self._check("places of the pelvis", track.trans, (speech.frames, 3)).astype(np.float64)
        return track

    def infill(self, poses: npt.ArrayLike, speech: SpokenBody, settings: GestureSettings, **asked: Any) -> Any:
        """Return poses with a part drawn anew; see :class:`~.body.track.InfillEngine`.

        Raises
        ------
        SoliloquyError
            Also when the engine fails, or gives something that are no poses of this length.
        """
        with _blaming(self._engine):
            drawn = self._made.infill(poses, speech, settings, **asked)
        return self._check("poses", drawn, (speech.frames, 3 * len(JOINT_NAMES))).astype(np.float64)


@contextmanager
def _blaming(engine: RegisteredEngine) -> Generator[None]:
    try:
        yield
    except SoliloquyError:
        raise
    except (Exception, SystemExit) as error:
        # Memory that ran out is tried again on the processor, by whoever runs the job.
        if is_out_of_memory(error):
            raise
        raise SoliloquyError(
            f"The {engine.spec.kind} engine '{engine.spec.name}' failed ({type(error).__name__}: {first_line(error)}).",
            _whose(engine),
        ) from error


def _whose(engine: RegisteredEngine) -> str:
    return f"Ask whoever made it; it comes from {engine.source}."
