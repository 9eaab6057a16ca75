"""Train the vocabulary of gestures and write its card.

    python -m soliloquy.training.gestures --data ../shared/data

Reads ``gestures/index.csv`` under the data folder, packs the clips that can be used into the cache, fits the network to
them; writes ``models/weights/gestures.safetensors`` and its card.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from ...inference.character import load_character
from ...inference.gestures.library import load_library
from ...models.gestures.vocabulary import VocabularyConfig
from .card import card
from .export import write_vocabulary
from .pack import gather, table_of, write_pack
from .vocabulary import VocabularyTraining, as_motion, fit, measure

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder that holds gestures/"
    )
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache", help="where the packed clips go")
    parser.add_argument("--out", type=Path, default=ROOT / "models" / "weights", help="where weights and card go")
    parser.add_argument("--steps", type=int, default=VocabularyTraining().steps, help="steps of the optimiser")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # the same numbers however many cores there are
    clips, dropped = gather(arguments.data / "gestures")
    pack = arguments.cache / "gestures" / "gestures.npz"
    pack.parent.mkdir(parents=True, exist_ok=True)
    write_pack(clips, pack)
    print(f"{len(clips)} clips, {len(dropped)} left out, in {pack}")
    motion = [as_motion(clip.rotations) for clip in clips]
    network = fit(
        motion, VocabularyConfig(), VocabularyTraining(steps=arguments.steps),
        lambda step, loss: print(f"step {step}: {loss:.2e}", flush=True),
    )  # fmt: skip
    weights = arguments.out / "gestures.safetensors"
    write_vocabulary(network, table_of(clips), weights)
    library = load_library(path=weights)
    decoded = np.concatenate([as_motion(library.sample(clip, np.arange(clip.frames) / 30)) for clip in library.clips])
    error = measure(decoded, np.concatenate(motion), load_character().joints)
    (arguments.out / "gestures.md").write_text(card(clips, dropped, weights, error), encoding="utf-8")
    print(f"{weights}: {weights.stat().st_size / 1e6:.2f} MB, {error}")


if __name__ == "__main__":
    main()
