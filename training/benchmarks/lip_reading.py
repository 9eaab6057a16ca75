"""Can our lips be read? A recogniser that learnt words from tracked lips reads tracked lips and ours.

    python -m soliloquy.training.benchmarks.lip_reading --data ../shared/data

The idea of SPECTRE (Filntisis et al. 2022, "Visual Speech-Aware Perceptual 3D Facial Expression Reconstruction from
Videos") and EMOTE with GRID's 51 words: what a lip reader can tell apart on real lips should be told apart on ours. The
recogniser sees aperture, width, upper and lower lip of one word and a little around it, at a fixed number of moments;
it knows neither the sound nor the words' order. Tracked depth is too noisy to be trusted and left out.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from ...inference.character import load_character
from ...inference.face.default.engine import WEIGHTS as SHIPPED
from ..face.__main__ import ROOT
from ..face.corpora import Clip, load_grid
from .predictors import EnginePredictor, neutral_poses

Floats = npt.NDArray[np.float32]
FPS = 25.0
MOMENTS = 12
"""Moments of a word that are looked at, evenly from :data:`AROUND` before it to as much after it."""
AROUND = 0.08
_CHANNELS = 4
_SEEDS = 5


@dataclass(frozen=True)
class Word:
    """A word in a clip."""

    text: str
    start: float
    stop: float


def words_of(data: Path) -> dict[str, list[Word]]:
    """Return the words of every clip of grid_s1, without silences."""
    words: dict[str, list[Word]] = {}
    with open(data / "grid_s1" / "words.csv", encoding="utf-8") as lines:
        for name, start, stop, word in csv.reader(lines):
            if word not in ("sil", "sp"):
                words.setdefault(name, []).append(Word(word, float(start), float(stop)))
    return words


def tracked_lips(clip: Clip) -> Floats:
    """Return (T, 4) aperture, width, upper and lower lip of a tracked clip; frames without a face repeat neighbours."""
    assert clip.geometry is not None
    lips = clip.geometry[:, :_CHANNELS]
    known = np.flatnonzero(np.isfinite(lips[:, 0]))
    return np.stack([np.interp(np.arange(len(lips)), known, c[known]) for c in lips.T], 1).astype(np.float32)


def our_lips(clip: Clip, engine: EnginePredictor) -> Floats:
    """Return (T, 4) of the engine's lips for the clip's sound, measured on the default character's mesh."""
    character = load_character()
    track = engine.track(clip.samples, FPS)
    points = character.lip_points(neutral_poses(track), track.arkit) / character.lip_basis().eye_distance
    above, below, left, right = np.moveaxis(points, 1, 0)
    columns = [np.linalg.norm(above - below, axis=1), np.linalg.norm(left - right, axis=1), above[:, 1], -below[:, 1]]
    return np.stack(columns, 1).astype(np.float32)


def standardised(lips: list[Floats]) -> list[Floats]:
    """Return one source's lips with every channel at mean 0 and spread 1 over all its clips: size is not judged."""
    everything = np.concatenate(lips)
    return [(one - everything.mean(0)) / (everything.std(0) + 1e-6) for one in lips]


def word_features(lips: Floats, word: Word) -> Floats:
    """Return the (MOMENTS * 4,) look of one word."""
    moments = np.linspace(word.start - AROUND, word.stop + AROUND, MOMENTS) * FPS
    return np.stack([np.interp(moments, np.arange(len(lips)), c) for c in lips.T], 1).astype(np.float32).ravel()


def train_reader(looks: Floats, names: npt.NDArray[np.int64], classes: int, seed: int, epochs: int = 60) -> nn.Module:
    """Return a small perceptron from looks (N, D) to word logits, the same for the same seed."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    reader = nn.Sequential(nn.Dropout(0.1), nn.Linear(looks.shape[1], 128), nn.GELU(), nn.Dropout(0.3))
    reader.append(nn.Linear(128, classes))
    optimizer = torch.optim.AdamW(reader.parameters(), 3e-3, weight_decay=0.02)
    inputs, targets = torch.from_numpy(looks), torch.from_numpy(names)
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(looks)), max(1, len(looks) // 256)):
            noisy = inputs[rows] + 0.1 * torch.randn(len(rows), looks.shape[1])
            loss = nn.functional.cross_entropy(reader(noisy), targets[rows], label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return reader.eval()


def read(readers: list[nn.Module], looks: Floats) -> npt.NDArray[np.int64]:
    """Return the word column that the readers together believe in most."""
    with torch.inference_mode():
        votes = torch.stack([reader(torch.from_numpy(looks)).softmax(-1) for reader in readers])
    return votes.mean(0).argmax(-1).numpy()


def main() -> None:
    """Command line: print both scores."""
    parser = argparse.ArgumentParser(description="How well a lip reader reads our lips.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="other weights of the face engine")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    words = words_of(arguments.data)
    clips = load_grid(arguments.data)
    seen, unseen = ([clip for clip in clips if clip.held_out == held] for held in (False, True))
    vocabulary = sorted({word.text for clip in seen for word in words.get(clip.name, [])})
    index = {text: column for column, text in enumerate(vocabulary)}

    def looks(chosen: list[Clip], lips: list[Floats]) -> tuple[Floats, npt.NDArray[np.int64]]:
        pairs = [
            (word_features(one, word), index[word.text])
            for clip, one in zip(chosen, standardised(lips), strict=True)
            for word in words.get(clip.name, [])
            if word.text in index
        ]
        return np.stack([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])

    inputs, names = looks(seen, [tracked_lips(clip) for clip in seen])
    readers = [train_reader(inputs, names, len(vocabulary), seed) for seed in range(_SEEDS)]
    engine = EnginePredictor(arguments.weights)
    print(f"{len(vocabulary)} words; trained on {len(names)} of {len(seen)} clips\n\n| lips | words right |\n|---|---|")
    scores = {}
    for title, lips in (
        ("tracked", [tracked_lips(clip) for clip in unseen]),
        ("ours, same sound", [our_lips(clip, engine) for clip in unseen]),
    ):
        shown, truth = looks(unseen, lips)
        scores[title] = float(np.mean(read(readers, shown) == truth))
        print(f"| {title} | {scores[title]:.1%} of {len(truth)} |", flush=True)
    print(f"\nOurs over tracked: {scores['ours, same sound'] / scores['tracked']:.3f}")


if __name__ == "__main__":
    main()
