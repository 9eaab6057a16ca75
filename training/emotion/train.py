"""Train the classifier, and measure it on speakers it never heard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from ...models.emotion.network import CLASSES, EmotionNetwork, EmotionNetworkConfig
from .examples import Examples, class_affect

HIGH_AROUSAL = ("happy", "fear", "disgusted", "angry")


@dataclass(frozen=True)
class TrainSettings:
    """Everything that decides a run apart from the examples."""

    seed: int = 0
    epochs: int = 40
    batch: int = 256
    rate: float = 2e-3
    weight_decay: float = 0.1
    affect_share: float = 2.0
    """Weight of valence and arousal against the classes."""
    smoothing: float = 0.05


@dataclass(frozen=True)
class Report:
    """How well the classifier does on windows it never heard."""

    confusion: npt.NDArray[np.int64]
    """(7, 7) true class by heard class."""
    arousal: float
    """Share of windows whose arousal is heard on the right side, high or low."""
    valence_r: float
    """Correlation of heard and true valence."""
    arousal_r: float
    """Correlation of heard and true arousal."""

    @property
    def accuracy(self) -> float:
        """Share of windows heard right."""
        return float(np.trace(self.confusion) / self.confusion.sum())

    @property
    def recall(self) -> float:
        """Unweighted average recall over the classes there are."""
        counts = self.confusion.sum(1)
        return float((np.diag(self.confusion)[counts > 0] / counts[counts > 0]).mean())


def train(examples: Examples, settings: TrainSettings, config: EmotionNetworkConfig | None = None) -> EmotionNetwork:
    """Return a classifier trained on the examples; every class counts alike, however many examples it has."""
    torch.manual_seed(settings.seed)
    order = np.random.default_rng(settings.seed)
    network = EmotionNetwork(config)
    network.get_buffer("mean").copy_(examples.statistics.mean(0))
    network.get_buffer("spread").copy_(examples.statistics.std(0).clamp_min(1e-3))
    counts = torch.bincount(examples.classes, minlength=len(CLASSES)).float()
    balance = (counts.sum() / len(CLASSES) / counts.clamp_min(1)).sqrt()
    optimizer = torch.optim.AdamW(network.parameters(), settings.rate, weight_decay=settings.weight_decay)
    steps = settings.epochs * -(-len(examples.classes) // settings.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.rate, total_steps=steps)
    network.train()
    for _ in range(settings.epochs):
        for chosen in torch.from_numpy(order.permutation(len(examples.classes))).split(settings.batch):
            output = network(examples.statistics[chosen])
            classes = examples.classes[chosen]
            loss = functional.cross_entropy(output.logits, classes, balance, label_smoothing=settings.smoothing)
            apart = (output.affect - examples.affect[chosen]).square().mean(1)
            loss = loss + settings.affect_share * (apart * balance[classes]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return network.eval()


def measure(heard: Tensor, affect: Tensor, examples: Examples) -> Report:
    """Return the figures of logits (N, 7) and valence and arousal (N, 2) against the truth."""
    confusion = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    np.add.at(confusion, (examples.classes.numpy(), heard.argmax(1).numpy()), 1)
    arousal = class_affect()[:, 1]
    loud = torch.tensor([name in HIGH_AROUSAL for name in CLASSES])
    middle = 0.5 * (arousal[loud].min() + arousal[~loud].max())
    right = (affect[:, 1] > middle) == loud[examples.classes]
    related = [float(np.corrcoef(affect[:, axis].numpy(), examples.affect[:, axis].numpy())[0, 1]) for axis in (0, 1)]
    return Report(confusion, float(right.float().mean()), *related)


def leave_one_speaker_out(
    training: Examples, plain: Examples, settings: TrainSettings
) -> tuple[Tensor, Tensor, dict[str, float]]:
    """Return logits (N, 7), affect (N, 2) of every plain example by a classifier that never heard its speaker.

    Also the accuracy per speaker. Speakers of ``training`` that ``plain`` lacks are always trained on.
    """
    logits = torch.zeros(len(plain.classes), len(CLASSES))
    affect = torch.zeros(len(plain.classes), 2)
    accuracy = {}
    for speaker in np.unique(plain.speakers):
        network = train(training.of(training.speakers != speaker), settings)
        here = plain.speakers == speaker
        with torch.inference_mode():
            output = network(plain.statistics[torch.from_numpy(here)])
        logits[here], affect[here] = output.logits, output.affect
        accuracy[str(speaker)] = float((output.logits.argmax(1) == plain.classes[here]).float().mean())
    return logits, affect, accuracy


def best_temperature(logits: Tensor, classes: Tensor) -> float:
    """Return the temperature at which the probabilities are as sure as they are right (Guo et al. 2017)."""
    grid = torch.arange(0.5, 4.0, 0.05)
    losses = torch.stack([functional.cross_entropy(logits / t, classes) for t in grid])
    return round(float(grid[losses.argmin()]), 2)
