"""The four networks of the sampled gestures and their file: two motion codes, what hears speech, what draws codes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ....models.talkshow.body.audio_encoder import AudioEncoder, AudioEncoderConfig
from ....models.talkshow.body.pixelcnn import GatedPixelCNN, PixelCNNConfig
from ....models.talkshow.body.vqvae import VQVAE, VQVAEConfig
from ...gestures.features import FEATURES
from ...gestures.settings import STYLES
from ...shipped import weights_path
from ...shipped_weights import read_weights, refusing_damaged
from ..upper_body import ARMS, SIX, SPINE

BODY_NUMBERS = 6 * (len(SPINE) + len(ARMS))
"""The first 66 of the 246 numbers are the body's, the other 180 the hands'."""
WEIGHTS = weights_path("talkshow_body")


def _codes(in_dim: int) -> VQVAEConfig:
    return VQVAEConfig(in_dim=in_dim, width=128, blocks=1, code_width=32, codes=1024, restart_below=0.01)


@dataclass(frozen=True)
class SampledConfig:
    """Sizes of the four networks: small enough for two CPU cores to train and to run."""

    body: VQVAEConfig = field(default_factory=lambda: _codes(BODY_NUMBERS))
    hands: VQVAEConfig = field(default_factory=lambda: _codes(SIX - BODY_NUMBERS))
    audio: AudioEncoderConfig = field(
        default_factory=lambda: AudioEncoderConfig(in_dim=len(FEATURES), width=64, blocks=1)
    )
    draw: PixelCNNConfig = field(
        default_factory=lambda: PixelCNNConfig(
            codes=1024, dim=64, layers=12, classes=len(STYLES), audio_width=64, hidden=160
        )
    )

    def to_json(self) -> str:
        """Return plain JSON."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> SampledConfig:
        """Build from :meth:`to_json`'s text."""
        values: Mapping[str, Mapping[str, Any]] = json.loads(text)
        return cls(
            VQVAEConfig(**values["body"]),
            VQVAEConfig(**values["hands"]),
            AudioEncoderConfig(**values["audio"]),
            PixelCNNConfig(**values["draw"]),
        )


class GestureNetworks(nn.Module):
    """TalkSHOW's body for the 41 joints that gesture.

    Parameters
    ----------
    config : SampledConfig
        Sizes.
    """

    def __init__(self, config: SampledConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or SampledConfig()
        self.body = VQVAE(config.body)
        self.hands = VQVAE(config.hands)
        self.audio = AudioEncoder(config.audio)
        self.draw = GatedPixelCNN(config.draw)
        # The codes see what differs from the mean pose, with a variance of 1 on average.
        for part, numbers in (("body", config.body.in_dim), ("hands", config.hands.in_dim)):
            self.register_buffer(f"{part}_centre", torch.zeros(numbers))
            self.register_buffer(f"{part}_scale", torch.ones(()))

    def codes(self, part: str) -> VQVAE:
        """Return the motion code of ``"body"`` or ``"hands"``."""
        return self.body if part == "body" else self.hands

    def seen(self, part: str, numbers: Tensor) -> Tensor:
        """Return a part's 6D numbers (..., D) as its motion code sees them."""
        return (numbers - self.get_buffer(f"{part}_centre")) / self.get_buffer(f"{part}_scale")

    def shown(self, part: str, seen: Tensor) -> Tensor:
        """Return 6D numbers (..., D) of what a part's motion code decoded: the way back of :meth:`seen`."""
        return seen * self.get_buffer(f"{part}_scale") + self.get_buffer(f"{part}_centre")


def only_for_training(name: str) -> bool:
    """Return whether an entry of the networks' state is only needed to go on with training: no file has it."""
    return ".ema_" in name or name.endswith("num_batches_tracked")


def read_networks(path: Path, device: str | torch.device = "cpu") -> GestureNetworks:
    """Return the networks of a weights file, ready to be used.

    Raises
    ------
    SoliloquyError
        When the file is missing or damaged; of the kind ``"missing_files"``.
    """
    with refusing_damaged(path, "The weights of the sampled gestures"):
        state, metadata = read_weights(path)
        networks = GestureNetworks(SampledConfig.from_json(metadata["networks"]))
        fresh = {name: value for name, value in networks.state_dict().items() if only_for_training(name)}
        networks.load_state_dict(fresh | state, strict=True)
    return networks.to(device).eval()
