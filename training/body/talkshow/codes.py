"""First stage: the two vector-quantised motion codes.

Losses as published (Yi et al., CVPR 2023, section 3.3): L1 of the motion and of its velocity, and the commitment;
Adam. Small batches of short windows: on few cores many steps
teach more than large ones. What is added, without which a short training ends with a few poses: the network begins as
the principal components of the motion (``begin_linear``), the codebook where its outputs are, and codes that nobody
uses are put there again.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ....inference.body.sampled.networks import BODY_NUMBERS, GestureNetworks
from ....inference.body.upper_body import from_six
from ....models.talkshow.body.vqvae import FRAMES_PER_TOKEN, VQVAE
from ..windows import Recordings, draw_windows
from .linear_start import begin_linear
from .schedule import Schedule

FRAMES = 64
BATCH = 16
RATE = 1e-3
STARTED = 1 / 3
"""Of a stage's rate, for networks that have learnt before."""
PARTS: tuple[str, ...] = ("body", "hands")


class Range(torch.nn.Module):
    """A part's mean and spread, to be kept with its code."""

    def __init__(self, networks: GestureNetworks, part: str) -> None:
        super().__init__()
        self.register_buffer("centre", networks.get_buffer(f"{part}_centre"))
        self.register_buffer("scale", networks.get_buffer(f"{part}_scale"))


def columns(part: str) -> slice:
    """Return where a part's numbers are among the 246."""
    return slice(0, BODY_NUMBERS) if part == "body" else slice(BODY_NUMBERS, None)


def code_loss(codes: VQVAE, motion: Tensor) -> Tensor:
    """Return the published loss of (B, T, D) motion."""
    out = codes(motion)
    still = functional.l1_loss(out.motion, motion)
    moving = functional.l1_loss(out.motion.diff(dim=1), motion.diff(dim=1))
    return still + moving + out.commitment


@torch.no_grad()
def place_codes(codes: VQVAE, motion: Tensor, rounds: int = 12, *, afresh: bool = True) -> None:
    """Put the codebook where the encoder's outputs of (B, T, D) motion lie: k-means, begun at random ones.

    Codes that are not placed ``afresh`` begin where they are and keep their numbers, as far as they are of use.
    """
    vectors = codes.encoder(motion.transpose(1, 2)).transpose(1, 2).flatten(0, 1)
    layer, count = codes.vq_layer, codes.config.codes
    if afresh:
        layer.embeddings.copy_(vectors[torch.randint(len(vectors), (count,))])
    sizes = torch.ones(count)
    for _ in range(rounds):
        nearest = layer.tokens_of(vectors)
        sizes = torch.bincount(nearest, minlength=count).to(vectors.dtype)
        sums = torch.zeros_like(layer.embeddings).index_add_(0, nearest, vectors)
        used = sizes > 0
        layer.embeddings[used] = sums[used] / sizes[used, None]
        layer.embeddings[~used] = vectors[torch.randint(len(vectors), (int((~used).sum()),))]
    # The averages begin at what a batch uses of every code.
    share = (sizes / sizes.sum()).clamp_min(0.2 / count) * BATCH * (FRAMES // FRAMES_PER_TOKEN)
    layer.ema_cluster_size.hidden.copy_(share)
    layer.ema_dw.hidden.copy_(layer.embeddings * share[:, None])


def train_codes(
    networks: GestureNetworks, part: str, sources: list[tuple[Recordings, float]], run: Schedule,
    *, started: bool = False,
) -> None:  # fmt: skip
    """Train one motion code in place until its time is over.

    Parameters
    ----------
    part : str
        One of :data:`PARTS`.
    sources : list
        Recordings and the share of every batch that comes from them.
    run : Schedule
        Time, learning rate and where the state is kept.
    started : bool
        The code has learnt before: it begins as it is, its codes put where this motion is, and learns more slowly.
    """
    rate = RATE * (STARTED if started else 1.0)
    codes = networks.codes(part)
    optimiser = torch.optim.Adam(codes.parameters(), lr=rate)
    kept = {"codes": codes, "range": Range(networks, part)}
    if not run.resume(kept, optimiser):
        first = _motion(part, sources, np.random.default_rng(run.seed), 100 * BATCH)
        if started:
            place_codes(codes.eval(), networks.seen(part, first), afresh=False)
        else:
            begin(networks, part, first)
    for average in (codes.vq_layer.ema_dw, codes.vq_layer.ema_cluster_size):
        average.steps = run.step
    while run.goes_on():
        rng = np.random.default_rng((run.seed, run.step))
        torch.manual_seed(run.seed * 1_000_003 + run.step)
        seen = networks.seen(part, _motion(part, sources, rng, BATCH))
        run.set_rate(optimiser, rate)
        codes.train()
        loss = code_loss(codes, seen)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(codes.parameters(), 5.0)
        optimiser.step()
        run.advance(float(loss.detach()), kept, optimiser)
    codes.eval()


def _motion(part: str, sources: list[tuple[Recordings, float]], rng: np.random.Generator, count: int) -> Tensor:
    motion = [
        draw_windows(recordings, round(count * share), FRAMES, rng).motion[..., columns(part)]
        for recordings, share in sources
    ]
    return torch.from_numpy(np.concatenate(motion))


def begin(networks: GestureNetworks, part: str, motion: Tensor) -> None:
    """Set a motion code up for (B, T, D) numbers: their mean and spread, a linear network, codes where it leads."""
    flat = motion.flatten(0, 1)
    networks.get_buffer(f"{part}_centre").copy_(flat.mean(0))
    networks.get_buffer(f"{part}_scale").copy_(flat.var(0).mean().sqrt().clamp_min(1e-3))
    seen = networks.seen(part, motion)
    torch.manual_seed(0)
    begin_linear(networks.codes(part), seen)
    place_codes(networks.codes(part).eval(), seen)


@torch.no_grad()
def code_error(networks: GestureNetworks, part: str, recordings: Recordings, count: int = 32) -> tuple[float, float]:
    """Return the mean angle in degrees between joints as recorded and as decoded, and the share of codes in use."""
    codes = networks.codes(part).eval()
    windows = draw_windows(recordings, count, FRAMES, np.random.default_rng(7)).motion[..., columns(part)]
    tokens = codes.encode(networks.seen(part, torch.from_numpy(windows)))
    decoded = networks.shown(part, codes.decode(tokens)).numpy()
    shape = (*windows.shape[:2], -1, 6)
    error = angles_between(windows.reshape(shape), decoded.reshape(shape))
    return float(np.degrees(error.mean())), len(tokens.unique()) / codes.config.codes


def angles_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return (...) radians between rotations given as (..., 6)."""
    from ....inference.rotation import axis_angle_to_quaternion

    a, b = (axis_angle_to_quaternion(from_six(six)) for six in (first, second))
    return 2 * np.arccos(np.clip(np.abs((a * b).sum(-1)), 0, 1))
