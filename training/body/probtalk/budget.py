"""A training run of so many minutes that can be stopped at any time and goes on where it was."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

_SAVE_EVERY = 60.0  # seconds
_REPORT_EVERY = 120.0


@dataclass(frozen=True)
class Schedule:
    """How a run spends its minutes."""

    minutes: float
    rate: float
    """Highest learning rate: reached after ``warm`` steps, gone at the end, half a cosine between."""
    warm: int = 100
    seed: int = 0
    decay: float = 0.01
    """Of the weights (AdamW)."""
    average: float = 0.998
    """The share of the running average of the weights that each step keeps; the average is what is used later."""


@dataclass
class Run:
    """What a stopped run needs to go on."""

    network: nn.Module
    schedule: Schedule
    path: Path
    """The checkpoint: written aside and renamed."""
    steps: int = 0
    spent: float = 0.0
    """Seconds of training so far, over all runs."""
    averaged: dict[str, Tensor] = field(default_factory=dict)

    def train(
        self,
        loss: Callable[[torch.Generator], Tensor],
        measure: Callable[[], str],
        report: Callable[[str], None] = print,
    ) -> None:
        """Spend what is left of the minutes.

        Parameters
        ----------
        loss : callable
            Draws a batch with the given generator and returns its loss; called once a step.
        measure : callable
            Returns figures of held-out examples in words; called with the averaged weights in eval mode.
        """
        schedule = self.schedule
        optimizer = torch.optim.AdamW(
            self.network.parameters(), schedule.rate, betas=(0.9, 0.99), weight_decay=schedule.decay
        )
        generator = torch.Generator().manual_seed(schedule.seed)
        self._resume(optimizer, generator, report)
        total = 60 * schedule.minutes
        saved = told = self.spent
        mean = torch.zeros(())
        self.network.train()
        while self.spent < total:
            started = time.perf_counter()
            share = self.spent / total
            rate = schedule.rate * min(1.0, (self.steps + 1) / schedule.warm) * (0.5 + 0.5 * math.cos(math.pi * share))
            for group in optimizer.param_groups:
                group["lr"] = rate
            value = loss(generator)
            optimizer.zero_grad(set_to_none=True)
            value.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            optimizer.step()
            self.steps += 1
            self._average()
            mean = value.detach() if self.steps == 1 else 0.98 * mean + 0.02 * value.detach()
            self.spent += time.perf_counter() - started
            if self.spent - told > _REPORT_EVERY:
                told = self.spent
                report(
                    f"{self.spent / 60:.1f} min, {self.steps} steps: loss {float(mean):.4f}; {self._measured(measure)}"
                )
            if self.spent - saved > _SAVE_EVERY:
                saved = self.spent
                self._save(optimizer, generator)
        self._save(optimizer, generator)
        self.network.load_state_dict(self.best_state())
        self.network.eval()
        report(f"{self.spent / 60:.1f} min, {self.steps} steps, done: {measure()}")

    def best_state(self) -> dict[str, Tensor]:
        """Return the state with the running averages in place of the weights they are of."""
        return {**self.network.state_dict(), **self.averaged}

    def _average(self) -> None:
        # The average of few steps is of few steps: its memory grows with them.
        keep = min(self.schedule.average, (1 + self.steps) / (10 + self.steps))
        for name, weight in self.network.named_parameters():
            if name in self.averaged:
                self.averaged[name].lerp_(weight.detach(), 1 - keep)
            else:
                self.averaged[name] = weight.detach().clone()

    def _measured(self, measure: Callable[[], str]) -> str:
        state = {name: tensor.clone() for name, tensor in self.network.state_dict().items()}
        self.network.load_state_dict(self.best_state())
        self.network.eval()
        words = measure()
        self.network.load_state_dict(state)
        self.network.train()
        return words

    def _save(self, optimizer: torch.optim.Optimizer, generator: torch.Generator) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_suffix(".part")
        torch.save(
            {
                "network": self.network.state_dict(),
                "averaged": self.averaged,
                "optimizer": optimizer.state_dict(),
                "generator": generator.get_state(),
                "steps": self.steps,
                "spent": self.spent,
            },
            aside,
        )
        os.replace(aside, self.path)

    def _resume(
        self, optimizer: torch.optim.Optimizer, generator: torch.Generator, report: Callable[[str], None]
    ) -> None:
        torch.manual_seed(self.schedule.seed)
        if not self.path.is_file():
            return
        state = read_run(self.path)
        self.network.load_state_dict(state["network"])
        self.averaged = state["averaged"]
        optimizer.load_state_dict(state["optimizer"])
        generator.set_state(state["generator"])
        self.steps, self.spent = state["steps"], state["spent"]
        report(f"goes on after {self.steps} steps, {self.spent / 60:.1f} min")


def read_run(path: Path) -> dict[str, Any]:
    """Return what a run wrote."""
    return torch.load(path, map_location="cpu", weights_only=True)


def trained_state(path: Path) -> dict[str, Tensor]:
    """Return the state dict to use of a run's file: buffers as they are, averaged weights."""
    state = read_run(path)
    return {**state["network"], **state["averaged"]}
