"""Real speech in stretches of half a minute or so: sentences of one speaker one after the other, with pauses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..face.corpora import RATE, Clip, load_emodb, load_grid, load_ljspeech
from ..speech.dataset import load_synthetic
from .split import Split

Floats = npt.NDArray[np.float32]

EMODB_AROUSAL: dict[str, float] = {"W": 0.9, "A": 0.6, "F": 0.7, "E": 0.3, "N": 0.0, "T": -0.5, "L": -0.6}
"""Arousal -1..1 of emodb's emotions, by the letter in a recording's name."""
_LEVEL = 10 ** (-23 / 20)  # rms that every sentence is brought to
_FLOOR = 1e-4  # of the noise in pauses: a room, not digital silence
_LONGEST = {"ljspeech": 45.0, "grid_s1": 30.0, "emodb": 25.0, "kokoro": 40.0}  # seconds
_GRID_CLIPS = 420
_ALONE = 9.0  # seconds a speaker must have said to get stretches of his own


@dataclass(frozen=True)
class Stretch:
    """Sentences of one speaker (of synthetic voices with little speech: of several) with pauses between."""

    name: str
    corpus: str
    speaker: str
    samples: Floats
    """(n,) mono at 16 kHz."""
    sentences: tuple[tuple[float, float, str], ...]
    """(start s, stop s, name of the recording)."""

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.samples) / RATE


def load_stretches(data: Path, speech: Path, split: Split, seed: int = 0) -> list[Stretch]:
    """Return the speech of one side, joined; the same for the same seed.

    Parameters
    ----------
    data : Path
        The folder of the corpora.
    speech : Path
        The synthetic corpus, made by ``training.speech``; where it is missing its voices are left out.
    """
    held_out = split == "held_out"
    clips = [clip for clip in (*load_ljspeech(data), *load_emodb(data)) if clip.held_out == held_out]
    grid = [clip for clip in load_grid(data) if clip.held_out == held_out]
    clips += grid[:: max(1, len(grid) // _GRID_CLIPS)]
    if (speech / "index.jsonl").is_file():
        clips += load_synthetic(speech, split)
    return join(clips, seed)


def join(clips: Iterable[Clip], seed: int = 0) -> list[Stretch]:
    """Return the clips' sentences joined speaker by speaker, in a shuffled order."""
    spoken: dict[tuple[str, str], list[Clip]] = {}
    for clip in clips:
        spoken.setdefault((clip.corpus, clip.speaker), []).append(clip)
    groups: dict[tuple[str, str], list[Clip]] = {}
    for (corpus, speaker), said in spoken.items():
        alone = sum(len(clip.samples) for clip in said) >= _ALONE * RATE
        groups.setdefault((corpus, speaker if alone else "others"), []).extend(said)
    stretches = []
    rng = np.random.default_rng((seed, 1))
    for (corpus, speaker), said in groups.items():
        waiting = [said[index] for index in rng.permutation(len(said))] if speaker != "others" else list(said)
        while waiting:
            number = len(stretches)
            stretches.append(_take(waiting, corpus, speaker, f"{corpus}-{speaker}-{number}", rng))
    return stretches


def _take(waiting: list[Clip], corpus: str, speaker: str, name: str, rng: np.random.Generator) -> Stretch:
    """Return a stretch of the first clips waiting, and remove them."""
    longest = _LONGEST.get(corpus, 30.0)
    pieces = [_quiet(float(rng.uniform(0.4, 1.5)), rng)]
    sentences: list[tuple[float, float, str]] = []
    while waiting:
        clip = waiting[0]
        start = sum(len(piece) for piece in pieces) / RATE
        seconds = len(clip.samples) / RATE
        if sentences and start + seconds > longest:
            break
        waiting.pop(0)
        pieces.append(brought_to_level(clip.samples))
        sentences.append((start, start + seconds, clip.name))
        pause = rng.uniform(0.2, 0.9) if rng.uniform() < 0.8 else rng.uniform(1.2, 3.5)
        pieces.append(_quiet(float(pause), rng))
    pieces.append(_quiet(float(rng.uniform(0.3, 1.5)), rng))
    return Stretch(name, corpus, speaker, np.concatenate(pieces), tuple(sentences))


def _quiet(seconds: float, rng: np.random.Generator) -> Floats:
    return (_FLOOR * rng.standard_normal(round(seconds * RATE))).astype(np.float32)


def brought_to_level(samples: Floats) -> Floats:
    """Return (n,) samples whose root mean square lies 23 dB below full scale, clipped there."""
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) + 1e-9
    return np.clip(samples * (_LEVEL / rms), -1, 1).astype(np.float32)
