"""Runs MeshTalk's authors' own classes beside ours on the same random weights; prints the largest differences.

    python tests/models/parity_meshtalk.py CLONE [--layout FILE]

CLONE is a clone of https://github.com/facebookresearch/meshtalk, which has to be had from there. Needs torch, scipy and
torchaudio (its Python files suffice, see docs/parity_meshtalk.md). pytorch3d, which theirs import and these parts never
call, is replaced by an empty module. ``--layout`` writes the names and shapes of their state dicts.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchaudio
from torch import Tensor, nn
from torch.nn import functional

from soliloquy.inference.face.meshtalk.engine import smooth_vertices
from soliloquy.models.meshtalk.config import MeshTalkConfig
from soliloquy.models.meshtalk.context import ContextModel
from soliloquy.models.meshtalk.decoder import VertexUnet
from soliloquy.models.meshtalk.encoders import MultimodalEncoder, audio_windows, loudness_gain
from soliloquy.models.meshtalk.mel import mel_filters
from soliloquy.models.meshtalk.sampler import ContextSampler

LIMIT = 1e-4
FRAMES = 24
SECONDS = 3


def authors_modules(clone: Path) -> dict[str, Any]:
    """Return their modules by name."""
    empty: Any = types.ModuleType("pytorch3d.io")
    empty.load_obj = None
    sys.modules["pytorch3d"], sys.modules["pytorch3d.io"] = types.ModuleType("pytorch3d"), empty
    sys.path.insert(0, str(clone))
    names = ("models.encoders", "models.context_model", "models.vertex_unet", "utils.helpers")
    return {name: importlib.import_module(name) for name in names}


def authors_networks(modules: dict[str, Any], clone: Path) -> dict[str, Any]:
    """Return their networks by the names of their files, with random weights and the authors' mean face."""
    mean, deviation = (torch.from_numpy(np.load(clone / "assets" / f"face_{name}.npy")) for name in ("mean", "std"))
    torch.manual_seed(0)
    networks = {
        "encoder": modules["models.encoders"].MultimodalEncoder(128, 16, 128, 128, 6172, mean, deviation),
        "vertex_unet": modules["models.vertex_unet"].VertexUnet(128, 16, 6172, mean, deviation),
        "context_model": modules["models.context_model"].ContextModel(128, 16, 128),
    }
    nn.init.normal_(networks["vertex_unet"].vertex_bias, std=0.1)  # a tenth of how far vertices move
    for network in networks.values():
        network.eval()
    return networks


def our_networks(theirs: dict[str, Any]) -> tuple[MultimodalEncoder, VertexUnet, ContextModel]:
    """Return ours with the weights of theirs, every name and shape accounted for."""
    config = MeshTalkConfig()
    ours = MultimodalEncoder(config), VertexUnet(config), ContextModel(config.context_config())
    for name, network in zip(("encoder", "vertex_unet", "context_model"), ours, strict=True):
        network.load_state_dict(theirs[name].state_dict(), strict=True)
        network.eval()
    return ours


def compare(clone: Path, modules: dict[str, Any], theirs: dict[str, Any]) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Yield what was computed twice: a title, ours, theirs."""
    config, helpers = MeshTalkConfig(), modules["utils.helpers"]
    encoder, decoder, context = our_networks(theirs)
    reference = torchaudio.functional.melscale_fbanks(1025, 0.0, 8000.0, 80, 16_000)
    yield "mel filters, ours against torchaudio's", mel_filters(1025, 80, 16_000), reference

    samples = torch.randn(1, SECONDS * 16_000) * 0.1
    heard, scaled = samples[0] * loudness_gain(samples[0]), 0.01 * samples / samples.abs().mean()
    yield "loudness", heard, scaled[0]
    chunks = helpers.audio_chunking(scaled)
    yield "one-second windows", audio_windows(scaled[0], config), chunks

    sound = chunks[None, :FRAMES]
    code = theirs["encoder"].audio_encoder(sound)["code"]
    yield "audio code (mel, convolutions)", encoder.audio_encoder(sound), code
    mean, deviation = encoder.expression_encoder.get_buffer("mean"), encoder.expression_encoder.get_buffer("stddev")
    face = mean + deviation * torch.randn(1, FRAMES, 6172, 3)
    yield "fused log-probabilities (both encoders)", encoder(face, sound), theirs["encoder"](face, sound)["logprobs"]

    drawn = functional.one_hot(torch.randint(128, (1, FRAMES, 16)), 128).float()
    expected = theirs["context_model"](drawn, code)["logprobs"]
    yield "context model, log-probabilities", context(drawn, code), expected

    torch.manual_seed(1)
    began = time.perf_counter()
    sampled = theirs["context_model"].sample(code)["one_hot"]
    their_seconds = time.perf_counter() - began
    torch.manual_seed(1)
    uniform = torch.stack([torch.rand(1, 128)[0] for _ in range(FRAMES * 16)]).view(FRAMES, 16, 128)
    began = time.perf_counter()
    classes = torch.from_numpy(ContextSampler(context).sample(code[0].numpy(), uniform.numpy()))
    our_seconds = time.perf_counter() - began
    yield "classes drawn with the same random numbers", classes.float(), sampled[0].argmax(-1).float()
    print(f"  drawn in {our_seconds:.2f} s, theirs in {their_seconds:.2f} s")

    neutral = mean.expand(-1, FRAMES, -1, -1)
    moving, expected = decoder(neutral, sampled), theirs["vertex_unet"](neutral, sampled)["geom"]
    yield "vertices, in the files' unit (mm)", moving, expected
    yield "vertices, in standard deviations", (moving - mean) / deviation, (expected - mean) / deviation
    mask = helpers.load_mask(str(clone / "assets" / "forehead_mask.txt"), dtype=np.float32)
    smoothed = torch.from_numpy(smooth_vertices(moving[0].numpy(), mask))
    yield "smoothing of the forehead over time, mm", smoothed, helpers.smooth_geom(moving[0], torch.from_numpy(mask))


def main() -> int:
    """Compare, print, and return 1 where a difference is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path)
    parser.add_argument("--layout", type=Path, help="write the authors' key names and shapes into this file")
    arguments = parser.parse_args()
    clone = arguments.clone.resolve()
    torch.set_num_threads(1)
    modules = authors_modules(clone)
    theirs = authors_networks(modules, clone)
    if arguments.layout:
        tables = {
            name: {key: list(value.shape) for key, value in network.state_dict().items()}
            for name, network in theirs.items()
        }
        arguments.layout.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    worst = 0.0
    with torch.inference_mode():
        for title, found, expected in compare(clone, modules, theirs):
            assert found.shape == expected.shape, title
            difference = float((found - expected).abs().max())
            worst = max(worst, difference)
            print(f"{title}: {tuple(found.shape)}, {difference:.1e} (values to {float(expected.abs().max()):.1f})")
    print(f"largest difference {worst:.1e}; torch {torch.__version__}, torchaudio {torchaudio.__version__}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
