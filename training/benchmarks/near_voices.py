"""Is a crowd told from somebody who speaks near the microphone, and is nobody silenced who speaks over one?

    python -m soliloquy.training.benchmarks.near_voices --data ../shared/data

Crowd, applause, music and noise are stand-ins (``training.face.voices``); babble is so many voices of emodb at once,
each over and over. What is asked is ``inference.face.default.near_voice``, before any lips.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.face.default.near_voice import near_voice
from ..face import voices
from ..face.__main__ import ROOT
from ..face.corpora import Clip, load_emodb, load_faces, load_ljspeech

Floats = npt.NDArray[np.float32]
Sound = Callable[[int, np.random.Generator], Floats]

_SECONDS, _TAKES = 8, 6
_FRAME = 320
_LOUD = 0.15
"""Of the 95th percentile of the level of 20 ms, from which a moment is spoken."""
DECIBELS = (10, 5, 0)


def _unit(samples: Floats) -> Floats:
    return samples / np.sqrt(np.mean(samples**2) + 1e-12)


def babble(clips: list[Clip], count: int) -> Sound:
    """Return a sound of so many voices at once, unit RMS."""

    def make(length: int, rng: np.random.Generator) -> Floats:
        mixed = np.zeros(length, np.float32)
        for index in rng.choice(len(clips), count, replace=False):
            voice = clips[index].samples
            begin = int(rng.integers(0, len(voice)))
            mixed += rng.uniform(0.3, 1) * np.resize(np.roll(_unit(voice), -begin), length).astype(np.float32)
        return _unit(mixed)

    return make


def _near(samples: Floats) -> Floats:
    return near_voice(samples.astype(np.float32), 0, len(samples) // _FRAME + 1)


def spoken_frames(samples: Floats) -> npt.NDArray[np.bool_]:
    """Return (n // 320,) where a recording without noise is loud enough to be speech."""
    level = np.sqrt(np.mean(samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME) ** 2, axis=1))
    return level > _LOUD * np.percentile(level, 95)


def main() -> None:
    """Command line: print two tables."""
    parser = argparse.ArgumentParser(description="Whether crowds are told from voices that are near.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    data = parser.parse_args().data
    rng = np.random.default_rng(7)
    actors = load_emodb(data)
    sounds: dict[str, Sound] = {f"{count} voices at once": babble(actors, count) for count in (24, 12, 6, 3)}
    sounds |= {"crowd": voices.crowd, "applause": voices.applause, "music": voices.music, "noise": voices.noise}
    print(f"| alone, {_TAKES} takes of {_SECONDS} s | mean | frames above .5 |\n|---|---|---|")
    for name, make in sounds.items():
        found = np.concatenate([_near(0.05 * make(_SECONDS * voices.RATE, rng)) for _ in range(_TAKES)])
        print(f"| {name} | {found.mean():.2f} | {np.mean(found > 0.5):.0%} |", flush=True)
    people = {"LJ Speech": load_ljspeech(data)[:14], "emodb": actors[::25]}
    names = {"crema_d_1001": "CREMA-D", "whitehouse": "White House"}
    for clip in load_faces(data):
        people.setdefault(names.get(clip.speaker, "GRID"), []).append(clip)
    print("\n| somebody speaks over | " + " | ".join(people) + " |" + "\n" + "|---" * (1 + len(people)) + "|")
    for name, make in sounds.items():
        for decibels in DECIBELS:
            row = []
            for clips in people.values():
                found = []
                for clip in clips:
                    level = np.sqrt(np.mean(clip.samples**2)) * 10 ** (-decibels / 20)
                    near = _near(clip.samples + level * make(len(clip.samples), rng))
                    spoken = spoken_frames(clip.samples)
                    found.append(near[: len(spoken)][spoken])
                row.append(f"{np.concatenate(found).mean():.3f}")
            print(f"| {name}, {decibels} dB under it | " + " | ".join(row) + " |", flush=True)


if __name__ == "__main__":
    main()
