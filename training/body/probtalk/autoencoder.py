"""First stage: the product-quantised autoencoder on recorded and scheduled gestures, without speech."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ....models.probtalk.blocks import ConvBlock, ConvStack
from ....models.probtalk.pq_vae import PQVAE, PQVAEConfig
from ..clips import load_clips
from . import augment
from .budget import Run, Schedule
from .losses import MotionLoss, degrees_apart
from .motion import AXES, WINDOW, Motion, clip_motion

CONFIG = PQVAEConfig(in_dim=AXES, widths=(48, 80, 144, 256), blocks=1, code_dim=32, reset_below=0.15)
BATCH = 12
_COMMITMENT = 0.25
_LONGER = 1.3
_USED = BATCH * WINDOW // 8 / CONFIG.codes
"""Vectors of a batch that a code stands for on average."""
_PLAIN, _QUANTISED = 150, 500
"""Steps without quantisation, and the step from which on all of it is there."""
_MEASURED = 32


def new_autoencoder() -> PQVAE:
    """Return an autoencoder whose ways around its convolutions are all it has at first: it learns sooner."""
    network = PQVAE(CONFIG)
    for block in network.modules():
        if isinstance(block, ConvStack) or (isinstance(block, ConvBlock) and block.residual_layer is not None):
            nn.init.zeros_(block.norm.weight)
    return network


def autoencoder_loss(network: PQVAE, loss: MotionLoss, windows: Tensor, quantised: float = 1.0) -> Tensor:
    """Return the loss of (B, T, K) windows.

    Parameters
    ----------
    quantised : float
        How much of the quantisation the decoder sees, 0..1: an encoder that has learnt something first fills its code
        books better.
    """
    vectors = network.encoder(windows.transpose(1, 2)).transpose(1, 2)
    coded, _, commitment = network.vq_layer(vectors)
    seen = vectors + quantised * (coded - vectors).detach()
    rebuilt = network.decoder(seen.transpose(1, 2)).transpose(1, 2)
    return loss(rebuilt, windows) + _COMMITMENT * quantised * commitment


def augmented(windows: Tensor, generator: torch.Generator) -> Tensor:
    """Return (B, 176, 246) numbers nobody recorded from longer windows of those that were."""
    windows = augment.retimed(windows, WINDOW, generator, fast=_LONGER)
    if float(torch.rand((), generator=generator)) < 0.5:
        windows = augment.mirrored(windows)
    return augment.resized(augment.with_other_arms(windows, generator), generator)


def figures(network: PQVAE, loss: MotionLoss, numbers: Tensor) -> str:
    """Return in words how well (B, T, 246) numbers come back."""
    with torch.inference_mode():
        seen = loss.space.seen(numbers)
        rebuilt, codes, _ = network(seen)
        apart = degrees_apart(loss.space.numbers(rebuilt), numbers)
        hands = (loss.places(rebuilt) - loss.places(seen)).norm(dim=-1)[..., [1, 3]]
    used = [len(codes[..., group].unique()) for group in range(codes.shape[-1])]
    return (
        f"{apart.mean():.2f} degrees, arms {apart[..., 3:11].mean():.2f}, fingers {apart[..., 11:].mean():.2f}, "
        f"hands {100 * hands.mean():.2f} cm, codes in use {used}"
    )


def train_autoencoder(
    data: Path, motion: Motion, path: Path, minutes: float, *, rate: float = 3e-3, seed: int = 0,
    start: PQVAE | None = None,
) -> PQVAE:  # fmt: skip
    """Train, or go on training, and return the autoencoder.

    Parameters
    ----------
    data : Path
        The folder of the training data.
    motion : Motion
        Recordings to learn from.
    path : Path
        The checkpoint.
    start : PQVAE, optional
        What to begin as; its codes are of use from the first step.
    """
    torch.manual_seed(seed)
    network = start or new_autoencoder()
    if start is not None:
        start.vq_layer.remember_books(_USED)
    run = Run(network, Schedule(minutes, rate, seed=seed, average=0.99), path)
    loss = MotionLoss(motion.space)
    held_out = _evenly(clip_motion(load_clips(data, "held_out", mirrored=False)), _MEASURED)
    seen = _evenly(motion.clips, _MEASURED) if motion.corpus is None else motion.draw_corpus(_MEASURED)

    def step(generator: torch.Generator) -> Tensor:
        windows = augmented(motion.draw(BATCH, int(np.ceil(WINDOW * _LONGER)), generator), generator)
        quantised = 1.0 if start else min(1.0, max(0.0, (run.steps - _PLAIN) / (_QUANTISED - _PLAIN)))
        return autoencoder_loss(network, loss, motion.space.seen(windows), quantised)

    def measure() -> str:
        return f"held out {figures(network, loss, held_out)}; seen {figures(network, loss, seen)}"

    run.train(step, measure)
    return network


def _evenly(stretch: Tensor, count: int) -> Tensor:
    """Return (count, 176, 246) windows spread over (N, 246) frames."""
    starts = np.linspace(0, len(stretch) - WINDOW, count).astype(int)
    return torch.stack([stretch[start : start + WINDOW] for start in starts])
