"""Lips under emotions and under sounds that are no speech, through the whole pipeline: what an artist gets.

Printed by ``python -m soliloquy.training.benchmarks.lips``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...inference import prosody
from ...inference.arkit import ARKIT_INDEX, ARKIT_NAMES
from ...inference.character import load_character
from ...inference.face.track import FaceEngine
from ...inference.perform import perform
from ...inference.performance import Performance
from ...inference.settings import EMOTIONS, AnimateSettings
from ..face import metrics
from ..face.corpora import OPEN_VOWELS, RATE, Clip
from ..face.voices import convert_voice
from .disturbances import SOUNDS

FPS = 30.0
SHUT = 0.01
"""Eye-corner distances below which lips count as shut where there is no speaker's range to compare with."""
_EMODB_CLIPS = 60
_LJSPEECH_CLIPS = 10
_SECONDS = 10
_TAKES = 4
_DRAWN_OUT = (1.3, 1.05, 0.55)
"""Pitch, formants and speed of vocoded speech that stands for singing with words."""
EXPRESSIVE = ("mouthSmile", "mouthFrown", "browDown", "eyeSquint", "cheekSquint", "noseSneer", "eyeWide", "mouthDimple")
"""Coefficients (without side) that emotions use and neutral speech has little reason for."""

Floats = npt.NDArray[np.float32]


def speak(
    engine: FaceEngine, samples: Floats, emotion: str, *, intensity: float = 1.0, seed: int = 0, fps: float = FPS
) -> Performance:
    """Return the performance that the pipeline makes of 16 kHz speech under a constant emotion."""
    frames = max(1, round(len(samples) / RATE * fps))
    weights = np.zeros((frames, len(EMOTIONS)))
    weights[:, EMOTIONS.index(emotion)] = intensity
    face = engine.animate(samples, fps, emotion=weights, seed=seed, device="cpu")
    settings = AnimateSettings(emotion=emotion, intensity=intensity, fps=fps, seed=seed)
    return perform(face, prosody.analyse(samples, RATE), settings, load_character(), weights=weights, samples=samples)


def spread(clips: list[Clip], count: int) -> list[Clip]:
    """Return ``count`` clips, evenly over the list."""
    return [clips[i] for i in np.unique(np.linspace(0, len(clips) - 1, count).round().astype(int))] if clips else []


def print_closures(held_out: dict[str, list[Clip]], engine: FaceEngine) -> None:
    """Print how often p, b, m are shut under every emotion at intensity 1."""
    corpora = [
        (spread(held_out["emodb"], _EMODB_CLIPS), ("p", "b", "m"), OPEN_VOWELS),
        (spread(held_out["ljspeech"], _LJSPEECH_CLIPS), ("P", "B", "M"), ("AA", "AE", "AY", "AW")),
    ]
    print("\n### Lips under emotions, whole pipeline, intensity 1\n")
    print(
        f"{len(corpora[0][0])} held-out utterances of emodb (hand labels), {len(corpora[1][0])} held-out recordings",
        end="",
    )
    print(" of ljspeech (first 10 s, aligned labels). Shut: below 10 % of the speaker's range under that emotion.\n")
    print("| emotion | emodb p b m shut | emodb open vowels shut | ljspeech p b m shut | ljspeech open vowels shut |")
    print("|---|---|---|---|---|")
    for emotion in EMOTIONS:
        cells = []
        for clips, closures, vowels in corpora:
            sounds = [clip.samples[: _SECONDS * RATE] for clip in clips]
            apertures = [speak(engine, samples, emotion).lip_aperture for samples in sounds]
            phones, speakers = [clip.phones for clip in clips], [clip.speaker for clip in clips]
            cells.append(metrics.shut_share(list(apertures), FPS, phones, speakers, closures, 0.04))
            cells.append(metrics.shut_share(list(apertures), FPS, phones, speakers, vowels, -0.3))
        print(f"| {emotion} | " + " | ".join(f"{cell:.1%}" for cell in cells) + " |", flush=True)


def print_neutral(held_out: dict[str, list[Clip]], engine: FaceEngine) -> None:
    """Print the largest emotional coefficients of neutral voices under the neutral emotion."""
    clips = [clip for clip in held_out["emodb"] if clip.name[5] == "N"][:12] + held_out["ljspeech"][:3]
    frames = np.concatenate([speak(engine, clip.samples[: _SECONDS * RATE], "neutral").arkit for clip in clips])
    print(f"\n### Neutral stays neutral: {len(clips)} neutral recordings, {len(frames)} frames\n")
    print("| coefficient | median | 95 % of frames below | largest |\n|---|---|---|---|")
    for name in EXPRESSIVE:
        columns = [
            index
            for full, index in ARKIT_INDEX.items()
            if full.startswith(name) and full[len(name) :] in ("", "Left", "Right")
        ]
        values = frames[:, columns].max(1)
        print(f"| {name} | {np.median(values):.2f} | {np.percentile(values, 95):.2f} | {values.max():.2f} |")


def reversals(aperture: npt.ArrayLike, least: float = 0.02) -> int:
    """Return how often the mouth turns from opening to closing or back, counting only moves of at least ``least``."""
    turns, direction, extreme = 0, 0, None
    for value in np.asarray(aperture, float):
        if extreme is None:
            extreme = value
        if direction >= 0 and value < extreme - least:
            turns, direction, extreme = turns + (direction > 0), -1, value
        elif direction <= 0 and value > extreme + least:
            turns, direction, extreme = turns + (direction < 0), 1, value
        elif (value - extreme) * direction > 0:
            extreme = value
    return turns


def print_disturbances(held_out: dict[str, list[Clip]], engine: FaceEngine) -> None:
    """Print what the mouth does to silence, noise, music, laughter and singing, and whether the face stays alive."""
    rng = np.random.default_rng(0)
    takes = {name: [make(_SECONDS * RATE, rng) for _ in range(_TAKES)] for name, make in SOUNDS.items()}
    drawn = (convert_voice(clip.samples[: _SECONDS * RATE], *_DRAWN_OUT)[0] for clip in held_out["ljspeech"][:_TAKES])
    takes["speech sung: drawn out, pitch raised"] = [samples[: _SECONDS * RATE] for samples in drawn]
    takes["speech (ljspeech)"] = [clip.samples[: _SECONDS * RATE] for clip in held_out["ljspeech"][:_TAKES]]
    print(f"\n### Sounds that are no speech, neutral, {_TAKES} takes of {_SECONDS} s\n")
    print("| sound | aperture p5 | p50 | p95 | largest | frames shut | turns of the mouth per s | blinks | ", end="")
    print("coefficients that move | finite, 0..1 |\n" + "|---" * 10 + "|")
    for name, sounds in takes.items():
        shown = [speak(engine, sound, "neutral", seed=index) for index, sound in enumerate(sounds)]
        aperture = np.concatenate([one.lip_aperture for one in shown])
        arkit = np.concatenate([one.arkit for one in shown])
        sane = all(np.isfinite(one.poses).all() for one in shown) and np.isfinite(arkit).all()
        sane = bool(sane and arkit.min() >= 0 and arkit.max() <= 1)
        lids = [one.arkit[:, ARKIT_INDEX["eyeBlinkLeft"]] > 0.6 for one in shown]
        blinks = sum(int((lid[1:] & ~lid[:-1]).sum()) for lid in lids)
        turns = sum(reversals(one.lip_aperture) for one in shown) / (len(aperture) / FPS)
        moving = int((arkit.std(0) > 0.005).sum())
        levels = " | ".join(f"{value:.3f}" for value in (*np.percentile(aperture, [5, 50, 95]), aperture.max()))
        print(f"| {name} | {levels} | {np.mean(aperture < SHUT):.0%} | {turns:.2f} | {blinks} | ", end="")
        print(f"{moving} of {len(ARKIT_NAMES)} | {'yes' if sane else 'NO'} |", flush=True)


def print_tables(held_out: dict[str, list[Clip]], engine: FaceEngine) -> None:
    """Print all of it as Markdown."""
    print_closures(held_out, engine)
    print_neutral(held_out, engine)
    print_disturbances(held_out, engine)
