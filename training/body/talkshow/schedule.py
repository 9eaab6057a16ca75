"""A training run bounded by time: learning rate, state on disk, going on where it stopped."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import nn

WARM_UP = 100
"""Steps over which the learning rate rises."""
SAVE_EVERY, SAY_EVERY = 90.0, 30.0


class Schedule:
    """Counts steps and minutes of one stage.

    The learning rate rises over the first steps and falls along a cosine over this run's minutes, whatever was trained
    before; what is drawn at random depends on the seed and the step only.

    Parameters
    ----------
    file : Path
        State of the stage; read by :meth:`resume`, written aside and renamed.
    minutes : float
        Of this run.
    say : callable
        Told about the progress.
    """

    def __init__(self, file: Path, minutes: float, say: Callable[[str], None] = print, seed: int = 0) -> None:
        self.file, self.seed, self.step = file, seed, 0
        self._seconds, self._say = 60 * minutes, say
        self._started = self._saved = self._said = time.monotonic()
        self._first = 0
        self._mean: float | None = None

    @property
    def fraction(self) -> float:
        """How much of this run's time is over, 0..1."""
        return min(1.0, (time.monotonic() - self._started) / max(self._seconds, 1e-9))

    def goes_on(self) -> bool:
        """Return whether there is time for another step."""
        return self.fraction < 1

    def resume(self, modules: Mapping[str, nn.Module], optimiser: torch.optim.Optimizer) -> bool:
        """Read the state of an earlier run and return True, where there is one."""
        if not self.file.is_file():
            return False
        state = torch.load(self.file, weights_only=True)
        for name, module in modules.items():
            module.load_state_dict(state[name])
        optimiser.load_state_dict(state["optimiser"])
        self.step = self._first = int(state["step"])
        self._say(f"{self.file.stem}: going on after step {self.step}")
        return True

    def set_rate(self, optimiser: torch.optim.Optimizer, highest: float) -> None:
        """Set the learning rate of the next step."""
        rate = highest * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * self.fraction)))
        rate *= min(1.0, (self.step - self._first + 1) / WARM_UP)
        for group in optimiser.param_groups:
            group["lr"] = rate

    def advance(self, loss: float, modules: Mapping[str, nn.Module], optimiser: torch.optim.Optimizer) -> None:
        """Count a step; say how it goes and keep the state now and then, and at the end."""
        self.step += 1
        self._mean = loss if self._mean is None else 0.98 * self._mean + 0.02 * loss
        now = time.monotonic()
        if now - self._said > SAY_EVERY or not self.goes_on():
            self._said = now
            self._say(f"{self.file.stem}: step {self.step}, {100 * self.fraction:.0f} %, loss {self._mean:.4f}")
        if now - self._saved > SAVE_EVERY or not self.goes_on():
            self._saved = now
            self.file.parent.mkdir(parents=True, exist_ok=True)
            state = {name: module.state_dict() for name, module in modules.items()}
            aside = self.file.with_suffix(".part")
            torch.save({**state, "optimiser": optimiser.state_dict(), "step": self.step}, aside)
            aside.replace(self.file)
