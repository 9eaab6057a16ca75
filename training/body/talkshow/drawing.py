"""Second stage: what hears the speech and draws the codes of body and hands, one after the other.

Cross entropy over both columns as published (Yi et al., CVPR 2023, section 3.4); the motion codes are fixed by now, and
the recordings are read as tokens once, from different frames on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from ....inference.body.sampled.networks import GestureNetworks
from ....models.talkshow.body.vqvae import FRAMES_PER_TOKEN
from ..windows import Recordings
from .codes import PARTS, STARTED, columns
from .schedule import Schedule

ROWS = 32
BATCH = 6
RATE = 2e-3

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class TokenGrids:
    """Recordings as tokens."""

    tokens: list[npt.NDArray[np.int16]]
    """Per offset 0..3: (R, 2) body and hands, stretch after stretch."""
    first_frame: list[Ints]
    """Per offset: (R,) the frame a row starts at."""
    stretch: list[Ints]
    """Per offset: (R,) which stretch a row is of."""
    recordings: Recordings

    def draw(self, count: int, rows: int, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Return random grids: (B, rows, 2) tokens, (B, 4 rows, F) features and (B,) styles."""
        tokens, features, styles = [], [], []
        while len(tokens) < count:
            offset = int(rng.integers(len(self.tokens)))
            start = int(rng.integers(0, len(self.tokens[offset]) - rows + 1))
            if self.stretch[offset][start] != self.stretch[offset][start + rows - 1]:
                continue
            frame = self.first_frame[offset][start]
            tokens.append(self.tokens[offset][start : start + rows])
            features.append(self.recordings.features[frame : frame + FRAMES_PER_TOKEN * rows])
            styles.append(self.recordings.style[self.stretch[offset][start]])
        return (
            torch.from_numpy(np.stack(tokens).astype(np.int64)),
            torch.from_numpy(np.stack(features).astype(np.float32)),
            torch.tensor(styles),
        )


@torch.no_grad()
def read_tokens(networks: GestureNetworks, recordings: Recordings, offsets: int = FRAMES_PER_TOKEN) -> TokenGrids:
    """Return recordings as tokens of the two motion codes, at the first so many offsets."""
    tokens, first_frame, stretch = [], [], []
    for offset in range(offsets):
        rows, frames, which = [], [], []
        for number, (start, stop) in enumerate(zip(recordings.starts[:-1], recordings.starts[1:], strict=True)):
            count = (stop - start - offset) // FRAMES_PER_TOKEN
            if count < 1:
                continue
            first = start + offset
            motion = torch.from_numpy(recordings.motion[first : first + FRAMES_PER_TOKEN * count].astype(np.float32))
            parts = [
                networks.codes(part).encode(networks.seen(part, motion[None, :, columns(part)]))[0] for part in PARTS
            ]
            rows.append(torch.stack(parts, 1).numpy().astype(np.int16))
            frames.append(first + FRAMES_PER_TOKEN * np.arange(count))
            which.append(np.full(count, number))
        tokens.append(np.concatenate(rows))
        first_frame.append(np.concatenate(frames))
        stretch.append(np.concatenate(which))
    return TokenGrids(tokens, first_frame, stretch, recordings)


def drawing_loss(networks: GestureNetworks, tokens: Tensor, features: Tensor, styles: Tensor) -> Tensor:
    """Return the mean cross entropy of (B, R, 2) tokens, in nats."""
    logits = networks.draw(tokens, styles, networks.audio(features))
    return functional.cross_entropy(logits.flatten(0, 2), tokens.flatten())


@torch.no_grad()
def begin(networks: GestureNetworks, grids: TokenGrids) -> None:
    """Let codes that move alike begin alike, at the input and at the output, and each as likely as it is."""
    draw = networks.draw
    torch.manual_seed(0)
    codes = torch.cat([_standardised(networks.codes(part).vq_layer.embeddings) for part in PARTS], 1)
    begun = min(codes.shape[1], draw.config.dim)
    draw.embedding.weight[:, :begun] = 0.5 * codes[:, :begun]
    last = draw.output_conv[2]
    assert isinstance(last, nn.Conv2d)
    assert last.bias is not None
    spread = last.weight.std()
    mixed = codes @ torch.randn(codes.shape[1], draw.config.hidden) / codes.shape[1] ** 0.5
    last.weight.copy_((spread * mixed)[:, :, None, None])
    seen = np.bincount(grids.tokens[0].ravel().astype(np.int64), minlength=draw.config.codes) + 1.0
    last.bias.copy_(torch.from_numpy(np.log(seen / seen.sum())).float())


def _standardised(codes: Tensor) -> Tensor:
    return (codes - codes.mean(0)) / codes.std().clamp_min(1e-3)


def train_drawing(networks: GestureNetworks, grids: TokenGrids, run: Schedule, *, started: bool = False) -> None:
    """Train the audio encoder and the autoregressive model in place until their time is over.

    Those that have ``started`` to learn before begin as they are, and learn more slowly.
    """
    rate = RATE * (STARTED if started else 1.0)
    modules = {"audio": networks.audio, "draw": networks.draw}
    parameters = [parameter for module in modules.values() for parameter in module.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=rate)
    if not run.resume(modules, optimiser) and not started:
        begin(networks, grids)
    while run.goes_on():
        rng = np.random.default_rng((run.seed, run.step))
        torch.manual_seed(run.seed * 1_000_003 + run.step)
        for module in modules.values():
            module.train()
        run.set_rate(optimiser, rate)
        loss = drawing_loss(networks, *grids.draw(BATCH, ROWS, rng))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
        run.advance(float(loss.detach()), modules, optimiser)
    networks.eval()


@torch.no_grad()
def held_out_loss(networks: GestureNetworks, grids: TokenGrids, *, shuffled: bool = False, count: int = 64) -> float:
    """Return the cross entropy of fixed grids; ``shuffled`` gives every grid another one's speech and wishes."""
    networks.eval()
    tokens, features, styles = grids.draw(count, ROWS, np.random.default_rng(11))
    if shuffled:
        features = features.roll(1, 0)
    return float(drawing_loss(networks, tokens, features, styles))
