"""What the classifier learns from: acted emotions, calm reading, and sounds that are no speech.

Statistics are computed by the very function that is used when Soliloquy listens, so that both see the same.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ...inference.emotion.affect import BORED, COORDINATES
from ...inference.emotion.voice import WINDOW, window_statistics
from ...inference.prosody import analyse
from ...models.emotion.network import CLASSES
from ...models.face.loudness import speech_gain
from ...models.phones.encoder import PhoneEncoder
from ..face import voices
from ..face.corpora import EMODB_HELD_OUT as EMODB_HELD_OUT
from ..face.corpora import read_speech
from ..speech.index import read_index

Floats = npt.NDArray[np.float32]

RATE = 16_000
_LETTERS = {"N": "neutral", "F": "happy", "T": "sad", "A": "fear", "E": "disgusted", "W": "angry", "L": "bored"}
_SECOND = RATE


@dataclass
class Recording:
    """One recording of a known emotion."""

    name: str
    speaker: str
    emotion: str
    samples: Floats
    windows: tuple[float, ...] = (0.0,)
    """Seconds at which the windows to judge begin."""
    voice: bool = True


@dataclass
class Examples:
    """Statistics of windows, with what is true about them."""

    statistics: torch.Tensor
    """(N, statistics)."""
    classes: torch.Tensor
    """(N,) index into ``CLASSES``."""
    speakers: npt.NDArray[np.str_]
    """(N,)."""
    affect: torch.Tensor = field(init=False)
    """(N, 2) valence and arousal that belong to the class."""

    def __post_init__(self) -> None:
        self.affect = class_affect()[self.classes]

    def of(self, keep: npt.NDArray[np.bool_]) -> Examples:
        """Return those that ``keep`` (N,) marks."""
        chosen = torch.from_numpy(np.flatnonzero(keep))
        return Examples(self.statistics[chosen], self.classes[chosen], self.speakers[keep])


def class_affect() -> torch.Tensor:
    """Return (7, 2) valence and arousal of every class."""
    return torch.tensor([BORED if name == "bored" else COORDINATES[name] for name in CLASSES])


def load_emodb(data: Path) -> list[Recording]:
    """Return the acted utterances; the emotion is a letter of the file's name."""
    return [
        Recording(path.stem, path.stem[:2], _LETTERS[path.stem[5]], read_speech(path))
        for path in sorted((data / "emodb" / "audio").glob("*.flac"))
    ]


def load_ljspeech(data: Path, held_out: bool) -> list[Recording]:
    """Return two seconds out of each recording of a calm reader, as neutral; every fifth recording is held out."""
    lines = (data / "ljspeech" / "transcripts.csv").read_text(encoding="utf-8").splitlines()
    found = []
    for index, line in enumerate(lines):
        path = next((data / "ljspeech").rglob(f"{line.split('|', 1)[0]}.flac"), None)
        if path is None or (index % 5 == 0) is not held_out:
            continue
        samples = read_speech(path)
        start = min(_SECOND, max(0, len(samples) - 4 * _SECOND))
        found.append(Recording(path.stem, "lj", "neutral", samples[start : start + 4 * _SECOND], (0.0, 1.0, 2.0)))
    return found


def load_synthetic(cache: Path, held_out: bool, count: int) -> list[Recording]:
    """Return four seconds at most of synthetic reading in many voices and languages, as neutral.

    ``cache`` is where ``python -m soliloquy.training.speech`` keeps it; voices that are held out there are so here. The
    choice goes by the hash of the names, so that it hardly changes when the corpus grows.
    """
    index = read_index(cache)
    names = [name for name, entry in index.items() if bool(entry["held_out"]) is held_out]
    names.sort(key=lambda name: hashlib.sha1(name.encode()).hexdigest())
    return [
        Recording(
            name, "synthetic", "neutral", read_speech(cache / "clips" / f"{name}.flac")[: 4 * _SECOND], (0.0, 0.5, 1.0)
        )
        for name in names[:count]
    ]


def load_grid(data: Path, count: int) -> list[Recording]:
    """Return recordings of another calm reader, who is never trained on."""
    paths = sorted((data / "grid_s1" / "audio").glob("*.flac"))
    return [
        Recording(path.stem, "s1", "neutral", read_speech(path), (0.5,))
        for path in paths[:: max(1, len(paths) // count)]
    ]


def noises(count: int, seed: int) -> list[Recording]:
    """Return noise and music at any level, as neutral."""
    rng = np.random.default_rng(seed)
    found = []
    for index in range(count):
        wave = (voices.music if index % 3 == 0 else voices.noise)(4 * _SECOND, rng)
        level = np.float32(10 ** (rng.uniform(-60, -15) / 20))
        found.append(Recording(f"noise{index}", "noise", "neutral", wave * level, (0.0, 1.0), voice=False))
    return found


def among_others(recordings: list[Recording]) -> list[Recording]:
    """Return every recording of two seconds between half of another before and after it, of one speaker and emotion.

    Whoever listens to a long recording hears such windows, cut anywhere.
    """
    groups: dict[tuple[str, str], list[Recording]] = {}
    for recording in recordings:
        groups.setdefault((recording.speaker, recording.emotion), []).append(recording)
    found = []
    for group in groups.values():
        for index, recording in enumerate(group):
            before, after = group[index - 1], group[(index + 1) % len(group)]
            samples = np.concatenate([before.samples[-_SECOND:], recording.samples, after.samples[:_SECOND]])
            starts = (0.0, 0.5, 1.0, 1.5, 2.0)
            found.append(Recording(recording.name, recording.speaker, recording.emotion, samples, starts))
    return found


def augmented(recording: Recording, copy: int, seed: int) -> Recording:
    """Return the recording in another voice, room, microphone and noise, so that none of these decides."""
    rng = np.random.default_rng([seed, copy, sum(recording.name.encode())])
    samples, windows = recording.samples, recording.windows
    if recording.voice:
        # A calm reader's voice is made many, lest one voice mean calm; an actor's keeps its pitch nearly.
        reach = 0.35 if recording.speaker in ("lj", "synthetic") else 0.18
        pitch = float(np.exp(rng.uniform(-reach, reach)))
        formants = float(np.exp(0.4 * np.log(pitch) + rng.uniform(-0.1, 0.1)))
        samples, speed = voices.convert_voice(samples, pitch, formants, float(np.exp(rng.uniform(-0.07, 0.07))))
        windows = tuple(start / speed for start in windows)
    if rng.random() < 0.7:
        samples = voices.colour(samples, rng)
    if rng.random() < 0.4:
        samples = voices.reverberate(samples, rng)
    if rng.random() < 0.6:
        samples = voices.add_noise(samples, rng.uniform(8, 40), rng)
    level = np.float32(10 ** (rng.uniform(-6, 6) / 20))
    samples = samples * np.float32(speech_gain(samples.astype(np.float32))) * level
    return Recording(recording.name, recording.speaker, recording.emotion, samples, windows, recording.voice)


_encoder: PhoneEncoder | None = None


def _augment_and_listen(task: tuple[Recording, int, int]) -> Floats:
    assert _encoder is not None
    recording, copy, seed = task
    # As an array: a tensor would travel between the processes as an open file.
    if copy < 0:
        return listen(_encoder, [recording]).statistics.numpy()
    return listen(_encoder, [augmented(recording, copy, seed)], as_is=True).statistics.numpy()


def listen_to_copies(
    encoder: PhoneEncoder, recordings: list[Recording], copies: int, seed: int, processes: int
) -> Examples:
    """Return the statistics of every recording as it is and of its augmented copies, the same for the same seed."""
    global _encoder
    _encoder = encoder
    tasks = [(recording, copy, seed) for copy in range(-1, copies) for recording in recordings]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        found = pool.map(_augment_and_listen, tasks, chunksize=8)
    heard = [recording for recording, _, _ in tasks]
    classes = [CLASSES.index(item.emotion) for item, rows in zip(heard, found, strict=True) for _ in rows]
    speakers = [item.speaker for item, rows in zip(heard, found, strict=True) for _ in rows]
    return Examples(torch.from_numpy(np.concatenate(found)), torch.tensor(classes), np.array(speakers))


def joined(parts: list[Examples]) -> Examples:
    """Return all examples as one."""
    return Examples(
        torch.cat([part.statistics for part in parts]),
        torch.cat([part.classes for part in parts]),
        np.concatenate([part.speakers for part in parts]),
    )


def listen(encoder: PhoneEncoder, recordings: list[Recording], as_is: bool = False) -> Examples:
    """Return the statistics of all windows; ``as_is`` keeps the level that augmentation gave."""
    statistics, classes, speakers = [], [], []
    for recording in recordings:
        samples = recording.samples.astype(np.float32)
        # Windows begin on whole frames.
        starts = np.round(np.array(recording.windows) / 0.02) * 0.02
        starts = np.minimum(starts, max(0.0, np.floor((len(samples) / RATE - WINDOW) / 0.02) * 0.02))
        gain = 1.0 if as_is else speech_gain(samples)
        statistics.append(window_statistics(encoder, samples, gain, analyse(samples), starts))
        classes += [CLASSES.index(recording.emotion)] * len(starts)
        speakers += [recording.speaker] * len(starts)
    return Examples(torch.cat(statistics), torch.tensor(classes), np.array(speakers))
