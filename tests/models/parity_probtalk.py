"""Runs ProbTalk's authors' own classes beside ours on the same random weights; prints the largest differences.

    python tests/models/parity_probtalk.py CLONE [--layout FILE] [--reference FILE]

CLONE is a clone of https://github.com/feifeifeiliu/probtalk, which has to be had from there. Needs torch only: modules
that theirs import and these parts never call are replaced by empty ones, the literal device "cuda" by the CPU, and
PyTorch's decoder by the plain loop over its layers that it was when they trained. ``--layout`` writes the names and
shapes of their state dicts, ``--reference`` numbers of small copies of their classes, for tests that need no clone.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from probtalk_files import fill_by_formula, formula_numbers
from torch import Tensor, nn
from torch.nn import functional

from soliloquy.models.probtalk.checkpoint import load_pq_vae, load_predictor, load_refiner
from soliloquy.models.probtalk.decoding import decode_tokens, draw_noise
from soliloquy.models.probtalk.position import sine_table
from soliloquy.models.probtalk.windows import Networks, generate_window

LIMIT = 1e-4
WINDOWS = ((180, 0), (176, 30), (97, 30))
"""Frames of a window, and how many of them are known."""
_ABSENT = {
    "torchvision": ("datasets", "transforms"),
    "matplotlib": (),
    "matplotlib.pyplot": (),
    "nets.spg.residual_learner": ("ResidualLearner",),
    "nets.spg.residual_quantization": ("RQBottleneck",),
    "nets.spg.wav2vec": ("Wav2Vec2Model",),
}


def _on_cpu(function: Any) -> Any:
    def called(*args: Any, **kwargs: Any) -> Any:
        args = tuple("cpu" if isinstance(value, str) and value == "cuda" else value for value in args)
        if kwargs.get("device") == "cuda":
            kwargs["device"] = "cpu"
        return function(*args, **kwargs)

    return called


def _plain_loop(self: Any, tgt: Tensor, memory: Tensor, **kwargs: Any) -> Tensor:
    for layer in self.layers:
        tgt = layer(tgt, memory, **kwargs)
    return tgt


def authors_networks(clone: Path) -> dict[str, Any]:
    """Return their networks by the names of their checkpoints, with random weights."""
    for name in ("nets", "nets.spg", "nets.inpainting"):  # their packages' own __init__ import the training code
        package = types.ModuleType(name)
        package.__path__ = [str(clone / name.replace(".", "/"))]
        sys.modules[name] = package
    for name, members in _ABSENT.items():
        module: Any = types.ModuleType(name)
        for member in members:
            setattr(module, member, type(member, (), {}))
        sys.modules.setdefault(name, module)
    torch.Tensor.to = _on_cpu(torch.Tensor.to)
    older: Any = nn.TransformerDecoder
    older.forward = _plain_loop
    autoencoder = importlib.import_module("nets.inpainting.vqvae_1d_sc")
    predictor = importlib.import_module("nets.inpainting.predictornet")
    refiner = importlib.import_module("nets.inpainting.RTransformer")
    torch.manual_seed(0)
    networks = {
        "VQ": autoencoder.VQVAE_SC(376, 512, 128, 1024, 2, 512, groups=4),
        "AudEnc": autoencoder.ConditionEncoder(768, 256, 2, 256),
        "TextEnc": autoencoder.ConditionEncoder(768, 256, 2, 256),
        "Predictor": predictor.PredictorNet(
            False, 376, 128, 512, 10, 6, 4, groups=4, identity=True, maskgit=True, transformer=True, text=None
        ),
        "HFTransformer": refiner.RTransformer(376, 768, 512, 6, motion_context=True),
    }
    for network in networks.values():
        randomise(network.eval())
    return networks


def randomise(network: nn.Module) -> None:
    """Give all weights values of a size that keeps signals alive, and no layer a zero."""
    for parameter in network.parameters():
        if parameter.requires_grad:
            nn.init.normal_(parameter, std=parameter[0].numel() ** -0.5 if parameter.dim() > 1 else 0.1)
    for part in network.modules():
        if isinstance(part, nn.LayerNorm | nn.BatchNorm1d):
            nn.init.normal_(part.weight, 1.0, 0.1)
        if isinstance(part, nn.BatchNorm1d) and part.running_mean is not None and part.running_var is not None:
            part.running_mean.normal_(0, 0.1)
            part.running_var.uniform_(0.5, 1.5)
    for name, buffer in network.named_buffers():
        if "embeddings" in name:
            buffer.normal_()


@contextmanager
def given_numbers(noise: Any) -> Iterator[None]:
    """Have PyTorch's categorical and Gumbel distributions use these numbers, step after step."""
    categorical: Any = torch.distributions.categorical.Categorical
    gumbel: Any = torch.distributions.gumbel.Gumbel
    before = categorical.sample, gumbel.sample, torch.zeros
    tokens, places = iter(noise.tokens), iter(noise.places)
    categorical.sample = lambda self, *_: (self.logits + next(tokens)).argmax(-1)
    gumbel.sample = lambda self, *_: next(places)
    torch.zeros = _on_cpu(torch.zeros)
    try:
        yield
    finally:
        categorical.sample, gumbel.sample, torch.zeros = before


def _saved(theirs: dict[str, Any], names: tuple[str, ...], path: Path) -> Path:
    parts: dict[str, Any] = {name: theirs[name].state_dict() if name in theirs else {} for name in names}
    optimizer = torch.optim.AdamW([value for name in names if name in theirs for value in theirs[name].parameters()])
    torch.save({"generator": {**parts, "generator_optim": optimizer.state_dict()}, "epoch": 99}, path)
    return path


def compare(theirs: dict[str, Any], ours: Networks) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Yield what was computed twice: a title, ours, theirs."""
    vq, predictor, refiner = ours.vq, ours.predictor, ours.refiner
    assert refiner is not None
    table = theirs["Predictor"].decoder.PE.position_encoding.weight
    yield "position table, float64", sine_table(1800, 512), table
    label = torch.tensor([2, 0])
    for frames, known_frames in WINDOWS:
        motion, audio = torch.randn(2, frames, 376), torch.randn(2, frames, 768)
        known = torch.zeros(2, frames)
        known[:, :known_frames] = 1
        masked, mask = (motion * known[..., None]).transpose(1, 2), known[:, None]
        name = f"{frames} frames, {known_frames} known: "

        output = theirs["VQ"].encode(motion.transpose(1, 2))[1]
        yield name + "codes", vq.encode(motion).float(), output.loss.float()
        yield name + "decoded", vq.decode(output.loss), theirs["VQ"].decode(output.quantized, None).transpose(1, 2)

        heard = theirs["AudEnc"](audio.transpose(1, 2))
        yield name + "audio encoder", predictor.AudEnc(audio), heard.transpose(1, 2)

        tokens = torch.randint(0, 129, output.loss.shape)
        context = theirs["Predictor"].motion_embedding(torch.cat([masked, mask], 1))
        for layer in theirs["Predictor"].enc:
            context = layer(context)
        condition = torch.cat([context, heard], 1)
        expected = theirs["Predictor"].decoder.tokens_to_logits(tokens, label, condition).flatten(1, 2)
        yield name + "logits", predictor(tokens.flatten(1), motion, known, audio, label), expected

        noise = draw_noise(2, tokens[0].numel(), 128, torch.Generator().manual_seed(frames))
        with given_numbers(noise):
            sampled = theirs["Predictor"](masked, tokens, mask, label, heard, None, 1)
        state = predictor.condition(motion, known, audio)
        all_masked = torch.full(tokens.flatten(1).shape, 128)
        found = decode_tokens(lambda now, s=state: predictor.logits(now, s, label), all_masked, 128, noise)
        yield name + "tokens drawn", found.float(), sampled.flatten(1).float()

        decoded = theirs["VQ"].decode(theirs["VQ"].vq_layer.quantize_all(sampled).transpose(1, 2), None)
        decoded = masked + functional.interpolate(decoded, size=frames, mode="linear") * (1 - mask)
        expected = theirs["HFTransformer"](decoded, audio.transpose(1, 2), mask, label).transpose(1, 2)
        yield name + "refined window", generate_window(ours, audio, label, motion, known, noise)[0], expected


def reference() -> dict[str, Any]:
    """Return what small copies of their classes make of made-up input, rounded."""
    autoencoder = importlib.import_module("nets.inpainting.vqvae_1d_sc")
    predictor = importlib.import_module("nets.inpainting.PTransformer")
    gated = importlib.import_module("nets.inpainting.gated_pixelcnn_1d")
    refiner = importlib.import_module("nets.inpainting.RTransformer")
    vq: Any = fill_by_formula(autoencoder.VQVAE_SC(12, 16, 8, 32, 2, 16, groups=4))
    heard = fill_by_formula(autoencoder.ConditionEncoder(12, 16, 2, 16))
    tokens: Any = fill_by_formula(predictor.PTransformer(4, 64, 24, 64, 1, 8, 3, identity=True, maskgit=True))
    refined = fill_by_formula(refiner.RTransformer(12, 10, 64, 1, n_classes=3, motion_context=True))
    motion, label = formula_numbers(1, 12, 43), torch.tensor([1])
    known = torch.zeros(1, 1, 43)
    known[..., :9] = 1
    output = vq.encode(motion)[1]
    state = torch.arange(20).reshape(1, 5, 4) % 9
    results = {
        "codes": output.loss[0],
        "decoded": vq.decode(output.quantized, None)[0].T[::8],
        "heard": heard(motion)[0].T,
        "gated": fill_by_formula(gated.GatedConv(12, 4, 2, 1, True))(motion)[0].T[::8],
        "logits": tokens.tokens_to_logits(state, label, formula_numbers(1, 24, 5)).flatten(1, 2)[0],
        "refined": refined(motion, formula_numbers(1, 10, 43), known, label)[0].T[::8],
    }
    return {title: [[round(number, 5) for number in row] for row in value.tolist()] for title, value in results.items()}


def main() -> int:
    """Compare, print, and return 1 where a difference is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clone", type=Path)
    parser.add_argument("--layout", type=Path)
    parser.add_argument("--reference", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    theirs = authors_networks(arguments.clone.resolve())
    if arguments.layout:
        tables = {
            name: {key: list(value.shape) for key, value in network.state_dict().items()}
            for name, network in theirs.items()
        }
        arguments.layout.write_text(json.dumps(tables), encoding="utf-8")
    if arguments.reference:
        with torch.inference_mode():
            arguments.reference.write_text(json.dumps(reference()) + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = Networks(
            load_pq_vae(_saved(theirs, ("VQ",), folder / "vq.pth")),
            load_predictor(_saved(theirs, ("AudEnc", "Predictor", "TextEnc"), folder / "predictor.pth")),
            load_refiner(_saved(theirs, ("HFTransformer",), folder / "refiner.pth")),
        )
    worst = 0.0
    with torch.inference_mode():
        for title, found, expected in compare(theirs, ours):
            assert found.shape == expected.shape, title
            difference = float((found - expected).abs().max())
            worst = max(worst, difference)
            print(f"{title}: {tuple(found.shape)}, {difference:.1e} (values to {float(expected.abs().max()):.1f})")
    print(f"largest difference {worst:.1e}; torch {torch.__version__}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
