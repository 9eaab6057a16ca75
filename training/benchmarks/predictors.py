"""What the lip benchmark compares: the engine and its peers, all from speech to lip aperture at given frame times."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.character import load_character
from ...inference.face.default.engine import DefaultFaceEngine
from ...inference.face.track import FaceTrack
from ...inference.skeleton import JOINT_INDEX, JOINT_NAMES
from ..face import examples as ex
from ..face import voices
from ..face.__main__ import initial_network
from ..face.baseline import baseline_aperture, train_baseline
from ..face.corpora import Clip
from . import headaudio
from .phone_baseline import PhoneBaseline, phone_classes, viseme_classes

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Hearing:
    """A clip as it is heard, perhaps in another voice."""

    clip: Clip
    samples: Floats
    """16 kHz."""
    fps: float
    """Frames wanted per second of the clip."""
    speed: float = 1.0
    """How much faster than the clip the samples run."""

    @property
    def heard_fps(self) -> float:
        """Frames per second of the samples."""
        return self.fps * self.speed


Predictor = Callable[[list[Hearing]], list[Floats]]


def as_heard(clips: list[Clip], fps: float) -> list[Hearing]:
    """Return the clips in their own voices."""
    return [Hearing(clip, clip.samples, fps) for clip in clips]


def neutral_poses(track: FaceTrack) -> Floats:
    """Return (T, 165) poses in which only the jaw moves."""
    poses = np.zeros((len(track.arkit), 3 * len(JOINT_NAMES)), np.float32)
    jaw = 3 * JOINT_INDEX["jaw"]
    poses[:, jaw : jaw + 3] = track.jaw
    return poses


class EnginePredictor:
    """The default engine; aperture is measured on the default character's mesh."""

    def __init__(self, weights: Path) -> None:
        self.engine = DefaultFaceEngine(weights)
        self.busy = self.heard = 0.0

    def track(self, samples: Floats, fps: float) -> FaceTrack:
        """Animate, and keep the time it takes."""
        started = time.perf_counter()
        track = self.engine.animate(samples, fps, device="cpu")
        self.busy += time.perf_counter() - started
        self.heard += len(samples) / voices.RATE
        return track

    def __call__(self, heard: list[Hearing]) -> list[Floats]:
        """Return the apertures."""
        tracks = (self.track(one.samples, one.heard_fps) for one in heard)
        return [load_character().lip_aperture(neutral_poses(track), track.arkit) for track in tracks]

    @property
    def real_time_factor(self) -> float:
        """Seconds of work per second of speech so far."""
        return self.busy / max(self.heard, 1e-9)


def log_mel_predictor(tracked: list[Clip], encoder: Path, epochs: int) -> Predictor:
    """Train the log-mel regressor on tracked clips."""
    log_mel = initial_network(encoder).encoder.log_mel
    regressor = train_baseline(log_mel, [ex.plain(clip) for clip in tracked], epochs)

    def predict(heard: list[Hearing]) -> list[Floats]:
        result = []
        for one in heard:
            aperture = baseline_aperture(regressor, one.samples)
            times = np.arange(max(1, round(len(one.samples) / voices.RATE * one.heard_fps))) / one.heard_fps
            result.append(np.interp(times, np.arange(len(aperture)) * 0.02, aperture).astype(np.float32))
        return result

    return predict


def phone_predictor(tracked: list[Clip]) -> Predictor:
    """Fit the baseline that knows the text. It reads the clip's phone labels, so that a converted voice is the same."""
    english = PhoneBaseline.fit(tracked, phone_classes())
    german = PhoneBaseline.fit(tracked, viseme_classes())

    def predict(heard: list[Hearing]) -> list[Floats]:
        result = []
        for one in heard:
            times = np.arange(max(1, round(len(one.clip.samples) / voices.RATE * one.fps))) / one.fps
            baseline = german if one.clip.corpus == "emodb" else english
            result.append(baseline.aperture(one.clip, times))
        return result

    return predict


def headaudio_predictor(tracked: list[Clip], cache: Path) -> Predictor | None:
    """Fit HeadAudio's mapping on tracked clips; None, and a sentence, where it cannot run."""
    try:
        peer = headaudio.HeadAudio.fit(headaudio.install(cache), tracked)
    except RuntimeError as error:
        print(f"HeadAudio is left out: {error}.", file=sys.stderr, flush=True)
        return None
    print(
        f"HeadAudio: latency {1000 * peer.latency:.0f} ms taken off, apertures {np.round(peer.apertures, 3).tolist()}"
    )

    def predict(heard: list[Hearing]) -> list[Floats]:
        return peer.apertures_of([one.samples for one in heard], [one.heard_fps for one in heard])

    return predict
