"""Train the learned upper face and print what the tracks say.

    python -m soliloquy.training.upper_face --data ../shared/data

One command, fixed seeds. ``--measure`` skips the training and measures the weights that are there.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from pathlib import Path

import torch
from safetensors.torch import save_file

from ...inference.layers.upper_face import load_upper_face
from ...models.upper_face.network import UpperFaceNetwork
from .statistics import report_figures
from .tracks import load_tracks
from .train import TrainSettings, train

ROOT = Path(__file__).resolve().parents[2]


def save_weights(network: UpperFaceNetwork, path: Path, settings: TrainSettings) -> None:
    """Write fp16 safetensors with the sizes and the settings in their metadata."""
    state = {
        name: (tensor.half() if name != "scale" else tensor).contiguous()
        for name, tensor in network.state_dict().items()
    }
    metadata = {
        "network": network.config.to_json(),
        "training": json.dumps(dataclasses.asdict(settings)),
        "licence": "GPL-3.0-or-later; trained on GRID, CC BY 4.0",
    }
    save_file(state, path, metadata=metadata)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Train the learned upper face.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--output", type=Path, default=ROOT / "models" / "weights" / "upper_face.safetensors")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--measure", action="store_true", help="measure the weights of --output, do not train")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    started = time.perf_counter()
    clips = load_tracks(arguments.data)
    watched = [clip for clip in clips if clip.held_out]
    print(
        f"{len(clips)} clips, {len(watched)} of them held out, after {time.perf_counter() - started:.0f} s", flush=True
    )
    if not arguments.measure:
        settings = TrainSettings()
        torch.manual_seed(settings.seed)
        network = UpperFaceNetwork()
        learned = [clip for clip in clips if not clip.held_out]
        train(network, learned, settings, lambda line: print(line, flush=True), watched)
        save_weights(network, arguments.output, settings)
        print(f"{arguments.output} after {time.perf_counter() - started:.0f} s", flush=True)
    for line in report_figures(clips, load_upper_face(arguments.output)):
        print(line)


if __name__ == "__main__":
    main()
