"""Sampling from the context model without computing anything twice, in pieces of any length."""

# torch does not type what Tensor.numpy returns.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor

from .context import SLOPE, ContextModel

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class _Step:
    """Some rows of one layer, computed as soon as what they look at is known."""

    layer: int
    rows: slice
    weight: Floats
    """(rows, known)."""
    known: int
    """Leading inputs of the layer that the rows look at."""
    activates: bool


class ContextSampler:
    """Draws classes frame by frame and remembers what the next frames need.

    Every layer keeps its own past outputs, so that a frame costs the same however long the recording is. Heads are
    drawn in waves: with masks that leave out the own head, each of L layers sees one head less, so the logits of L
    heads follow from what is known before any of them is drawn (6 of 16 in the published model). What is drawn decides
    what is drawn next, so there is nothing to do in parallel: it runs in NumPy on the CPU, where a small step is
    cheapest.
    """

    def __init__(self, model: ContextModel) -> None:
        self.config = config = model.config
        layers = model.stack()
        self.wave = sum(layer.strict for layer in layers)
        self._bias: list[Floats] = []
        self._hears: list[Floats | None] = []
        self._history: list[tuple[Floats | None, npt.NDArray[np.int64]]] = []
        for number, layer in enumerate(layers):
            bias = _array(layer.masked_linear.bias)
            if model.hears(number):
                bias = bias + _array(layer.unmasked_linear.bias)
            if layer.historic is not None:
                bias = bias + _array(layer.historic.bias)
            taps = layer.taps()
            self._bias.append(bias)
            self._hears.append(_array(layer.unmasked_linear.weight[..., 0].T) if model.hears(number) else None)
            weight = np.concatenate([_array(weight) for _, weight in taps], 1) if taps else None
            self._history.append((weight, np.array([back for back, _ in taps], np.int64)))
        self._schedule = _schedule(model, self.wave)
        # What was drawn reaches the embedding as columns of its weights.
        masked = layers[0].masked_linear.weight * layers[0].get_buffer("mask")
        self._columns = _array(masked[..., 0].T)
        self._width = layers[0].outputs
        self._depth = 1 + max(int(offsets.max(initial=0)) for _, offsets in self._history)
        # Rows are frames in a ring, the newest at ``self._now - 1``; before the start there are zeros.
        self._past = [np.zeros((self._depth, config.heads * layer.inputs), np.float32) for layer in layers]
        self._now = 0

    def sample(self, audio: Floats, uniform: Floats | None) -> npt.NDArray[np.int64]:
        """Draw the classes of the next frames.

        Parameters
        ----------
        audio : (T, audio_dim) array
            The sound, going on where the last call ended.
        uniform : (T, heads, classes) array
            Random numbers 0..1; None takes the likeliest class.

        Returns
        -------
        (T, heads) int64
        """
        heard = np.asarray(audio, np.float32)
        bases = [
            np.broadcast_to(bias, (len(heard), len(bias))) if weight is None else bias + heard @ weight
            for bias, weight in zip(self._bias, self._hears, strict=True)
        ]
        noise = None
        if uniform is not None:
            noise = -np.log(-np.log(np.clip(uniform, 1e-10, 1 - 6e-8, dtype=np.float32)))
        drawn = np.zeros((len(heard), self.config.heads), np.int64)
        for time in range(len(heard)):
            frame: list[Floats] = []
            for base, past, (weight, offsets) in zip(bases, self._past, self._history, strict=True):
                frame.append(base[time])
                if weight is not None:
                    frame[-1] = base[time] + weight @ past[(self._now - offsets) % self._depth].ravel()
            self._draw(frame, None if noise is None else noise[time], drawn[time])
        return drawn

    def _draw(self, bases: list[Floats], noise: Floats | None, drawn: npt.NDArray[np.int64]) -> None:
        """Draw the heads of one frame, given every layer's outputs as far as they follow from voice and past."""
        classes, width, wave = self.config.classes, self._width, self.wave
        place = self._now % self._depth
        # What every layer takes in; the embedding's, the drawn classes, stays a sum of columns.
        inputs = [past[place] for past in self._past]
        embedded = bases[0].copy()
        last = len(bases) - 1
        for number, steps in enumerate(self._schedule):
            for step in steps:
                layer, rows = step.layer, step.rows
                if layer == 0:
                    inputs[1][rows] = embedded[rows]
                    continue
                output = step.weight @ inputs[layer][: step.known]
                output += bases[layer][rows]
                if layer == last:
                    first, stop = rows.start // classes, rows.stop // classes
                    scores = output.reshape(-1, classes)
                    drawn[first:stop] = (scores if noise is None else scores + noise[first:stop]).argmax(1)
                    continue
                if step.activates:
                    np.maximum(output, SLOPE * output, out=output)
                inputs[layer + 1][rows] = output
            for head in range(number * wave, min((number + 1) * wave, self.config.heads - 1)):
                later = (head + 1) * width
                embedded[later:] += self._columns[head * classes + drawn[head], later:]
        self._now += 1


def _schedule(model: ContextModel, wave: int) -> list[list[_Step]]:
    """Return what can be computed in each wave: the layers' rows, from the embedding to the logits."""
    heads, layers = model.config.heads, model.stack()
    weights = [_array((layer.masked_linear.weight * layer.get_buffer("mask"))[..., 0]) for layer in layers]
    schedule: list[list[_Step]] = []
    for start in range(0, heads + wave, wave):
        steps: list[_Step] = []
        ahead = 0
        for number, layer in enumerate(layers):
            # A layer that leaves out the own head knows one head more than it is given.
            ahead += int(layer.strict)
            first, last = max(start + ahead - wave, 0), min(start + ahead, heads)
            if first < last:
                rows, known = slice(first * layer.outputs, last * layer.outputs), last * layer.inputs
                weight = np.ascontiguousarray(weights[number][rows, :known])
                steps.append(_Step(number, rows, weight, known, model.activates(number)))
        schedule.append(steps)
    return schedule


def _array(tensor: Tensor | None) -> Floats:
    assert tensor is not None
    return np.ascontiguousarray(tensor.detach().cpu().float().numpy())
