"""The authors' two files of TalkSHOW's body: ``s2g_body_vq`` (both motion codes) and ``s2g_body_pixel`` (the rest)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from ...checkpoint import CheckpointError, inner_state, load_strict, read_checkpoint
from .audio_encoder import AudioEncoder, AudioEncoderConfig
from .pixelcnn import GatedPixelCNN, PixelCNNConfig
from .vqvae import VQVAE, VQVAEConfig

SYSTEM = "TalkSHOW"
BODY = VQVAEConfig(in_dim=39)
HANDS = VQVAEConfig(in_dim=90)
_PAGE = "Choose the file the authors offer."
_VQ_FOLDER = "Choose the checkpoint in the folder of s2g_body_vq."
_PIXEL_FOLDER = "Choose the checkpoint in the folder of s2g_body_pixel."
_Module = TypeVar("_Module", bound=nn.Module)


def load_motion_codes(
    path: str | os.PathLike[str], body: VQVAEConfig = BODY, hands: VQVAEConfig = HANDS
) -> tuple[VQVAE, VQVAE]:
    """Return the motion codes of the body and of the hands from the authors' checkpoint (``s2g_body_vq``).

    Raises
    ------
    CheckpointError
        When the file is damaged, carries code, or is not that checkpoint.
    """
    path = Path(path)
    parts = _parts(path)
    if "g_body" not in parts or "g_hand" not in parts:
        raise CheckpointError(f"'{path.name}' is {_kind(parts)}, not the motion codes of its body.", _VQ_FOLDER)
    return _filled(VQVAE, body, parts["g_body"], path), _filled(VQVAE, hands, parts["g_hand"], path)


def load_autoregressive(
    path: str | os.PathLike[str], network: PixelCNNConfig | None = None, audio: AudioEncoderConfig | None = None
) -> tuple[GatedPixelCNN, AudioEncoder]:
    """Return the autoregressive model and its audio encoder from the authors' checkpoint (``s2g_body_pixel``).

    Raises
    ------
    CheckpointError
        When the file is damaged, carries code, or is not that checkpoint.
    """
    path = Path(path)
    parts = _parts(path)
    if "generator" not in parts or parts.get("audioencoder") is None:
        raise CheckpointError(
            f"'{path.name}' is {_kind(parts)}, not the autoregressive model of its body.", _PIXEL_FOLDER
        )
    return _filled(GatedPixelCNN, network, parts["generator"], path), _filled(
        AudioEncoder, audio, parts["audioencoder"], path
    )


def _parts(path: Path) -> Mapping[str, Any]:
    """Return the state dicts by their names in the authors' trainer; the optimisers' are left alone."""
    content = read_checkpoint(path, system=SYSTEM)
    parts = inner_state(content, "generator")
    # {"generator": {...}, "epoch": ..., "global_steps": ...}; also the inner level alone.
    if parts is not None and not ({"audioencoder", "g_body"} & set(content)):
        content = dict(parts)
    if not content:
        raise CheckpointError(f"'{path.name}' holds no {SYSTEM} weights.", _PAGE)
    return content


def _kind(parts: Mapping[str, Any]) -> str:
    if "g_body" in parts:
        return f"{SYSTEM}'s motion codes"
    if parts.get("audioencoder") is not None:
        return f"{SYSTEM}'s autoregressive model"
    return f"{SYSTEM}'s face" if "generator" in parts else "a checkpoint of something else"


def _filled(kind: type[_Module], config: Any, state: Any, path: Path) -> _Module:
    # Without memory at first: drawing random weights only to replace them takes seconds.
    with torch.device("meta"):
        module = kind(config)
    module.to_empty(device="cpu")
    load_strict(module, state, system=SYSTEM, source=path.name)
    return module.eval().requires_grad_(False)
