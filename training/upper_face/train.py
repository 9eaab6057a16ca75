"""The two steps of training: the codec on motion alone, then the context model on codes and voice."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...inference.layers.speech_features import speech_features
from ...models.upper_face.network import UpperFaceNetwork
from .tracks import CHANNELS, TrackedClip

FRAMES = 74
"""Frames per example: an even number, so that codes fill it."""
_MIRRORED = [1, 0, 3, 2, 5, 4, 6, 7, 8, 9]
_SIGNS = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0]
assert len(_MIRRORED) == len(_SIGNS) == len(CHANNELS)


@dataclass(frozen=True)
class TrainSettings:
    """Everything that decides a training run apart from the clips."""

    seed: int = 0
    batch: int = 32
    codec_epochs: int = 40
    codec_rate: float = 2e-3
    velocity_weight: float = 2.0
    context_epochs: int = 30
    context_rate: float = 1.5e-3
    context_decay: float = 0.05
    word_dropout: float = 0.1
    """Share of the classes hidden from the context model while it learns, against learning clips by heart."""


def tensors(clips: list[TrackedClip]) -> tuple[Tensor, Tensor]:
    """Return motion (N, 74, channels) and features (N, 74, features) of the clips that are long enough."""
    long = [clip for clip in clips if len(clip.channels) >= FRAMES]
    motion = np.stack([clip.channels[:FRAMES] for clip in long])
    heard = np.stack([speech_features(clip.prosody, FRAMES) for clip in long])
    return torch.from_numpy(motion), torch.from_numpy(heard)


def mirrored(motion: Tensor) -> Tensor:
    """Return the motion of the face in a mirror."""
    return motion[..., _MIRRORED] * torch.tensor(_SIGNS)


def codec_loss(network: UpperFaceNetwork, motion: Tensor, temperature: float | None, velocity: float) -> Tensor:
    """Return the squared error of motion and of its speed, in deviations."""
    scale = network.get_buffer("scale")
    error = (network.decode(network.quantise(motion, temperature)) - motion) / scale
    return error.square().mean() + velocity * error.diff(dim=1).square().mean()


def context_loss(network: UpperFaceNetwork, code: Tensor, heard: Tensor, hidden: float) -> Tensor:
    """Return the mean cross entropy in nats per class."""
    given = code
    if hidden:
        given = code * (torch.rand(code.shape[:3]) > hidden)[..., None]
    scores = network.context(given, network.speech(heard))
    return functional.nll_loss(scores.flatten(0, 2), code.argmax(-1).flatten())


def train(
    network: UpperFaceNetwork,
    clips: list[TrackedClip],
    settings: TrainSettings,
    report: Callable[[str], None] = print,
    watched: list[TrackedClip] | None = None,
) -> None:
    """Train in place; ``watched`` clips are only measured."""
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    motion, heard = tensors(clips)
    motion, heard = torch.cat([motion, mirrored(motion)]), torch.cat([heard, heard])
    network.get_buffer("scale").copy_(motion.flatten(0, 1).std(0))
    test = tensors(watched) if watched else None
    started = time.perf_counter()
    _train_codec(network, motion, settings, rng, report, test)
    report(f"codec after {time.perf_counter() - started:.0f} s")
    _train_context(network, motion, heard, settings, rng, report, test)
    report(f"context after {time.perf_counter() - started:.0f} s")
    network.eval().requires_grad_(False)


def _train_codec(
    network: UpperFaceNetwork,
    motion: Tensor,
    settings: TrainSettings,
    rng: np.random.Generator,
    report: Callable[[str], None],
    test: tuple[Tensor, Tensor] | None,
) -> None:
    parameters = [*network.encoder.parameters(), *network.decoder.parameters()]
    steps = settings.codec_epochs * -(-len(motion) // settings.batch)
    optimizer = torch.optim.AdamW(parameters, settings.codec_rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.codec_rate, steps, pct_start=0.1)
    network.train()
    done, loss = 0, torch.zeros(())
    for epoch in range(settings.codec_epochs):
        for rows in np.array_split(rng.permutation(len(motion)), -(-len(motion) // settings.batch)):
            temperature = max(0.5, 2.0 * (1 - 1.2 * done / steps))
            loss = codec_loss(network, motion[rows], temperature, settings.velocity_weight)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            done += 1
        if test is not None and epoch % 10 == 9:
            network.eval()
            with torch.inference_mode():
                held = codec_loss(network, test[0], None, 0.0)
            network.train()
            report(f"codec {epoch + 1}: {loss.item():.3f}, unexplained on held-out clips {float(held):.3f}")


def _train_context(
    network: UpperFaceNetwork,
    motion: Tensor,
    heard: Tensor,
    settings: TrainSettings,
    rng: np.random.Generator,
    report: Callable[[str], None],
    test: tuple[Tensor, Tensor] | None,
) -> None:
    network.eval()
    with torch.inference_mode():
        code = network.quantise(motion, None)
        held = None if test is None else network.quantise(test[0], None)
    code = code.clone()
    parameters = [*network.speech.parameters(), *network.context.parameters()]
    count = -(-len(code) // settings.batch)
    steps = settings.context_epochs * count
    optimizer = torch.optim.AdamW(parameters, settings.context_rate, weight_decay=settings.context_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.context_rate, steps, pct_start=0.1)
    network.train()
    for epoch in range(settings.context_epochs):
        total = 0.0
        for rows in np.array_split(rng.permutation(len(code)), count):
            loss = context_loss(network, code[rows], heard[rows], settings.word_dropout)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() / count
        if test is not None and held is not None and epoch % 5 == 4:
            network.eval()
            with torch.inference_mode():
                own = float(context_loss(network, held, test[1], 0.0))
                other = float(context_loss(network, held, test[1].roll(7, 0), 0.0))
            network.train()
            report(f"context {epoch + 1}: {total:.3f}; held out {own:.3f} nats, with other clips' voices {other:.3f}")
