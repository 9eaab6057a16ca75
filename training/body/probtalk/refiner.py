"""Third stage: the refiner, which takes the quantisation's steps out of decoded motion."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from ....inference.body.masked.networks import HEARD, NO_STYLE
from ....models.probtalk.pq_vae import PQVAE
from ....models.probtalk.refiner import Refiner, RefinerConfig
from ..windows import Recordings
from .budget import Run, Schedule
from .known import known_frames
from .losses import MotionLoss, degrees_apart
from .motion import AXES, MotionSpace
from .predictor import Lessons, untold

CONFIG = RefinerConfig(
    in_dim=AXES, audio_in=HEARD, width=128, layers=3, heads=4, feed_forward=256, out_width=192, classes=NO_STYLE + 1,
    positions=256, dropout=0.0,
)  # fmt: skip
BATCH = 10
_NOISE = 0.05
_WRONG = 0.04
"""Share of the tokens replaced by random ones, since a predictor's are not always the best."""
_MEASURED = 32


def new_refiner() -> Refiner:
    """Return a refiner that corrects nothing yet: its output is added to what it is given."""
    network = Refiner(CONFIG)
    last = network.output_conv[-1]
    assert isinstance(last, nn.Conv1d)
    assert last.bias is not None
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return network


def refined(
    network: Refiner, vq: PQVAE, motion: Tensor, codes: Tensor, known: Tensor, heard: Tensor, style: Tensor
) -> Tensor:
    """Return (B, T, K) decoded and corrected motion; known frames go in as they are."""
    with torch.no_grad():
        given = torch.where(known[..., None], motion, vq.decode(codes))
        if network.training:
            given = given + _NOISE * torch.randn_like(given) * ~known[..., None]
    return given + network(given, known.float(), heard, style)


def refiner_loss(
    network: Refiner, loss: MotionLoss, vq: PQVAE, lesson: tuple[Tensor, Tensor, Tensor, Tensor],
    generator: torch.Generator,
) -> Tensor:  # fmt: skip
    """Return the loss of corrected motion on the frames that are not known."""
    motion, codes, heard, style = lesson
    heard, style = untold(heard, style, generator)
    known = known_frames(len(motion), motion.shape[1], generator)
    wrong = torch.rand(codes.shape, generator=generator) < _WRONG
    codes = torch.where(wrong, torch.randint(vq.config.codes, codes.shape, generator=generator), codes)
    return loss(refined(network, vq, motion, codes, known, heard, style), motion, known)


def train_refiner(
    corpus: Recordings, held_out: Recordings, vq: PQVAE, space: MotionSpace, path: Path, minutes: float,
    *, rate: float = 1e-3, seed: int = 0, start: Refiner | None = None,
) -> Refiner:  # fmt: skip
    """Train, or go on training, and return the refiner; see :func:`~.predictor.train_predictor`."""
    torch.manual_seed(seed)
    network, loss = start or new_refiner(), MotionLoss(space)
    lessons, tests = Lessons(corpus, vq, space), Lessons(held_out, vq, space)

    def step(generator: torch.Generator) -> Tensor:
        return refiner_loss(network, loss, vq, lessons.draw(BATCH, generator), generator)

    def measure() -> str:
        motion, codes, heard, style = tests.draw(_MEASURED, torch.Generator().manual_seed(1))
        known = torch.zeros(motion.shape[:2], dtype=torch.bool)
        with torch.inference_mode():
            decoded, better = vq.decode(codes), refined(network, vq, motion, codes, known, heard, style)
            parts = [_figures(loss, given, motion) for given in (better, decoded)]
        return f"held out {parts[0]}; not refined {parts[1]}"

    Run(network, Schedule(minutes, rate, seed=seed), path).train(step, measure)
    return network


def _figures(loss: MotionLoss, given: Tensor, wanted: Tensor) -> str:
    degrees = degrees_apart(loss.space.numbers(given), loss.space.numbers(wanted))[..., 3:11].mean()
    hands = (loss.places(given) - loss.places(wanted)).norm(dim=-1)[..., [1, 3]].mean()
    jerk = (
        loss.places(given).diff(n=3, dim=1).norm(dim=-1).mean()
        / loss.places(wanted).diff(n=3, dim=1).norm(dim=-1).mean()
    )
    return f"arms {degrees:.2f} degrees, hands {100 * hands:.2f} cm, jerk {jerk:.2f} of the recorded"
