"""Three trained networks and the axes of motion as the one file the engine reads."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ....inference.body.masked.networks import LEFT_OUT
from .motion import MotionSpace

LICENCE = "GPL-3.0-or-later; trained on SmartBody's gestures, LGPL-2.1, and Amazon Sumerian Hosts, CC-BY-SA-4.0"


def export_networks(networks: dict[str, nn.Module], space: MotionSpace, path: Path) -> int:
    """Write fp16 safetensors with the sizes in their metadata, and return its bytes.

    Parameters
    ----------
    networks : dict
        ``vq``, ``predictor`` and ``refiner``.
    """
    state: dict[str, Tensor] = {name: getattr(space, name).contiguous() for name in ("mean", "forward", "backward")}
    metadata = {"licence": LICENCE}
    for name, network in networks.items():
        metadata[name] = json.dumps(dataclasses.asdict(network.config))  # type: ignore[call-overload]
        for key, value in network.state_dict().items():
            if any(part in key for part in LEFT_OUT):
                continue
            state[f"{name}.{key}"] = (value.half() if value.is_floating_point() else value).contiguous().clone()
    bad = [key for key, value in state.items() if not bool(torch.isfinite(value).all())]
    if bad:
        raise ValueError(f"'{bad[0]}' is not finite")
    aside = path.with_suffix(".part")
    save_file(state, aside, metadata=metadata)
    os.replace(aside, path)
    return path.stat().st_size


def stamp_card(weights: Path) -> str:
    """Write the file's sha256 into the model card beside it, where there is one, and return it."""
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    card = weights.with_suffix(".md")
    if card.is_file():
        text = re.sub(r"\| file sha256 \| \w* \|", f"| file sha256 | {digest} |", card.read_text(encoding="utf-8"))
        card.write_text(text, encoding="utf-8")
    return digest
