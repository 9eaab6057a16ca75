"""Runs TalkSHOW's authors' own body networks beside ours on the same random weights; prints the largest differences.

    python tests/models/parity_talkshow_body.py CLONE [--layout FILE] [--torchaudio FOLDER]

CLONE is a clone of https://github.com/yhw-yhw/TalkSHOW, which has to be had from there. Needs torch. torchvision and
matplotlib, which the authors' modules import and never call, are replaced by empty modules, as is their wav2vec 2.0.
``--layout`` writes the names and shapes of the authors' state dicts. ``--torchaudio`` names a folder into which
torchaudio was installed, and compares the speech features with it.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import json
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from soliloquy.models.talkshow.body.checkpoint import load_autoregressive, load_motion_codes
from soliloquy.models.talkshow.body.mfcc import cepstra, resampled
from soliloquy.models.talkshow.body.sampler import Draw, RowSampler, sample_full_grid

LIMIT = 1e-4
MFCC_LIMIT = 1e-2
"""Coefficients go to several hundred, and dB of nearly silent bands are worth little in single precision."""


def authors_networks(clone: Path) -> dict[str, Any]:
    """Return their four networks by the checkpoints' names, with random weights and running statistics."""
    for name in ("torchvision", "matplotlib", "matplotlib.pyplot", "nets", "nets.spg", "nets.spg.wav2vec"):
        module: Any = types.ModuleType(name)
        module.datasets = module.transforms = module.Wav2Vec2Model = module.pyplot = None
        # Their package's own __init__ imports the training code: go around it.
        module.__path__ = [str(clone / name.replace(".", "/"))]
        sys.modules[name] = module
    codes = importlib.import_module("nets.spg.vqvae_1d")
    pixel = importlib.import_module("nets.spg.gated_pixelcnn_v2")
    torch.manual_seed(0)
    sizes = {"embedding_dim": 64, "num_embeddings": 2048, "num_hiddens": 1024}
    sizes |= {"num_residual_layers": 2, "num_residual_hiddens": 512}
    networks = {
        "g_body": codes.VQVAE(39, **sizes),
        "g_hand": codes.VQVAE(90, **sizes),
        "generator": pixel.GatedPixelCNN(2048, 256, 15, 4, True, True),
        "audioencoder": codes.AudioEncoder(64, 256, 2, 256),
    }
    for network in networks.values():
        for parameter in network.parameters():
            nn.init.normal_(parameter, std=parameter[0].numel() ** -0.5 if parameter.dim() > 1 else 0.1)
        for part in network.modules():
            if isinstance(part, nn.BatchNorm1d):
                nn.init.normal_(part.weight, 1.0, 0.1)
                part.running_mean.normal_(0, 0.1)
                part.running_var.uniform_(0.5, 1.5)
            elif isinstance(part, nn.Embedding):
                nn.init.normal_(part.weight)
        network.eval()
    # Codes where the encoder's output is, and logits that prefer something.
    with torch.no_grad():
        for name, width in (("g_body", 39), ("g_hand", 90)):
            given = networks[name].encoder(0.5 * torch.randn(1, width, 4 * 2048))[0].T
            networks[name].vq_layer.embeddings.copy_(given)
        networks["generator"].output_conv[2].weight.mul_(1.5)
    return networks


def official_files(networks: dict[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write both checkpoints as the authors' trainer does, with optimizer state and the prefix of two cards."""
    paths = folder / "vq.pth", folder / "pixel.pth"
    for path, names in zip(paths, (("g_body", "g_hand"), ("generator", "audioencoder")), strict=True):
        inside: dict[str, Any] = {"discriminator": None, "discriminator_optim": None}
        for name in names:
            optimizer = torch.optim.Adam(networks[name].parameters())
            inside[name] = {f"module.{key}": value for key, value in networks[name].state_dict().items()}
            inside[f"{name}_optim"] = optimizer.state_dict()
        torch.save({"generator": inside, "epoch": 99, "global_steps": 1}, path)
    return paths


class Comparison:
    """Prints one line for each pair of results and remembers the worst."""

    def __init__(self) -> None:
        self.worst = 0.0

    def numbers(self, what: str, found: Any, expected: Any) -> None:
        """Compare floating-point results."""
        assert found.shape == expected.shape, (what, found.shape, expected.shape)
        difference = float((found - expected).detach().abs().max())
        self.worst = max(self.worst, difference)
        print(f"{what}: {tuple(found.shape)}, {difference:.1e} (values to {float(expected.detach().abs().max()):.1f})")

    def tokens(self, what: str, found: Any, expected: Any) -> None:
        """Compare whole numbers."""
        differing = int((found != expected).sum())
        self.worst = max(self.worst, float(differing))
        print(f"{what}: {tuple(found.shape)}, {differing} differ, {found.unique().numel()} different codes")


def compare_codes(theirs: Any, ours: Any, name: str, compare: Comparison) -> None:
    """Encode, decode, and three steps of training."""
    width = ours.config.in_dim
    for frames in (88, 300):
        motion = 0.5 * torch.randn(2, frames, width)
        with torch.no_grad():
            expected = theirs.encode(motion)[1]
            compare.tokens(f"{name} tokens of {frames} frames", ours.encode(motion), expected)
            decoded, _ = theirs.decode(*expected.shape, latents=expected)
            compare.numbers(f"{name} decoded", ours.decode(expected), decoded.transpose(1, 2))
            joined = torch.cat(list(ours.decode_pieces(expected, 16)), 1)
            compare.numbers(f"{name} decoded in pieces", joined, decoded.transpose(1, 2))
    theirs, ours = copy.deepcopy(theirs).train(), copy.deepcopy(ours).train()
    for step in range(3):
        motion = 0.5 * torch.randn(4, 88, width)
        loss, decoded = theirs(motion)
        result = ours(motion)
        if step == 0:
            # Later ones pass through quotients of moving averages: codes barely used differ in the last digits.
            compare.numbers(f"{name} in training", result.motion, decoded)
        compare.numbers(f"{name} commitment loss, step {step}", result.commitment, loss)
    compare.numbers(f"{name} codebook after 3 steps", ours.vq_layer.embeddings, theirs.vq_layer.embeddings)


def compare_sampler(theirs: Any, ours: Any, audio: Any, compare: Comparison) -> None:
    """Their sampler beside both of ours with the same random numbers; then with rows that are there already."""
    classes = torch.tensor([2])
    with torch.no_grad():
        torch.manual_seed(5)
        columns = audio[..., None].expand(-1, -1, -1, 2)
        expected = theirs.generate(classes, (audio.shape[2], 2), 1, columns)
        compare.tokens("drawn, a pass a token", sample_full_grid(ours, audio, classes, Draw(5)), expected)
        compare.tokens("drawn, row by row", RowSampler(ours, classes, Draw(5)).sample(audio), expected)
        torch.manual_seed(6)
        given, rest = columns[:, :, :8], columns[:, :, 8:]
        expected = theirs.generate(classes, (rest.shape[2], 2), 1, rest, expected[:, :8], given)
        sampler = RowSampler(ours, classes, Draw(6))
        sampler.follow(RowSampler(ours, classes, Draw(5)).sample(audio[:, :, :8]), audio[:, :, :8])
        found = sampler.sample(audio[:, :, 8:])
        compare.tokens("drawn after 8 given rows", found, expected)


def compare_features(folder: Path) -> float:
    """Return the largest difference to torchaudio's resampling and coefficients."""
    sys.path.insert(0, str(folder))
    transforms = importlib.import_module("torchaudio.transforms")
    rng = np.random.default_rng(0)
    time = np.arange(160_000) / 16_000
    speech = 0.3 * np.sin(2 * np.pi * (200 + 40 * np.sin(3 * time)) * time) * (1 + np.sin(5 * time)) / 2
    speech = (speech + 0.003 * rng.normal(size=len(time))).astype(np.float32)
    heard = transforms.Resample(16_000, 22_000)(torch.from_numpy(speech)[None])
    print(f"resampled: {np.abs(resampled(speech) - heard[0].numpy()).max():.1e}")
    options = {"n_fft": 2048, "n_mels": 256, "hop_length": 734, "mel_scale": "htk"}
    expected = transforms.MFCC(22_000, 64, melkwargs=options)(heard)[0].T.numpy()
    ours = resampled(speech)
    found = cepstra(len(ours), lambda start, stop: ours[start:stop], np.arange(len(ours) // 734 + 1) * 734)
    assert found.shape == expected.shape
    difference = float(np.abs(found - expected).max())
    print(f"coefficients: {found.shape}, {difference:.1e} (values to {np.abs(expected).max():.1f})")
    return difference


def main() -> int:
    """Compare, print, and return 1 where a difference is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clone", type=Path)
    parser.add_argument("--layout", type=Path)
    parser.add_argument("--torchaudio", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    theirs = authors_networks(arguments.clone.resolve())
    if arguments.layout:
        table = {name: {k: list(v.shape) for k, v in part.state_dict().items()} for name, part in theirs.items()}
        text = json.dumps(table, separators=(",", ":")).replace('],"', '],\n"').replace('{"', '{\n"')
        arguments.layout.write_text(text + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        vq, pixel = official_files(theirs, Path(folder))
        body, hands = load_motion_codes(vq)
        network, encoder = load_autoregressive(pixel)
    compare = Comparison()
    compare_codes(theirs["g_body"], body, "body", compare)
    compare_codes(theirs["g_hand"], hands, "hands", compare)
    with torch.no_grad():
        features = 5 * torch.randn(1, 123, 64)
        audio = theirs["audioencoder"](features.transpose(1, 2))
        compare.numbers("audio encoder", encoder(features), audio)
        tokens = torch.randint(2048, (1, audio.shape[2], 2))
        expected = theirs["generator"](tokens, torch.tensor([3]), audio[..., None].expand(-1, -1, -1, 2))
        logits = network(tokens, torch.tensor([3]), audio)
        compare.numbers("logits", logits, expected.permute(0, 2, 3, 1))
        compare_sampler(theirs["generator"], network, audio, compare)
    features_differ = compare_features(arguments.torchaudio) if arguments.torchaudio else 0.0
    print(f"largest difference {compare.worst:.1e}; torch {torch.__version__}")
    return int(compare.worst > LIMIT or features_differ > MFCC_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
