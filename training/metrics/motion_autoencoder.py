"""The features behind the Frechet distance: the bottleneck of a small convolutional autoencoder of motion windows.

A window is 48 frames at 30 fps (1.6 s, the length of the commonest held-out gesture) of the 33 channels of one side of
:mod:`.motion_features`. Three strided convolutions over time and a linear path beside them bring it to 16 numbers; the
decoder mirrors that. Left and right go through the same network, the right one mirrored, so that a window of both has
32 features. It is trained by mean squared error, weighted so that the arm makes half of the variance, palm and fingers
a quarter each, from a fixed seed: on held-out real clips, which no engine was trained on, their mirror images, and
windows recombined from them. So it is nobody's own motion model. Its weights belong to that data and are cached, never
shipped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from .motion_features import CHANNELS, group_scales, motion_channels, windows
from .recombination import recombined

Floats = npt.NDArray[np.float32]

WINDOW = 48
"""Frames of a window, at 30 fps."""
SIDE_FEATURES = 16
FEATURES = 2 * SIDE_FEATURES
"""Numbers a window becomes."""
_WIDTH = 48
_STEPS = WINDOW // 8
_RECOMBINED = 4000
_CHUNK = 512  # windows at a time
_VERSION = "3"


class MotionAutoencoder(nn.Module):
    """(B, 48, 33) motion of one side to (B, 16) features and back."""

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(CHANNELS))
        self.register_buffer("scale", torch.ones(CHANNELS))
        self.encoder = nn.Sequential(
            nn.Conv1d(CHANNELS, _WIDTH, 4, 2, 1), nn.GELU(),
            nn.Conv1d(_WIDTH, _WIDTH, 4, 2, 1), nn.GELU(),
            nn.Conv1d(_WIDTH, _WIDTH, 4, 2, 1), nn.GELU(),
            nn.Flatten(), nn.Linear(_WIDTH * _STEPS, SIDE_FEATURES),
        )  # fmt: skip
        self.decoder = nn.Sequential(
            nn.Linear(SIDE_FEATURES, _WIDTH * _STEPS), nn.Unflatten(1, (_WIDTH, _STEPS)), nn.GELU(),
            nn.ConvTranspose1d(_WIDTH, _WIDTH, 4, 2, 1), nn.GELU(),
            nn.ConvTranspose1d(_WIDTH, _WIDTH, 4, 2, 1), nn.GELU(),
            nn.ConvTranspose1d(_WIDTH, CHANNELS, 4, 2, 1),
        )  # fmt: skip
        self.encoder_line = nn.Linear(CHANNELS * WINDOW, SIDE_FEATURES, bias=False)
        self.decoder_line = nn.Linear(SIDE_FEATURES, CHANNELS * WINDOW, bias=False)

    def normalise(self, motion: torch.Tensor) -> torch.Tensor:
        """Return (B, 33, 48) centred and weighted channels."""
        return ((motion - self.mean) * self.scale).transpose(1, 2)

    def encode(self, normalised: torch.Tensor) -> torch.Tensor:
        """Return (B, 16) features."""
        return self.encoder(normalised) + self.encoder_line(normalised.flatten(1))

    def forward(self, motion: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (B, 16) features and the (B, 33, 48) normalised motion made of them."""
        features = self.encode(self.normalise(motion))
        return features, self.decoder(features) + self.decoder_line(features).view(-1, CHANNELS, WINDOW)

    @torch.no_grad()
    def features(self, motion: npt.NDArray[np.floating]) -> Floats:
        """Return (N, 32) features of (N, 48, 2, 33) windows: left, then right."""
        parts = []
        for first in range(0, len(motion), _CHUNK):
            both = torch.from_numpy(np.array(motion[first : first + _CHUNK], np.float32))
            parts.append(torch.cat([self.encode(self.normalise(both[:, :, side])) for side in (0, 1)], 1))
        return torch.cat(parts).numpy() if parts else np.zeros((0, FEATURES), np.float32)

    @torch.no_grad()
    def error(self, motion: npt.NDArray[np.floating]) -> float:
        """Return the share of the variance of (N, 48, 2, 33) windows that does not come back."""
        given = torch.from_numpy(np.concatenate([motion[:, :, 0], motion[:, :, 1]]).astype(np.float32))
        wanted = self.normalise(given)
        return float(((self(given)[1] - wanted) ** 2).sum() / ((wanted - wanted.mean(0)) ** 2).sum())


def train_autoencoder(
    clips: Sequence[npt.NDArray[np.floating]],
    joints: npt.ArrayLike,
    *,
    steps: int = 1500,
    seed: int = 0,
    recombinations: int = _RECOMBINED,
) -> MotionAutoencoder:
    """Train on clips and what can be recombined from them, and return the network.

    The same clips and seed give the same network on the same machine.

    Parameters
    ----------
    clips : sequence of (T, 41, 3) arrays
        Axis-angle of the joints that gesture.
    joints : (55, 3) array
        Rest joints, metres.
    recombinations : int
        How many windows are recombined.
    """
    recorded = [motion_channels(clip, joints) for clip in clips]
    mixed = recombined(clips, recombinations, WINDOW, np.random.default_rng(seed))
    parts = [windows(clip, WINDOW, 1) for clip in recorded]
    for first in range(0, len(mixed), _CHUNK):
        some = mixed[first : first + _CHUNK]
        channels = motion_channels(some.reshape(-1, *some.shape[2:]), joints)
        parts.append(channels.reshape(len(some), WINDOW, 2, CHANNELS))
    both = np.concatenate(parts)
    examples = torch.from_numpy(np.concatenate([both[:, :, 0], both[:, :, 1]]).astype(np.float32))
    sides = np.concatenate(recorded).reshape(-1, CHANNELS)
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = MotionAutoencoder()
    network.mean.copy_(torch.from_numpy(sides.mean(0)))
    network.scale.copy_(torch.from_numpy(group_scales(sides)))
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    for _ in range(steps):
        chosen = examples[torch.randint(0, len(examples), (64,), generator=generator)]
        loss = ((network(chosen)[1] - network.normalise(chosen)) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network.eval()


def cached_autoencoder(
    clips: Sequence[npt.NDArray[np.floating]],
    joints: npt.ArrayLike,
    folder: Path,
    *,
    steps: int = 1500,
    seed: int = 0,
    recombinations: int = _RECOMBINED,
) -> MotionAutoencoder:
    """Return the network of these clips, trained once and kept in ``folder`` under a name made of all it depends on."""
    digest = hashlib.sha256(f"{_VERSION} {steps} {seed} {recombinations}".encode())
    for part in (joints, *clips):
        digest.update(np.round(np.asarray(part, np.float64), 4).astype(np.float32).tobytes())
    path = folder / f"motion_autoencoder_{digest.hexdigest()[:12]}.safetensors"
    if path.is_file():
        network = MotionAutoencoder()
        network.load_state_dict(load_file(path))
        return network.eval()
    network = train_autoencoder(clips, joints, steps=steps, seed=seed, recombinations=recombinations)
    folder.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, aside)
    aside.replace(path)
    return network
