"""Train the directed head: what is heard stays as learnt, faces learn to feel.

Every batch is spoken with emotions drawn at random, and half of it again with the emotions exchanged between its clips:
the expressions have to change, the lips have to say the same. The exchange is EMOTE's (Danecek et al. 2023).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ...models.face.directed import DirectedHead
from ...models.face.network import FaceHead, FaceNetwork
from .emotions import draw_emotions, expression_loss, expression_targets
from .examples import Example
from .losses import Labels, LossWeights, face_loss
from .train import batches, collate

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DirectionSettings:
    """Everything that decides the training of the directed head apart from the examples."""

    seed: int = 0
    batch_seconds: float = 40.0
    epochs: float = 3
    rate: float = 1.5e-3
    weight_decay: float = 0.01
    average: float = 0.99
    """Decay of the running mean of the weights, which is what is kept at the end."""
    expression: float = 6.0
    """Weight of the expression."""
    exchange: float = 1.0
    """Weight of lips that say the same with another emotion."""
    weights: LossWeights = field(default_factory=LossWeights)


def hear(network: FaceNetwork, examples: list[Example]) -> list[Tensor]:
    """Return what the trained network hears in every example, (T, width) fp16."""
    network.eval()
    heard: list[Tensor] = [torch.empty(0)] * len(examples)
    with torch.inference_mode():
        for chosen in batches(examples, 60.0, np.random.default_rng(0)):
            samples, lengths, _ = collate([examples[i] for i in chosen])
            hidden = network.encoder(samples, lengths)
            features = network.head.listen(hidden, _kept(hidden[0].shape[1], lengths)).half()
            for row, index in enumerate(chosen):
                heard[index] = features[row, : examples[index].frames].clone()
    return [states.clone() for states in heard]


def _kept(frames: int, lengths: Tensor) -> Tensor:
    return (torch.arange(frames)[None] <= (lengths // 320)[:, None])[..., None].float()


def train_direction(
    network: FaceNetwork,
    examples: list[Example],
    settings: DirectionSettings,
    report: Callable[[str], None] = print,
) -> None:
    """Train the network's directed head in place; everything else stays as it is."""
    head = network.head
    assert head.directed is not None
    rng = np.random.default_rng(settings.seed)
    torch.manual_seed(settings.seed)
    started = time.perf_counter()
    heard = hear(network, examples)
    report(f"heard {len(examples)} examples in {time.perf_counter() - started:.0f} s")
    count = sum(1 for _ in batches(examples, settings.batch_seconds, np.random.default_rng(0)))
    steps = max(1, round(count * settings.epochs))
    optimizer = torch.optim.AdamW(head.directed.parameters(), settings.rate, weight_decay=settings.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.rate, total_steps=steps + 2, pct_start=0.1)
    average = AveragedModel(head.directed, multi_avg_fn=get_ema_multi_avg_fn(settings.average), use_buffers=True)
    head.directed.train()
    step, total, seen = 0, 0.0, 0
    while step < steps:
        for chosen in batches(examples, settings.batch_seconds, rng):
            picked = [examples[i] for i in chosen]
            _, lengths, labels = collate(picked)
            features = nn.utils.rnn.pad_sequence([heard[i] for i in chosen], batch_first=True).float()
            kept = _kept(features.shape[1], lengths)
            loss = _loss(head, features, kept, labels, _prosody(picked, features.shape[1]), settings, rng)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(head.directed.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(head.directed)
            total, seen, step = total + loss.item(), seen + 1, step + 1
            if step % 50 == 0 or step >= steps:
                report(f"direction: step {step}/{steps} loss {total / seen:.4f} {time.perf_counter() - started:.0f} s")
                total, seen = 0.0, 0
            if step >= steps:
                break
    assert isinstance(average.module, DirectedHead)
    head.directed.load_state_dict(average.module.state_dict())
    network.eval()


def _prosody(chosen: list[Example], frames: int) -> tuple[Doubles, Doubles]:
    """Return accents and the mouth's room, each (B, T), padded."""
    accent, room = np.zeros((len(chosen), frames)), np.ones((len(chosen), frames))
    for row, example in enumerate(chosen):
        accent[row, : example.frames] = example.accent
        room[row, : example.frames] = example.room
    return accent, room


def _tensor(values: npt.NDArray[np.floating]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))


def _loss(
    head: FaceHead,
    features: Tensor,
    kept: Tensor,
    labels: Labels,
    prosody: tuple[Doubles, Doubles],
    settings: DirectionSettings,
    rng: np.random.Generator,
) -> Tensor:
    batch, frames = features.shape[:2]
    scale = head.get_buffer("scale")
    drawn = np.stack([draw_emotions(frames, rng) for _ in range(batch)])
    output = head.speak(features, _tensor(drawn))
    loss = face_loss(output, labels, scale, settings.weights)
    target = _tensor(expression_targets(drawn, *prosody))
    loss = loss + settings.expression * expression_loss(output.expression, target, kept)

    rows = rng.permutation(batch)[: max(1, batch // 2)]
    exchanged = drawn[np.roll(rows, 1)]
    other = head.speak(features[rows], _tensor(exchanged))
    target = _tensor(expression_targets(exchanged, prosody[0][rows], prosody[1][rows]))
    loss = loss + 0.5 * settings.expression * expression_loss(other.expression, target, kept[rows])
    same = ((output.geometry[rows] - other.geometry) / scale * kept[rows]).square().mean()
    return loss + settings.exchange * same
