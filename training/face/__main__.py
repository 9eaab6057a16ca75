"""Train the default face engine's weights.

    python -m soliloquy.training.face --data ../shared/data

One command, fixed seeds. Augmented examples and phone alignments are cached under ``--cache``.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from ...inference.face import Tuning
from ...models.face.network import FaceNetwork
from . import examples as ex
from .corpora import Clip, align_phones, load_emodb, load_grid, load_ljspeech
from .train import TrainSettings, train

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "models" / "weights"


def load_corpora(data: Path, cache: Path) -> dict[str, list[Clip]]:
    """Return all clips with phone times, by corpus; ljspeech without the few that cannot be aligned."""
    corpora = {"grid_s1": load_grid(data), "emodb": load_emodb(data), "ljspeech": load_ljspeech(data)}
    align_phones(corpora["grid_s1"], cache / "grid_s1_phones.json")
    align_phones(corpora["ljspeech"], cache / "ljspeech_phones.json")
    corpora["ljspeech"] = [clip for clip in corpora["ljspeech"] if clip.phones]
    return corpora


def build_examples(corpora: dict[str, list[Clip]], copies: int, seed: int) -> list[ex.Example]:
    """Return the training examples: plain, augmented and without speech."""
    tracked = [clip for clip in corpora["grid_s1"] if not clip.held_out]
    labelled = [clip for clip in corpora["emodb"] if not clip.held_out]
    labelled += [piece for clip in corpora["ljspeech"] if not clip.held_out for piece in ex.chunks(clip)]
    plain = [ex.plain(clip) for clip in tracked + labelled]
    augmented = ex.augment_all(tracked, copies, seed) + ex.augment_all(labelled, max(1, copies // 2), seed)
    return plain + augmented + ex.negatives(200, np.random.default_rng(seed))


def initial_network(encoder: Path, seed: int = 0) -> FaceNetwork:
    """Return the network with the vendored encoder and a fresh head."""
    torch.manual_seed(seed)
    network = FaceNetwork()
    network.encoder.load_state_dict({name: tensor.float() for name, tensor in load_file(encoder).items()})
    return network


def save_weights(network: FaceNetwork, path: Path, tuning: Tuning, settings: TrainSettings) -> None:
    """Write fp16 safetensors with the tuning and the settings in their metadata."""
    state = {
        name: (tensor if name.startswith("encoder.log_mel") else tensor.half()).contiguous()
        for name, tensor in network.state_dict().items()
    }
    metadata = {
        "network": network.config.to_json(),
        "tuning": json.dumps(dataclasses.asdict(tuning)),
        "training": json.dumps(dataclasses.asdict(settings)),
        "licence": "GPL-3.0-or-later; encoder from hama 1.7.0, Apache-2.0",
    }
    save_file(state, path, metadata=metadata)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train the default face engine.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache" / "face")
    parser.add_argument("--encoder", type=Path, default=WEIGHTS / "phones.safetensors")
    parser.add_argument("--output", type=Path, default=WEIGHTS / "face.safetensors")
    parser.add_argument("--copies", type=int, default=2, help="augmented copies of every tracked clip")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    started = time.perf_counter()
    settings = TrainSettings()
    corpora = load_corpora(arguments.data, arguments.cache)
    examples = build_examples(corpora, arguments.copies, settings.seed)
    minutes = sum(example.frames for example in examples) * 0.02 / 60
    print(f"{len(examples)} examples, {minutes:.0f} min, after {time.perf_counter() - started:.0f} s")
    network = initial_network(arguments.encoder, settings.seed)
    train(network, examples, settings, report=lambda line: print(line, flush=True))
    save_weights(network, arguments.output, Tuning(), settings)
    print(f"{arguments.output} after {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
