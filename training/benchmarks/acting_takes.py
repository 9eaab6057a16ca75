"""The recordings that acting is measured on, and takes of them: the body and the layers of the face, cheaply.

The body hears prosody only, so a still mouth stands in for the face engine unless lips are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX
from ...inference.audio import read_audio
from ...inference.body.body import body_track
from ...inference.character import load_character
from ...inference.emotion.curves import emotion_weights
from ...inference.engines import body_engine, face_engine
from ...inference.face.track import FaceTrack
from ...inference.perform import perform
from ...inference.performance import Performance
from ...inference.plausibility.kinematics import joint_positions
from ...inference.prosody import Prosody, analyse
from ...inference.settings import AnimateSettings, AudioRange
from ..body.recordings import brought_to_level
from ..face.corpora import RATE, Clip, load_emodb, load_ljspeech
from ..metrics.acting import Acting, acting

FPS = 30.0
SPEAKING = 0.5
"""Of ``Prosody.speaking``: from here on somebody speaks."""
_PAUSE, _FLOOR = 0.33, 1e-4  # seconds; rms of a quiet room

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Recording:
    """A stretch of speech, analysed."""

    name: str
    samples: Floats
    """(n,) mono at 16 kHz."""
    prosody: Prosody

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.samples) / RATE


@dataclass(frozen=True, eq=False)
class ActedTake:
    """One performance of a recording and its figures."""

    recording: Recording
    performance: Performance
    strokes: npt.NDArray[np.float64]
    """(S, 2) second and strength of the gestures' peaks."""
    body_seconds: float
    """Processor time of the body, gestures and all."""
    layer_seconds: float
    """Processor time of head, eyes, brows and expression."""

    def measured(self) -> Acting:
        """Return the figures of the body."""
        done = self.performance
        places = joint_positions(done.poses, done.trans, load_character().joints)
        return acting(done.poses, done.trans, places, done.fps, speaking(self.recording.prosody, done.frames, done.fps))


def speaking(prosody: Prosody, frames: int, fps: float) -> npt.NDArray[np.bool_]:
    """Return (frames,) where somebody speaks."""
    return prosody.at(prosody.speaking, np.arange(frames) / fps) > SPEAKING


def recordings(data: Path, count: int = 20, seconds: float = 10.0) -> list[Recording]:
    """Return the first ``count`` of a fixed list: held-out reading, and every third time an actor of emodb.

    Sentences of one speaker follow one another with pauses of a third of a second, cut into pieces of ``seconds``.
    """
    acted: dict[str, list[Clip]] = {}
    for clip in load_emodb(data):
        acted.setdefault(clip.speaker, []).append(clip)
    read = _pieces([clip for clip in load_ljspeech(data) if clip.held_out], seconds)
    # The actors take turns.
    turns = zip(*(_pieces(clips, seconds) for clips in acted.values()), strict=False)
    played = [piece for turn in turns for piece in turn]
    found: list[Recording] = []
    while len(found) < count and (read or played):
        queue = played if played and (len(found) % 3 == 2 or not read) else read
        found.append(queue.pop(0))
    return found


def from_files(paths: Sequence[Path], seconds: float) -> list[Recording]:
    """Return recordings of one's own, cut to ``seconds``."""
    clips = [(path, read_audio(AudioRange(str(path)))) for path in paths]
    return [_recording(path.stem, clip.samples[: round(seconds * RATE)]) for path, clip in clips]


def take(recording: Recording, settings: AnimateSettings, lips: bool = False) -> ActedTake:
    """Perform a recording as the pipeline does; with ``lips`` by the face engine, else with a mouth at rest."""
    character, frames = load_character(), max(1, round(recording.seconds * settings.fps))
    weights = emotion_weights(np.arange(frames) / settings.fps, settings)
    if lips:
        engine = face_engine(settings.face)
        face = engine.animate(recording.samples, settings.fps, emotion=weights, seed=settings.seed, device="cpu")
    else:
        face = FaceTrack(np.zeros((frames, len(ARKIT_INDEX)), np.float32), np.zeros((frames, 3), np.float32))
    begun = time.process_time()
    body = body_track(
        recording.samples, recording.prosody, settings, character, weights, body_engine(settings.body)
    )  # fmt: skip
    moved = time.process_time()
    done = perform(
        face, recording.prosody, settings, character, weights=weights, samples=recording.samples, body=body
    )  # fmt: skip
    strokes = np.zeros((0, 2)) if body.strokes is None else body.strokes
    return ActedTake(recording, done, strokes, moved - begun, time.process_time() - moved)


def _pieces(clips: Sequence[Clip], seconds: float) -> list[Recording]:
    """Return one speaker's sentences, one after the other, in pieces of equal length."""
    quiet = (_FLOOR * np.random.default_rng(0).standard_normal(round(_PAUSE * RATE))).astype(np.float32)
    said = np.concatenate([part for clip in clips for part in (quiet, brought_to_level(clip.samples))])
    length = round(seconds * RATE)
    name = f"{clips[0].corpus} {clips[0].speaker}"
    return [
        _recording(f"{name} {number}", said[number * length : (number + 1) * length])
        for number in range(len(said) // length)
    ]


def _recording(name: str, samples: Floats) -> Recording:
    return Recording(name, samples, analyse(samples, RATE))
