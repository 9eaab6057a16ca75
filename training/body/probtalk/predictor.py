"""Second stage: the masked transformer that guesses the autoencoder's tokens from speech, style and known motion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ....inference.body.masked.networks import HEARD, NO_STYLE, SEATED
from ....inference.gestures.settings import STYLES
from ....models.probtalk.pq_vae import PQVAE
from ....models.probtalk.predictor import Predictor, PredictorConfig
from ..windows import Recordings, draw_windows
from .budget import Run, Schedule
from .known import hidden_tokens, known_frames
from .motion import AXES, WINDOW, MotionSpace

CONFIG = PredictorConfig(
    in_dim=AXES, audio_in=HEARD, audio_width=96, motion_width=32, width=160, layers=5, heads=5, feed_forward=480,
    classes=NO_STYLE + 1, positions=64, dropout=0.0, aligned=True,
    text_encoder=False,
)  # fmt: skip
BATCH = 12
_UNTOLD = 0.12
"""Share of the windows that learn without speech, conditions and style."""
_MEASURED = 48
_LISTENING_HEADS, _SHARPNESS = 2, 3.0
_LOUD = 0.003


def new_predictor() -> Predictor:
    """Return a predictor whose tokens listen to their own instant from the start."""
    network = Predictor(CONFIG)
    listen_at_own_instant(network)
    return network


@torch.no_grad()
def listen_at_own_instant(network: Predictor) -> None:
    """Let two heads of every layer compare positions as they are, so that a token attends to the speech of its time.

    Left to find that out, attention to the condition stays spread over the whole window for thousands of steps: style
    and posture get through, accents do not.
    """
    width, reach = network.config.width, _LISTENING_HEADS * network.config.width // network.config.heads
    for layer in network.Predictor.decoder.transformer_decoder.layers:
        attention = layer.multihead_attn
        assert isinstance(attention, nn.MultiheadAttention)
        for first in (0, width):
            attention.in_proj_weight[first : first + reach] = _SHARPNESS * torch.eye(width)[:reach]
            attention.in_proj_bias[first : first + reach] = 0


class Lessons:
    """Windows of the corpus with their tokens."""

    def __init__(self, corpus: Recordings, vq: PQVAE, space: MotionSpace) -> None:
        self.corpus, self.vq, self.space = corpus, vq.eval().requires_grad_(False), space

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return (B, T, K) motion, (B, S, groups) codes, (B, T, 17) features and (B,) labels."""
        rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
        windows = draw_windows(self.corpus, count, WINDOW, rng)
        motion = self.space.seen(torch.from_numpy(windows.motion))
        heard = torch.cat([torch.from_numpy(windows.features), torch.ones(count, WINDOW, 1)], -1)
        style = torch.from_numpy(windows.style) + len(STYLES) * (heard[:, 0, SEATED] > 0.5).long()
        heard[..., SEATED] = 0
        with torch.no_grad():
            codes = self.vq.encode(motion)
        return motion, codes, heard, style


def untold(heard: Tensor, style: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return features and styles with some windows told nothing."""
    without = torch.rand(len(heard), generator=generator) < _UNTOLD
    return heard * ~without[:, None, None], torch.where(without, NO_STYLE, style)


def predictor_loss(
    network: Predictor, motion: Tensor, codes: Tensor, heard: Tensor, style: Tensor, generator: torch.Generator
) -> Tensor:
    """Return the mean cross entropy in nats of the hidden tokens, plus what loud features of the speech cost.

    The audio encoder's blocks add a path that nothing normalises. Left alone it grows a hundredfold for the channels
    that matter most, and attention to it no longer tells the others apart.
    """
    known = known_frames(len(motion), motion.shape[1], generator)
    tokens = codes.flatten(1)
    hidden = hidden_tokens(known, network.config.groups, generator)
    given = tokens.masked_fill(hidden, network.config.mask_id)
    audio = network.AudEnc(heard)
    logits = network.logits(given, network.Predictor.condition(motion, known.float(), audio), style)
    return functional.cross_entropy(logits[hidden], tokens[hidden]) + _LOUD * audio.square().mean()


def train_predictor(
    corpus: Recordings, held_out: Recordings, vq: PQVAE, space: MotionSpace, path: Path, minutes: float,
    *, rate: float = 1e-3, seed: int = 0, start: Predictor | None = None,
) -> Predictor:  # fmt: skip
    """Train, or go on training, and return the predictor.

    Parameters
    ----------
    corpus, held_out : Recordings
        Gestures over speech, to learn from and to measure on.
    vq : PQVAE
        The first stage's; it stays as it is.
    path : Path
        The checkpoint.
    start : Predictor, optional
        What to begin as.
    """
    torch.manual_seed(seed)
    network = start or new_predictor()
    lessons, tests = Lessons(corpus, vq, space), Lessons(held_out, vq, space)

    def step(generator: torch.Generator) -> Tensor:
        motion, codes, heard, style = lessons.draw(BATCH, generator)
        heard, style = untold(heard, style, generator)
        return predictor_loss(network, motion, codes, heard, style, generator)

    def measure() -> str:
        results = []
        for other in (False, True):
            generator = torch.Generator().manual_seed(1)
            motion, codes, heard, style = tests.draw(_MEASURED, generator)
            if other:
                heard = heard.roll(7, 0)
            with torch.inference_mode():
                results.append(float(predictor_loss(network, motion, codes, heard, style, generator)))
        return f"held out {results[0]:.3f} nats, with other windows' speech {results[1]:.3f}"

    Run(network, Schedule(minutes, rate, seed=seed), path).train(step, measure)
    return network
