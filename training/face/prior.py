"""The prior over faces in motion: FLINT's temporal VAE trained on tracked faces, at rest and with emotions laid over.

Danecek et al. 2023, "Emotional Speech-Driven Animation with Content-Emotion Disentanglement": a face in motion becomes
one latent for eight frames; its decoder then finishes what a network says about speech, so that it moves as faces do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from ...models.emote.flint import Flint, FlintConfig, kl_divergence
from ...models.face.network import GEOMETRY_SCALE
from .corpora import Clip, geometry_frames
from .emotions import EXPRESSION_NAMES, draw_emotions, expression_targets

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class PriorSettings:
    """Everything that decides the training of the prior apart from the tracks."""

    seed: int = 0
    steps: int = 400
    batch: int = 12
    frames: int = 128
    """Frames of 20 ms in a sequence."""
    rate: float = 2e-3
    divergence: float = 1e-5
    """Weight of the Kullback-Leibler divergence, summed over a latent's channels."""
    velocity: float = 1.0


def tracked_faces(clips: list[Clip]) -> list[Floats]:
    """Return the scaled mouth geometry of every tracked clip, (T, 5) every 20 ms.

    Frames in which no face was found repeat their neighbours.
    """
    faces = []
    for clip in clips:
        face = geometry_frames(clip) / np.array(GEOMETRY_SCALE, np.float32)
        known = np.isfinite(face).all(1)
        where = np.flatnonzero(known)
        faces.append(np.stack([np.interp(np.arange(len(face)), where, c[known]) for c in face.T], 1).astype(np.float32))
    return faces


def train_prior(
    faces: list[Floats], config: FlintConfig, settings: PriorSettings, report: Callable[[str], None] = print
) -> Flint:
    """Return the prior trained on tracked faces, two in three with a random emotion on top.

    Parameters
    ----------
    faces : list of (T, 5) arrays
        From :func:`tracked_faces`.
    """
    rng = np.random.default_rng(settings.seed)
    torch.manual_seed(settings.seed)
    prior = Flint(config)
    optimizer = torch.optim.AdamW(prior.parameters(), settings.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.rate, total_steps=settings.steps + 1, pct_start=0.1
    )
    started, total = time.perf_counter(), 0.0
    prior.train()
    for step in range(1, settings.steps + 1):
        target = torch.from_numpy(_draw(faces, settings, rng))
        decoded, mean, log_variance = prior(target)
        loss = functional.mse_loss(decoded, target) + 3 * functional.mse_loss(decoded[..., :1], target[..., :1])
        loss = loss + settings.velocity * functional.mse_loss(decoded.diff(dim=1), target.diff(dim=1))
        loss = loss + settings.divergence * kl_divergence(mean, log_variance)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(prior.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % 100 == 0:
            report(f"prior: step {step}/{settings.steps} loss {total / 100:.4f} {time.perf_counter() - started:.0f} s")
            total = 0.0
    return prior.eval()


def _draw(faces: list[Floats], settings: PriorSettings, rng: np.random.Generator) -> Floats:
    """Return (B, T, 5 + 14) sequences: tracked mouths, and emotions that nobody filmed, as the muscles make them."""
    frames = settings.frames
    chosen = [faces[index] for index in rng.integers(0, len(faces), settings.batch)]
    starts = [int(rng.integers(0, max(1, len(face) - frames))) for face in chosen]
    batch = np.stack(
        [
            np.pad(face[start : start + frames], ((0, max(0, frames - len(face))), (0, 0)), mode="edge")
            for face, start in zip(chosen, starts, strict=True)
        ]
    )
    weights = np.stack([draw_emotions(frames, rng) for _ in chosen])
    weights[rng.random(len(chosen)) < 1 / 3] = 0
    # Wide-open mouths stand for accents here: both come with loud vowels.
    accent = np.clip(batch[..., 0] / 2, 0, 1)
    return np.concatenate([batch, expression_targets(weights, accent, np.ones_like(accent))], -1)


def reconstruction(prior: Flint, faces: list[Floats]) -> float:
    """Return how well the prior's latents keep tracked mouths: the mean correlation of the aperture per clip."""
    silent = len(EXPRESSION_NAMES)
    correlations = []
    with torch.inference_mode():
        for face in faces:
            cut = np.pad(face[: len(face) // 8 * 8], ((0, 0), (0, silent)))
            back = prior.motion_decoder(prior.motion_encoder(torch.from_numpy(cut)[None])[0])[0].numpy()
            correlations.append(np.corrcoef(cut[:, 0], back[:, 0])[0, 1])
    return float(np.mean(correlations))
