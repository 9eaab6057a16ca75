"""Train the lips: the head on the frozen encoder first, then both together, gently."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ...models.face.network import FaceNetwork
from .examples import Example
from .losses import Labels, LossWeights, face_loss


@dataclass(frozen=True)
class TrainSettings:
    """Everything that decides a training run apart from the examples."""

    seed: int = 0
    batch_seconds: float = 40.0
    head_epochs: float = 1
    head_rate: float = 2e-3
    joint_epochs: float = 5
    joint_rate: float = 1.5e-3
    encoder_rate: float = 4e-4
    first_block: int = 2
    """Encoder blocks from here on are trained; those below keep the vendored weights."""
    weight_decay: float = 0.02
    average: float = 0.0
    """Decay of the running mean of the weights, which is what is kept at the end."""
    weights: LossWeights = field(default_factory=LossWeights)


def batches(examples: list[Example], seconds: float, rng: np.random.Generator) -> Iterator[list[int]]:
    """Yield index lists of about ``seconds`` of audio each, similar lengths together, in random order."""
    jitter = rng.uniform(0.9, 1.1, len(examples))
    order = np.argsort([example.frames * j for example, j in zip(examples, jitter, strict=True)])
    groups, group, total = [], [], 0.0
    for index in order:
        group.append(int(index))
        total += examples[index].frames * 0.02
        if total >= seconds:
            groups.append(group)
            group, total = [], 0.0
    if group:
        groups.append(group)
    for index in rng.permutation(len(groups)):
        yield groups[index]


def collate(chosen: list[Example]) -> tuple[Tensor, Tensor, Labels]:
    """Return padded samples (B, n), lengths (B,) and labels."""
    lengths = torch.tensor([len(example.samples) for example in chosen])
    longest = int(lengths.max())
    frames = longest // 320 + 1
    samples = torch.zeros(len(chosen), longest)
    geometry = torch.full((len(chosen), frames, chosen[0].geometry.shape[1]), float("nan"))
    closure = torch.full((len(chosen), frames), float("nan"))
    visemes = torch.full((len(chosen), frames), -1, dtype=torch.long)
    for row, example in enumerate(chosen):
        samples[row, : len(example.samples)] = torch.from_numpy(example.samples.astype(np.float32) / 32767)
        geometry[row, : example.frames] = torch.from_numpy(example.geometry.astype(np.float32))
        closure[row, : example.frames] = torch.from_numpy(example.closure.astype(np.float32))
        visemes[row, : example.frames] = torch.from_numpy(example.visemes.astype(np.int64))
    return samples, lengths, Labels(geometry, closure, visemes)


def encode(network: FaceNetwork, examples: list[Example], seconds: float = 60.0) -> list[Tensor]:
    """Return every example's hidden states, (T, blocks * width) fp16."""
    network.eval()
    hidden: list[Tensor] = [torch.empty(0)] * len(examples)
    with torch.inference_mode():
        for chosen in batches(examples, seconds, np.random.default_rng(0)):
            samples, lengths, _ = collate([examples[i] for i in chosen])
            states = torch.cat(network.encoder(samples, lengths), dim=-1).half()
            for row, index in enumerate(chosen):
                hidden[index] = states[row, : examples[index].frames].clone()
    return hidden


def predict(network: FaceNetwork, examples: list[Example]) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return every example's geometry (T, 5), closure logit (T,) and viseme logits (T, 14)."""
    network.eval()
    nothing = np.empty(0)
    results = [(nothing, nothing, nothing)] * len(examples)
    with torch.inference_mode():
        for chosen in batches(examples, 60.0, np.random.default_rng(0)):
            samples, lengths, _ = collate([examples[i] for i in chosen])
            output = network(samples, lengths)
            for row, index in enumerate(chosen):
                frames = examples[index].frames
                results[index] = (
                    output.geometry[row, :frames].numpy().copy(),
                    output.closure[row, :frames].numpy().copy(),
                    output.visemes[row, :frames].numpy().copy(),
                )
    return results


def train(
    network: FaceNetwork, examples: list[Example], settings: TrainSettings, report: Callable[[str], None] = print
) -> None:
    """Train in place: the head alone on the encoder's cached hidden states, then with the encoder's upper blocks.

    The blocks below ``first_block`` stay as vendored, so that their states are computed once.
    """
    rng = np.random.default_rng(settings.seed)
    torch.manual_seed(settings.seed)
    started = time.perf_counter()
    hidden = encode(network, examples)
    report(f"encoded {len(examples)} examples in {time.perf_counter() - started:.0f} s")
    network.train()
    head = [p for name, p in network.head.named_parameters() if not name.startswith("directed.")]
    upper = list(network.encoder.blocks[settings.first_block :].parameters())
    if settings.head_epochs:
        groups = [{"params": head, "lr": settings.head_rate}]
        _run_stage(
            network, examples, hidden, settings, groups, settings.head_epochs, len(network.encoder.blocks), rng, report
        )
    if settings.joint_epochs:
        groups = [{"params": head, "lr": settings.joint_rate}, {"params": upper, "lr": settings.encoder_rate}]
        _run_stage(
            network, examples, hidden, settings, groups, settings.joint_epochs, settings.first_block, rng, report
        )
    network.eval()


def _run_stage(
    network: FaceNetwork,
    examples: list[Example],
    hidden: list[Tensor],
    settings: TrainSettings,
    groups: list[dict[str, Any]],
    epochs: float,
    first: int,
    rng: np.random.Generator,
    report: Callable[[str], None],
) -> None:
    """Train the given parameters; encoder blocks below ``first`` come from the cached states."""
    started = time.perf_counter()
    optimizer = torch.optim.AdamW(groups, weight_decay=settings.weight_decay)
    count = sum(1 for _ in batches(examples, settings.batch_seconds, np.random.default_rng(0)))
    steps = max(1, round(count * epochs))
    rates = [group["lr"] for group in groups]
    # Batches are formed by length with some jitter, so an epoch may have a few more than counted.
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=steps + 2, pct_start=0.1)
    trained = nn.ModuleList([network.head, *network.encoder.blocks[first:]])
    average = AveragedModel(trained, multi_avg_fn=get_ema_multi_avg_fn(settings.average), use_buffers=True)
    step, total, seen = 0, 0.0, 0
    while step < steps:
        for chosen in batches(examples, settings.batch_seconds, rng):
            _, lengths, labels = collate([examples[i] for i in chosen])
            states = nn.utils.rnn.pad_sequence([hidden[i] for i in chosen], batch_first=True).float()
            below = list(states.chunk(network.config.encoder.blocks, dim=-1))[:first]
            above = (
                network.encoder.continue_from(below[-1], lengths, first) if first < len(network.encoder.blocks) else []
            )
            keep = (torch.arange(states.shape[1])[None] <= (lengths // 320)[:, None])[..., None].float()
            features = network.head.listen(below + above, keep)
            loss = face_loss(network.head.speak(features), labels, network.head.get_buffer("scale"), settings.weights)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([p for group in groups for p in group["params"]], 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(trained)
            total, seen, step = total + loss.item(), seen + 1, step + 1
            if step % 50 == 0 or step >= steps:
                report(f"step {step}/{steps} loss {total / seen:.4f} {time.perf_counter() - started:.0f} s")
                total, seen = 0.0, 0
            if step >= steps:
                break
    trained.load_state_dict(average.module.state_dict())
