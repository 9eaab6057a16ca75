"""First stage: the two vector-quantised motion codes.

Losses as published (Yi et al., CVPR 2023, section 3.3): L1 of the motion and of its velocity, and the commitment;
Adam. Small batches of short windows: on few cores many steps
teach more than large ones. Vectors of the codebooks that nobody uses are put where the motion is, without which a short
training leaves most of them idle.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ....inference.sampled_networks import BODY_NUMBERS, GestureNetworks
from ....inference.upper_body import from_six
from ....models.talkshow.body.vqvae import VQVAE
from ..windows import Recordings, draw_windows
from .schedule import Schedule

FRAMES = 64
BATCH = 16
RATE = 3e-3
PARTS: tuple[str, ...] = ("body", "hands")


def columns(part: str) -> slice:
    """Return where a part's numbers are among the 246."""
    return slice(0, BODY_NUMBERS) if part == "body" else slice(BODY_NUMBERS, None)


def code_loss(codes: VQVAE, motion: Tensor) -> Tensor:
    """Return the published loss of (B, T, D) motion."""
    out = codes(motion)
    still = functional.l1_loss(out.motion, motion)
    moving = functional.l1_loss(out.motion.diff(dim=1), motion.diff(dim=1))
    return still + moving + out.commitment


def train_codes(networks: GestureNetworks, part: str, sources: list[tuple[Recordings, float]], run: Schedule) -> None:
    """Train one motion code in place until its time is over.

    Parameters
    ----------
    part : str
        One of :data:`PARTS`.
    sources : list
        Recordings and the share of every batch that comes from them.
    run : Schedule
        Time, learning rate and where the state is kept.
    """
    codes = networks.codes(part)
    optimiser = torch.optim.Adam(codes.parameters(), lr=RATE)
    run.resume({"codes": codes}, optimiser)
    for average in (codes.vq_layer.ema_dw, codes.vq_layer.ema_cluster_size):
        average.steps = run.step
    while run.goes_on():
        rng = np.random.default_rng((run.seed, run.step))
        torch.manual_seed(run.seed * 1_000_003 + run.step)
        motion = [
            draw_windows(recordings, round(BATCH * share), FRAMES, rng).motion[..., columns(part)]
            for recordings, share in sources
        ]
        run.set_rate(optimiser, RATE)
        codes.train()
        loss = code_loss(codes, networks.seen(part, torch.from_numpy(np.concatenate(motion))))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(codes.parameters(), 5.0)
        optimiser.step()
        run.advance(float(loss.detach()), {"codes": codes}, optimiser)
    codes.eval()


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
