"""Train the masked gestures, in three stages, and write the weights.

    python -m soliloquy.training.body.probtalk --data ../shared/data --cache .cache --minutes 75

A stage that was stopped goes on where it was; fixed seeds. ``--stage`` runs one of them for so many minutes,
``--export`` writes the weights of what has been trained so far.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import nn

from ....models.probtalk.pq_vae import PQVAE
from ....models.probtalk.predictor import Predictor
from ..clips import load_clips
from ..corpus import load_corpus
from . import autoencoder, predictor, refiner
from .budget import trained_state
from .export import export_networks, stamp_card
from .motion import Motion, gather_motion

ROOT = Path(__file__).resolve().parents[3]
STAGES = ("vq", "predictor", "refiner")
SHARES = {"vq": 0.35, "predictor": 0.5, "refiner": 0.15}
"""Of the minutes, where all stages are trained."""


def _checkpoint(cache: Path, stage: str) -> Path:
    return cache / "body" / f"probtalk_{stage}.pt"


def _trained(network: nn.Module, path: Path, optional: bool = False) -> nn.Module:
    if path.is_file():
        network.load_state_dict(trained_state(path))
    elif not optional:
        raise SystemExit(f"error: {path} is missing. Train that stage first.")
    return network.eval()


def train_stage(stage: str, data: Path, cache: Path, motion: Motion, minutes: float) -> None:
    """Train one stage, or go on with it."""
    path = _checkpoint(cache, stage)
    if stage == "vq":
        autoencoder.train_autoencoder(data, motion, path, minutes)
        return
    vq = PQVAE(autoencoder.CONFIG)
    _trained(vq, _checkpoint(cache, "vq"))
    train = predictor.train_predictor if stage == "predictor" else refiner.train_refiner
    train(load_corpus(cache / "body", "train"), load_corpus(cache / "body", "held_out"), vq, motion.space, path,
          minutes)  # fmt: skip


def export(cache: Path, motion: Motion, output: Path) -> None:
    """Write what has been trained so far; a refiner that was not changes nothing."""
    networks = {
        "vq": _trained(PQVAE(autoencoder.CONFIG), _checkpoint(cache, "vq")),
        "predictor": _trained(Predictor(predictor.CONFIG), _checkpoint(cache, "predictor")),
        "refiner": _trained(refiner.new_refiner(), _checkpoint(cache, "refiner"), optional=True),
    }
    size = export_networks(networks, motion.space, output)
    print(f"{output}: {size / 1e6:.1f} MB, sha256 {stamp_card(output)}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train the masked gestures.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache")
    parser.add_argument("--minutes", type=float, default=75.0, help="of training, in all runs together")
    parser.add_argument("--stage", choices=(*STAGES, "all"), default="all")
    parser.add_argument("--output", type=Path, default=ROOT / "models" / "weights" / "probtalk.safetensors")
    parser.add_argument("--export", action="store_true", help="only write the weights of what has been trained")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cache: Path = arguments.cache
    corpus = load_corpus(cache / "body", "train") if (cache / "body" / "train" / "starts.npy").is_file() else None
    motion = gather_motion(load_clips(arguments.data, "train"), corpus)
    if not arguments.export:
        for stage in STAGES if arguments.stage == "all" else (arguments.stage,):
            share = SHARES[stage] if arguments.stage == "all" else 1.0
            train_stage(stage, arguments.data, cache, motion, share * arguments.minutes)
    if arguments.export or arguments.stage == "all":
        export(cache, motion, arguments.output)


if __name__ == "__main__":
    main()
