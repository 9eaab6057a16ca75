"""Sampling from the context model without computing anything twice, in pieces of any length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor

from .context import SLOPE, ContextModel

Floats = npt.NDArray[np.float32]


@dataclass
class _Layer:
    weight: Floats  # (heads * outputs, heads * inputs), masked
    bias: Floats
    hears: Floats | None  # (audio_dim, heads * outputs)
    history: Floats | None  # (heads * outputs, taps * heads * inputs)
    offsets: list[int]
    inputs: int
    outputs: int
    ahead: int  # heads beyond those already drawn that this layer can know
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
        self.config = model.config
        self.wave = sum(layer.strict for layer in model.stack())
        self._layers: list[_Layer] = []
        ahead = 0
        for number, layer in enumerate(model.stack()):
            ahead += int(layer.strict)
            taps, hears = layer.taps(), model.hears(number)
            bias = _array(layer.masked_linear.bias)
            if hears:
                bias = bias + _array(layer.unmasked_linear.bias)
            if layer.historic is not None:
                bias = bias + _array(layer.historic.bias)
            self._layers.append(
                _Layer(
                    weight=_array((layer.masked_linear.weight * layer.get_buffer("mask"))[..., 0]),
                    bias=bias,
                    hears=_array(layer.unmasked_linear.weight[..., 0].T) if hears else None,
                    history=np.concatenate([_array(weight) for _, weight in taps], 1) if taps else None,
                    offsets=[back for back, _ in taps],
                    inputs=layer.inputs,
                    outputs=layer.outputs,
                    ahead=ahead,
                    activates=model.activates(number),
                )
            )
        # What was drawn itself reaches the embedding as columns of its weights.
        self._columns = np.ascontiguousarray(self._layers[0].weight.T)
        self._depth = 1 + max(max(layer.offsets, default=0) for layer in self._layers)
        # Rows are frames in a ring, the newest at ``self._now - 1``; before the start there are zeros.
        self._past = [np.zeros((self._depth, self.config.heads * layer.inputs), np.float32) for layer in self._layers]
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
        bases = [
            np.broadcast_to(layer.bias, (len(audio), len(layer.bias)))
            if layer.hears is None
            else layer.bias + np.asarray(audio, np.float32) @ layer.hears
            for layer in self._layers
        ]
        noise = None
        if uniform is not None:
            noise = -np.log(-np.log(np.clip(uniform, 1e-10, 1 - 6e-8, dtype=np.float32)))
        drawn = np.zeros((len(audio), self.config.heads), np.int64)
        for time in range(len(audio)):
            frame = [self._base(number, base[time]) for number, base in enumerate(bases)]
            self._draw(frame, None if noise is None else noise[time], drawn[time])
        return drawn

    def _base(self, number: int, base: Floats) -> Floats:
        """Return what a layer's outputs in this frame are before its heads are known."""
        layer = self._layers[number]
        if layer.history is None:
            return base
        past = self._past[number][[(self._now - back) % self._depth for back in layer.offsets]]
        return base + layer.history @ past.ravel()

    def _draw(self, bases: list[Floats], noise: Floats | None, drawn: npt.NDArray[np.int64]) -> None:
        config, layers = self.config, self._layers
        # The input of every layer in this frame; the embedding's (the drawn classes) stays a sum of columns.
        inputs = [past[self._now % self._depth] for past in self._past]
        embedded = bases[0].copy()
        width = layers[0].outputs
        start = 0
        while start < config.heads + self.wave:
            stop = min(start + self.wave, config.heads)
            for number, layer in enumerate(layers):
                last = min(start + layer.ahead, config.heads)
                first = max(start + layer.ahead - self.wave, 0)
                if first >= last:
                    continue
                rows = slice(first * layer.outputs, last * layer.outputs)
                if number == 0:
                    output = embedded[rows]
                else:
                    known = last * layer.inputs
                    output = bases[number][rows] + layer.weight[rows, :known] @ inputs[number][:known]
                if layer.activates:
                    output = np.maximum(output, SLOPE * output)
                if number + 1 < len(layers):
                    inputs[number + 1][rows] = output
                elif start < config.heads:
                    scores = output.reshape(-1, config.classes)
                    drawn[start:stop] = (scores if noise is None else scores + noise[first:last]).argmax(1)
            for head in range(start, stop):
                embedded[(head + 1) * width :] += self._columns[
                    head * config.classes + drawn[head], (head + 1) * width :
                ]
            start += self.wave
        self._now += 1


def _array(tensor: Tensor | None) -> Floats:
    assert tensor is not None
    return np.ascontiguousarray(tensor.detach().cpu().float().numpy())
