"""The speech that body engines are measured on: held-out speakers and recordings, the same for all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import librosa
import numpy as np
import numpy.typing as npt

from ...inference.body.body import ground_track
from ...inference.body.track import SpokenBody
from ...inference.character import load_character
from ...inference.gestures.settings import STYLES, GestureSettings
from ...inference.prosody import Prosody, analyse
from ...inference.settings import EMOTIONS, AnimateSettings
from ..body.recordings import Stretch, load_stretches
from ..face.corpora import RATE

FPS = 30.0


@dataclass(frozen=True)
class Speech:
    """One recording of somebody no engine was trained on, with the style it is to be gestured in."""

    name: str
    samples: npt.NDArray[np.float32]
    """(n,) mono at 16 kHz."""
    prosody: Prosody
    onsets: npt.NDArray[np.float64]
    """(O,) seconds of the acoustic onsets."""
    style: str

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.samples) / RATE

    def spoken(
        self, seed: int, gestures: GestureSettings | None = None, arousal: float = 0.0
    ) -> tuple[SpokenBody, GestureSettings]:
        """Return what a body engine is given: the body at rest of this seed, in a neutral mood, and the settings."""
        settings = gestures or GestureSettings(style=self.style)
        times = np.arange(int(self.seconds * FPS)) / FPS
        calm = np.zeros((len(times), len(EMOTIONS)))
        calm[:, EMOTIONS.index("neutral")] = 1
        asked = AnimateSettings(gestures=settings, seed=seed)
        ground = ground_track(times, self.prosody, asked, load_character(), calm)
        return SpokenBody(self.samples, self.prosody, FPS, ground, np.full(len(times), arousal), seed, "cpu"), settings


def as_speech(name: str, samples: npt.NDArray[np.float32], style: str = "explaining") -> Speech:
    """Return a recording, analysed; onsets are librosa's, as TalkSHOW and ProbTalk measure beats."""
    onsets = librosa.onset.onset_detect(y=samples, sr=RATE, units="time")
    return Speech(name, samples, analyse(samples), np.asarray(onsets, np.float64), style)


def held_out_speech(data: Path, cache: Path, count: int, seconds: float) -> list[Speech]:
    """Return recordings of held-out speech, cut to ``seconds``, the corpora taking turns, the styles too."""
    corpora: dict[str, list[Stretch]] = {}
    for stretch in load_stretches(data, cache / "speech", "held_out"):
        if stretch.seconds >= min(seconds, 20.0):
            corpora.setdefault(stretch.corpus, []).append(stretch)
    chosen: list[Stretch] = []
    while len(chosen) < count and any(corpora.values()):
        for waiting in corpora.values():
            if waiting and len(chosen) < count:
                chosen.append(waiting.pop(0))
    limit = round(seconds * RATE)
    return [
        as_speech(stretch.name, stretch.samples[:limit], STYLES[number % len(STYLES)])
        for number, stretch in enumerate(chosen)
    ]
