"""Train the masked gestures, in three stages, and write the weights.

    python -m soliloquy.training.body.probtalk --data ../shared/data --cache .cache --minutes 75

A stage that was stopped goes on where it was; fixed seeds. ``--stage`` runs one of them for so many minutes,
``--export`` writes the weights of what has been trained so far. ``--start FILE`` begins as the networks of a weights
file in the place of fresh ones: what a change of the corpus asks for.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from ....inference.body.masked.networks import MaskedNetworks, load_masked_networks
from ....models.probtalk.pq_vae import PQVAE
from ....models.probtalk.predictor import Predictor
from ..clips import load_clips
from ..corpus import load_corpus
from . import autoencoder, predictor, refiner
from .budget import trained_state
from .export import export_networks, stamp_card
from .motion import Motion, gather_motion

Network = TypeVar("Network", bound=nn.Module)

ROOT = Path(__file__).resolve().parents[3]
STAGES = ("vq", "predictor", "refiner")
SHARES = {"vq": 0.35, "predictor": 0.5, "refiner": 0.15}
"""Of the minutes, where all stages are trained."""
STARTED = 1 / 3
"""Of the autoencoder's rate, where it has learnt before; those after it keep theirs: tokens mean other things now."""


def _checkpoint(cache: Path, stage: str) -> Path:
    return cache / "body" / f"probtalk_{stage}.pt"


def _trained(network: nn.Module, path: Path, optional: bool = False) -> nn.Module:
    if path.is_file():
        network.load_state_dict(trained_state(path))
    elif not optional:
        raise SystemExit(f"error: {path} is missing. Train that stage first.")
    return network.eval()


def train_stage(
    stage: str, data: Path, cache: Path, motion: Motion, minutes: float, start: MaskedNetworks | None = None
) -> None:
    """Train one stage, or go on with it; one that begins does so as ``start`` has it, where that is given."""
    path = _checkpoint(cache, stage)
    if stage == "vq":
        begun = _as_in(PQVAE(autoencoder.CONFIG), start.vq) if start else None
        autoencoder.train_autoencoder(data, motion, path, minutes, rate=3e-3 * (STARTED if start else 1), start=begun)
        return
    vq = PQVAE(autoencoder.CONFIG)
    _trained(vq, _checkpoint(cache, "vq"))
    corpus, held_out = load_corpus(cache / "body", "train"), load_corpus(cache / "body", "held_out")
    if stage == "predictor":
        begun = _as_in(Predictor(predictor.CONFIG), start.predictor) if start else None
        predictor.train_predictor(corpus, held_out, vq, motion.space, path, minutes, start=begun)
    else:
        begun = _as_in(refiner.new_refiner(), start.refiner) if start else None
        refiner.train_refiner(corpus, held_out, vq, motion.space, path, minutes, start=begun)


def _as_in(network: Network, trained: Network) -> Network:
    """Return a network that can be trained, with the weights of one that is used."""
    network.load_state_dict(trained.state_dict())
    return network


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
    parser.add_argument("--start", type=Path, metavar="FILE", help="weights to begin as")
    parser.add_argument("--export", action="store_true", help="only write the weights of what has been trained")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cache: Path = arguments.cache
    corpus = load_corpus(cache / "body", "train") if (cache / "body" / "train" / "starts.npy").is_file() else None
    motion = gather_motion(load_clips(arguments.data, "train"), corpus)
    start = load_masked_networks(arguments.start) if arguments.start else None
    if start and not torch.allclose(torch.from_numpy(start.axes.forward), motion.space.forward, atol=1e-3):
        raise SystemExit("error: the weights to begin as are of other clips: their axes are others.")
    if not arguments.export:
        for stage in STAGES if arguments.stage == "all" else (arguments.stage,):
            share = SHARES[stage] if arguments.stage == "all" else 1.0
            train_stage(stage, arguments.data, cache, motion, share * arguments.minutes, start)
    if arguments.export or arguments.stage == "all":
        export(cache, motion, arguments.output)


if __name__ == "__main__":
    main()
