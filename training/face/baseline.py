"""The yardstick: a plain convolution from log-mel to lip aperture, trained from scratch on the tracked clips alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from ...models.face.loudness import speech_gain
from ...models.phones.encoder import LogMel
from .examples import Example
from .train import batches, collate

_SCALE = 0.05


class LogMelRegressor(nn.Module):
    """Three convolutions over 20 ms log-mel frames; no augmentation, no pretraining."""

    def __init__(self, log_mel: LogMel, width: int = 160) -> None:
        super().__init__()
        self.log_mel = log_mel.requires_grad_(False)
        self.layers = nn.Sequential(
            nn.Conv1d(160, width, 5, padding=2),
            nn.GELU(),
            nn.Dropout(0.1),
            nn.Conv1d(width, width, 5, padding=4, dilation=2),
            nn.GELU(),
            nn.Dropout(0.1),
            nn.Conv1d(width, width, 5, padding=2),
            nn.GELU(),
            nn.Conv1d(width, 1, 1),
        )

    def forward(self, samples: Tensor) -> Tensor:
        """(B, n) samples to (B, n // 320 + 1) aperture in eye-corner distances."""
        mel = self.log_mel(samples).clamp_min(-12)
        mel = (mel - mel.mean(-1, keepdim=True)) / 4
        if mel.shape[-1] % 2:
            mel = functional.pad(mel, (0, 1))
        paired = torch.cat([mel[..., ::2], mel[..., 1::2]], dim=1)
        frames = samples.shape[-1] // 320 + 1
        return functional.relu(self.layers(paired)[:, 0, :frames]) * _SCALE


def train_baseline(log_mel: LogMel, examples: list[Example], epochs: int = 25, seed: int = 0) -> LogMelRegressor:
    """Train on plain tracked examples with a squared loss."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = LogMelRegressor(log_mel)
    steps = epochs * sum(1 for _ in batches(examples, 30.0, np.random.default_rng(0)))
    optimizer = torch.optim.AdamW(network.layers.parameters(), 2e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=steps + 1)
    network.train()
    for _ in range(epochs):
        for chosen in batches(examples, 30.0, rng):
            samples, _, labels = collate([examples[i] for i in chosen])
            target = labels.geometry[..., 0]
            known = torch.isfinite(target)
            error = ((network(samples) - torch.nan_to_num(target)) / _SCALE).square()
            loss = torch.where(known, error, 0.0).sum() / known.sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return network.eval()


def baseline_aperture(network: LogMelRegressor, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the aperture every 20 ms."""
    with torch.inference_mode():
        return network(torch.from_numpy(samples * np.float32(speech_gain(samples)))[None])[0].numpy()
