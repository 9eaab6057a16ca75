"""Tells the emotions apart by the body alone: a small classifier on held-out speech.

    python -m soliloquy.training.benchmarks.body_emotions --data ../shared/data [--intensity 0.7] [--style calm]

Speech goes through body and layers under each of the eight emotions; a linear discriminant is trained on windows of
some recordings and names the emotion of windows of others, spoken by other people or at other times and with other
seeds (``training/metrics/body_emotions.py``). It never sees a face.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...inference.emotion.names import EMOTIONS
from ...inference.gestures.settings import STYLES, GestureSettings
from ...inference.performance import Performance
from ...inference.settings import AnimateSettings
from ..metrics.body_emotions import body_features, confusion, train_discriminant
from .acting_takes import Recording, recordings, take

_ROOT = Path(__file__).resolve().parents[2]
VIEWS: tuple[tuple[str, bool, bool], ...] = (
    ("body and head", True, True),
    ("body without the head", False, True),
    ("movement alone, without posture", True, False),
)
"""Title, whether the head is seen, whether posture is."""

Acted = list[tuple[int, Performance]]
"""Emotion's number and performance."""


def act_all(spoken: list[Recording], first_seed: int, intensity: float, style: str) -> Acted:
    """Return every recording under every emotion, each with a seed of its own."""
    done: Acted = []
    for number, recording in enumerate(spoken):
        for index, emotion in enumerate(EMOTIONS):
            settings = AnimateSettings(
                emotion=emotion, intensity=intensity, seed=first_seed + 8 * number + index,
                gestures=GestureSettings(style=style),
            )  # fmt: skip
            done.append((index, take(recording, settings).performance))
    return done


def seen(acted: Acted, head: bool, posture: bool) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the features and the labels of all windows."""
    rows = [
        (index, body_features(done.poses, done.trans, done.fps, head=head, posture=posture)) for index, done in acted
    ]
    labels = np.concatenate([np.full(len(features), index) for index, features in rows])
    return np.concatenate([features for _, features in rows]), labels


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Tell the emotions apart by the body alone.")
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared" / "data")
    parser.add_argument("--recordings", type=int, default=12, help="half of them train, half are asked about")
    parser.add_argument("--intensity", type=float, default=1.0)
    parser.add_argument("--style", choices=STYLES, default="explaining")
    arguments = parser.parse_args()
    spoken = recordings(arguments.data, arguments.recordings)
    half = len(spoken) // 2
    train = act_all(spoken[:half], 0, arguments.intensity, arguments.style)
    test = act_all(spoken[half:], 1000, arguments.intensity, arguments.style)
    print(f"{half} recordings train, {len(spoken) - half} others are asked about; chance {1 / len(EMOTIONS):.1%}")
    for title, head, posture in VIEWS:
        model = train_discriminant(*seen(train, head, posture))
        table = confusion(model, *seen(test, head, posture), len(EMOTIONS))
        print(f"\n{title}: {table.trace() / table.sum():.1%} of {table.sum()} windows of two seconds\n")
        print("| shown \\ told | " + " | ".join(EMOTIONS) + " |\n" + "|---" * (len(EMOTIONS) + 1) + "|")
        for emotion, row in zip(EMOTIONS, table, strict=True):
            print(f"| {emotion} | " + " | ".join(str(count) for count in row) + " |")


if __name__ == "__main__":
    main()
