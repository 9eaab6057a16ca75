"""Loads the three official files of ProbTalk: the autoencoder, the predictor and the refiner.

Each is ``{"generator": {part: state dict, ..., "generator_optim": ...}, "epoch": ...}``; weights only, every key
accounted for, nothing executed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from ..checkpoint import CheckpointError, inner_state, load_strict, read_checkpoint
from .pq_vae import PQVAE, PQVAEConfig
from .predictor import Predictor, PredictorConfig
from .refiner import Refiner, RefinerConfig

SYSTEM = "ProbTalk"
_FILES = {
    "VQ": "autoencoder (VQ)",
    "Predictor": "predictor",
    "HFTransformer": "refiner",
}
"""By a part that only one file has: what the file is called."""
Path_ = str | os.PathLike[str]
Network = TypeVar("Network", bound=nn.Module)


def load_pq_vae(path: Path_, config: PQVAEConfig | None = None) -> PQVAE:
    """Return the autoencoder of ``new_vqt_fbhe1024_size8_newpq128_d128_group4/ckpt-99.pth``, ready to run.

    Raises
    ------
    CheckpointError
        When the file is damaged, carries code, or is another.
    """
    path = Path(path)
    return _filled(_empty(lambda: PQVAE(config)), _part(_parts(path, "VQ"), "VQ"), path)


def load_predictor(path: Path_, config: PredictorConfig | None = None) -> Predictor:
    """Return the predictor of ``predictor-audio-mocon_v2/ckpt-99.pth`` with its audio encoder, ready to run.

    Raises
    ------
    CheckpointError
        When the file is damaged, carries code, or is another.
    """
    path = Path(path)
    parts = _parts(path, "Predictor")
    names = ("AudEnc", "Predictor", "TextEnc")
    state = {f"{name}.{key}": value for name in names for key, value in _part(parts, name).items()}
    return _filled(_empty(lambda: Predictor(config)), state, path)


def load_refiner(path: Path_, config: RefinerConfig | None = None) -> Refiner:
    """Return the refiner of ``final-hf/ckpt-99.pth``, or of the one their demonstration names, ready to run.

    Raises
    ------
    CheckpointError
        When the file is damaged, carries code, or is another.
    """
    path = Path(path)
    parts = _parts(path, "HFTransformer")
    if _part(parts, "AudEnc"):
        raise CheckpointError(
            f"'{path.name}' is of another {SYSTEM} variant: its refiner has an audio encoder of its own.",
            "Choose the checkpoint that the documentation names.",
        )
    return _filled(_empty(lambda: Refiner(config)), _part(parts, "HFTransformer"), path)


def _parts(path: Path, wanted: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = read_checkpoint(path, system=SYSTEM)
    inner = inner_state(content, "generator")
    content = content if inner is None else inner
    if wanted in content:
        return content
    for part, title in _FILES.items():
        if part in content:
            raise CheckpointError(
                f"'{path.name}' is {SYSTEM}'s {title}, not its {_FILES[wanted]}.",
                "Choose the checkpoint that the documentation names.",
            )
    raise CheckpointError(
        f"'{path.name}' is the checkpoint of another system, not of {SYSTEM}.",
        "Choose the checkpoint that the documentation names.",
    )


def _part(parts: Mapping[str, Any], name: str) -> dict[str, Any]:
    state = inner_state(parts, name) or {}
    return {str(key).removeprefix("module."): value for key, value in state.items()}


def _empty(make: Any) -> Any:
    # Without memory at first: drawing millions of random weights only to replace them takes seconds.
    with torch.device("meta"):
        network = make()
    return network.to_empty(device="cpu")


def _filled(network: Network, state: Mapping[str, Any], path: Path) -> Network:
    load_strict(network, state, system=SYSTEM, source=path.name)
    return network.eval().requires_grad_(False)
