"""ProbTalk's files as the authors offer them, small and with weights that depend on name and place only."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from soliloquy.models.probtalk.pq_vae import PQVAE, PQVAEConfig
from soliloquy.models.probtalk.predictor import Predictor, PredictorConfig
from soliloquy.models.probtalk.refiner import Refiner, RefinerConfig
from soliloquy.models.wav2vec2.resampled import Wav2Vec2Resampled, Wav2Vec2Sizes

HEARD = 24
"""Width of the small speech encoder."""
SPEECH = Wav2Vec2Sizes(HEARD, 1, 3, 32, (16,) * 7, position_kernel=16, position_groups=4)
VQ = PQVAEConfig(widths=(16, 16, 16, 32), codes=16, code_dim=8)
PREDICTOR = PredictorConfig(
    audio_in=HEARD, audio_width=16, motion_width=8, codes=16, width=32, layers=1, heads=4, feed_forward=32
)
REFINER = RefinerConfig(audio_in=HEARD, width=32, layers=1, heads=4, feed_forward=32, out_width=32)


def fill_by_formula(network: nn.Module) -> nn.Module:
    """Give every weight a value of its name and place, the same on every machine; returns the network, ready to run."""
    for name, tensor in network.state_dict().items():
        if not tensor.is_floating_point() or name.endswith("position_encoding.weight"):
            continue
        number = zlib.crc32(name.encode()) % 1000
        place = torch.arange(tensor.numel(), dtype=torch.float64)
        wave = torch.sin(place * (1.1 + number / 997) + place.square() * 0.013 + number).reshape(tensor.shape)
        if tensor.ndim > 1:
            size = 1.0 if "embeddings" in name else 2 / math.sqrt(tensor[0].numel())
            tensor.copy_(wave * size)
        else:
            is_scale = "norm" in name and name.endswith("weight")
            tensor.copy_(wave * 0.1 + float(is_scale or name.endswith(("feature_map.1.weight", "running_var"))))
    return network.eval()


def formula_numbers(*shape: int) -> Tensor:
    """Numbers between -1 and 1 that look random."""
    place = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(place * 0.7 + place.square() * 0.0131).reshape(shape).float()


def official(parts: Mapping[str, Any]) -> dict[str, Any]:
    """What their trainer saves: state dicts by part, the optimizer beside them."""
    optimizer = {"state": {0: {"step": torch.tensor(3.0)}}, "param_groups": [{"lr": 1e-4, "params": [0]}]}
    return {"generator": {**parts, "generator_optim": optimizer}, "epoch": 99, "global_steps": 1234}


def parts_of(network: nn.Module) -> dict[str, dict[str, Tensor]]:
    """Return a predictor's state dict by part."""
    parts: dict[str, dict[str, Tensor]] = {}
    for key, value in network.state_dict().items():
        part, rest = key.split(".", 1)
        parts.setdefault(part, {})[rest] = value
    return parts


def small_networks() -> tuple[PQVAE, Predictor, Refiner]:
    """Return the three networks."""
    networks = PQVAE(VQ), Predictor(PREDICTOR), Refiner(REFINER)
    for network in networks:
        fill_by_formula(network)
    return networks


def write_files(folder: Path, *, encoder: bool = True) -> tuple[Path, ...]:
    """Write the unpacked archive, and the stock speech encoder where asked; returns the four files in their order."""
    vq, predictor, refiner = small_networks()
    names = ("smplx_S2G-new_vqt_fbhe", "smplx_S2G-predictor-audio-mocon_v2", "smplx_S2G-final-hf")
    contents = ({"VQ": vq.state_dict()}, parts_of(predictor), {"HFTransformer": refiner.state_dict(), "AudEnc": {}})
    files = []
    for name, content in zip(names, contents, strict=True):
        files.append(folder / "experiments" / name / "ckpt-99.pth")
        files[-1].parent.mkdir(parents=True)
        torch.save(official(content), files[-1])
    files.append(folder / "norm_stats.npy")
    place = np.arange(430)
    statistics = np.stack([0.3 * np.sin(place), 0.5 + 0.2 * np.cos(place)])
    np.save(files[-1], statistics.reshape(2, 1, 1, 430).astype(np.float32))
    if encoder:
        heard = folder / "wav2vec2-base-960h"
        heard.mkdir()
        network = fill_by_formula(Wav2Vec2Resampled(SPEECH))
        state = {f"wav2vec2.{key}": value for key, value in network.state_dict().items()}
        torch.save({**state, "lm_head.weight": torch.zeros(32, HEARD)}, heard / "pytorch_model.bin")
    return tuple(files)
