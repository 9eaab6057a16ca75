"""Training examples: every clip in its own voice and in several others, in rooms, in noise, with labels that follow."""

from __future__ import annotations

import itertools
import multiprocessing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from ...inference.emotion.facs import mouth_room
from ...inference.prosody import analyse
from ...models.face.loudness import speech_gain
from ...models.face.network import GEOMETRY
from ...models.face.visemes import VISEME_INDEX
from . import voices
from .corpora import FRAME_SECONDS, Clip, closure_frames, geometry_frames, viseme_frames

Floats = npt.NDArray[np.float32]
_CHUNK_SECONDS = 4.0
_YIELD = 0.07  # seconds
_ROUNDING = {"U": 0.7, "O": 0.45, "CH": 0.4, "RR": 0.2}
_PRESSING = {"PP": 0.3, "FF": 0.5}
"""How far each sound rounds or presses the lips, about as ``inference.lips`` does it."""


@dataclass
class Example:
    """Samples with labels on 20 ms frames; NaN and -1 mean unknown."""

    samples: npt.NDArray[np.int16]
    geometry: npt.NDArray[np.float16]
    closure: npt.NDArray[np.float16]
    visemes: npt.NDArray[np.int8]
    accent: npt.NDArray[np.float16]
    """0..1: how much the syllable stands out, what expressions grow with."""
    room: npt.NDArray[np.float16]
    """0..1: what the sounds leave of the mouth to an expression."""
    clip: str = ""
    """Name of the tracked clip it comes from, empty for others."""
    speed: float = 1.0
    """Time t of the clip is at t / speed here."""
    original: bool = False
    """The clip as it is, not converted."""

    @property
    def frames(self) -> int:
        """Number of frames."""
        return len(self.visemes)


def _prosody_frames(
    samples: Floats, visemes: npt.NDArray[np.integer]
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.float16]]:
    """Return accents and the mouth's room for expressions, both (T,), from the sound and the (T,) viseme labels."""
    prosody = analyse(np.asarray(samples, np.float32))
    times = np.arange(len(visemes)) * FRAME_SECONDS
    speaking = prosody.at(prosody.speaking, times)
    rounding, pressing = (
        sum((strength * (visemes == VISEME_INDEX[name]) for name, strength in table.items()), np.zeros(len(visemes)))
        for table in (_ROUNDING, _PRESSING)
    )
    room = gaussian_filter1d(mouth_room(speaking, rounding, pressing), _YIELD / FRAME_SECONDS, mode="nearest")
    return (prosody.at(prosody.accent, times) * speaking).astype(np.float16), room.astype(np.float16)


def _example(samples: Floats, clip: Clip, speed: float, original: bool = False) -> Example:
    geometry, closure, visemes = geometry_frames(clip), closure_frames(clip), viseme_frames(clip)
    frames = len(samples) // 320 + 1
    source = np.clip(np.arange(frames) * speed, 0, len(visemes) - 1)
    nearest = np.round(source).astype(int)
    index = np.arange(len(visemes))
    moved = np.stack([np.interp(source, index, column) for column in geometry.T], axis=1)
    scaled = np.clip(samples * 32767, -32767, 32767).astype(np.int16)
    return Example(
        scaled,
        moved.astype(np.float16),
        closure[nearest].astype(np.float16),
        visemes[nearest].astype(np.int8),
        *_prosody_frames(samples, visemes[nearest]),
        clip=clip.name if clip.geometry is not None else "",
        speed=speed,
        original=original,
    )


def plain(clip: Clip) -> Example:
    """Return the clip as it is, at the normal level."""
    return _example(clip.samples * speech_gain(clip.samples), clip, 1.0, original=True)


def converted(clip: Clip, pitch: float, formants: float, speed: float = 1.0) -> Example:
    """Return the clip in another voice, at the normal level."""
    voice, true_speed = voices.convert_voice(clip.samples, pitch, formants, speed)
    return _example(voice * speech_gain(voice), clip, true_speed)


def augmented(clip: Clip, rng: np.random.Generator) -> Example:
    """Return the clip in a random voice, speed, room and noise, near the normal level."""
    pitch = float(
        np.exp(rng.uniform(np.log(0.75), np.log(1.25)) if clip.corpus != "grid_s1" else rng.uniform(-0.3, 0.8))
    )
    # Higher voices mostly come with shorter vocal tracts, but not always.
    formants = float(np.exp(0.25 * np.log(pitch) + rng.uniform(-0.16, 0.2)))
    speed = float(np.exp(rng.uniform(-0.2, 0.2)))
    if rng.random() < 0.25:
        formants = speed = pitch = float(np.exp(rng.uniform(-0.22, 0.25)))
    voice, true_speed = voices.convert_voice(clip.samples, pitch, formants, speed)
    if rng.random() < 0.6:
        voice = voices.colour(voice, rng)
    if rng.random() < 0.4:
        voice = voices.reverberate(voice, rng)
    if rng.random() < 0.5:
        voice = voices.add_noise(voice, rng.uniform(5, 35), rng)
    gain = speech_gain(voice) * 10 ** (rng.uniform(-6, 6) / 20)
    return _example(voice * gain, clip, true_speed)


def negatives(count: int, rng: np.random.Generator) -> list[Example]:
    """Return recordings without speech (silence, hiss, hum, music) at any level, with closed lips at rest."""
    result = []
    for index in range(count):
        length = int(rng.uniform(2.0, 4.0) * voices.RATE)
        kind = index % 4
        level = 10 ** (rng.uniform(-80, -20) / 20)
        if kind == 0:
            wave = np.zeros(length, np.float32) if rng.random() < 0.3 else 1e-4 * voices.noise(length, rng)
        elif kind == 3:
            wave = voices.music(length, rng) * max(level, 0.01)
        else:
            wave = voices.noise(length, rng) * level
        if rng.random() < 0.5:
            wave = wave * speech_gain(wave.astype(np.float32))
        frames = length // 320 + 1
        geometry = np.zeros((frames, len(GEOMETRY)), np.float16)
        geometry[:, 0] = 0.003
        result.append(
            Example(
                np.clip(wave * 32767, -32767, 32767).astype(np.int16),
                geometry,
                np.ones(frames, np.float16),
                np.full(frames, VISEME_INDEX["sil"], np.int8),
                np.zeros(frames, np.float16),
                np.ones(frames, np.float16),
            )
        )
    return result


def chunks(clip: Clip) -> list[Clip]:
    """Cut a long clip into pieces of about four seconds."""
    count = max(1, round(len(clip.samples) / voices.RATE / _CHUNK_SECONDS))
    if count == 1:
        return [clip]
    edges = np.linspace(0, len(clip.samples) // 320, count + 1).astype(int) * 320
    pieces = []
    for index, (start, stop) in enumerate(itertools.pairwise(edges)):
        offset = start / voices.RATE
        phones = [(a - offset, b - offset, p) for a, b, p in clip.phones]
        pieces.append(
            Clip(f"{clip.name}.{index}", clip.corpus, clip.speaker, clip.samples[start:stop], clip.held_out, phones)
        )
    return pieces


def _augment(task: tuple[Clip, int, int]) -> Example:
    clip, copy, seed = task
    return augmented(clip, np.random.default_rng([seed, copy, sum(clip.name.encode()), len(clip.samples)]))


def augment_all(clips: list[Clip], copies: int, seed: int, processes: int = 2) -> list[Example]:
    """Return ``copies`` augmented examples of every clip, the same for the same seed."""
    tasks = [(clip, copy, seed) for copy in range(copies) for clip in clips]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return pool.map(_augment, tasks, chunksize=16)
