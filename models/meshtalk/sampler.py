"""Sampling from the context model without computing anything twice, in pieces of any length."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from .context import SLOPE, ContextModel, gumbel


@dataclass
class _Layer:
    weight: Tensor  # (heads * outputs, heads * inputs), masked
    bias: Tensor
    hears: Tensor | None  # (heads * outputs, audio_dim)
    hears_bias: Tensor | None
    history_weight: Tensor | None  # (heads * outputs, taps * heads * inputs)
    history_bias: Tensor | None
    offsets: list[int]
    inputs: int
    outputs: int
    ahead: int  # heads beyond those already drawn that this layer can know
    activates: bool


class ContextSampler:
    """Draws classes frame by frame and remembers what the next frames need.

    Every layer keeps its own past outputs, so that a frame costs the same however long the recording is. Heads are
    drawn in waves: with masks that leave out the own head, each of L layers sees one head less, so the logits of L
    heads follow from what is known before any of them is drawn (6 of 16 in the published model).
    """

    def __init__(self, model: ContextModel) -> None:
        self.config = model.config
        self.wave = sum(layer.strict for layer in model.stack())
        self._layers: list[_Layer] = []
        ahead = 0
        for number, layer in enumerate(model.stack()):
            ahead += int(layer.strict)
            taps, hears = layer.taps(), model.hears(number)
            self._layers.append(
                _Layer(
                    weight=(layer.masked_linear.weight * layer.get_buffer("mask"))[..., 0].detach().contiguous(),
                    bias=_bias(layer.masked_linear),
                    hears=layer.unmasked_linear.weight[..., 0].detach() if hears else None,
                    hears_bias=_bias(layer.unmasked_linear) if hears else None,
                    history_weight=torch.cat([weight for _, weight in taps], 1).detach() if taps else None,
                    history_bias=_bias(layer.historic) if layer.historic is not None else None,
                    offsets=[back for back, _ in taps],
                    inputs=layer.inputs,
                    outputs=layer.outputs,
                    ahead=ahead,
                    activates=model.activates(number),
                )
            )
        # What was drawn itself reaches the embedding as columns of its weights.
        self._columns = self._layers[0].weight.T.contiguous()
        self._depth = 1 + max(max(layer.offsets, default=0) for layer in self._layers)
        like = self._columns
        # Row -1 of each is the newest frame; before the start there is silence of all zeros.
        self._past = [like.new_zeros(self._depth, self.config.heads * layer.inputs) for layer in self._layers]

    @torch.inference_mode()
    def sample(self, audio: Tensor, uniform: Tensor | None) -> Tensor:
        """Draw the classes of the next frames.

        Parameters
        ----------
        audio : Tensor
            (T, audio_dim), going on where the last call ended.
        uniform : Tensor
            (T, heads, classes) random numbers 0..1; None takes the likeliest class.

        Returns
        -------
        Tensor
            (T, heads) int64.
        """
        heard = [
            None if layer.hears is None else functional.linear(audio, layer.hears, layer.hears_bias)
            for layer in self._layers
        ]
        noise = None if uniform is None else gumbel(uniform)
        drawn = torch.zeros(len(audio), self.config.heads, dtype=torch.int64, device=audio.device)
        for time in range(len(audio)):
            bases = [self._base(number, heard[number], time) for number in range(len(self._layers))]
            self._draw(bases, None if noise is None else noise[time], drawn[time])
        return drawn

    def _base(self, number: int, heard: Tensor | None, time: int) -> Tensor:
        """Return what a layer's outputs in this frame are before its heads are known."""
        layer = self._layers[number]
        base = layer.bias.clone() if heard is None else layer.bias + heard[time]
        if layer.history_weight is not None:
            past = torch.cat([self._past[number][-back] for back in layer.offsets])
            base = base + functional.linear(past, layer.history_weight, layer.history_bias)
        return base

    def _draw(self, bases: list[Tensor], noise: Tensor | None, drawn: Tensor) -> None:
        config = self.config
        # The input of every layer in this frame; the embedding's (the drawn classes) stays a list of columns.
        inputs = [base.new_zeros(config.heads * layer.inputs) for base, layer in zip(bases, self._layers, strict=True)]
        embedded = bases[0]
        width = self._layers[0].outputs
        start = 0
        while start < config.heads + self.wave:
            stop = min(start + self.wave, config.heads)
            for number, layer in enumerate(self._layers):
                last = min(start + layer.ahead, config.heads)
                first = max(start + layer.ahead - self.wave, 0)
                if first >= last:
                    continue
                rows = slice(first * layer.outputs, last * layer.outputs)
                if number == 0:
                    output = embedded[rows]
                else:
                    known = last * layer.inputs
                    output = torch.addmv(bases[number][rows], layer.weight[rows, :known], inputs[number][:known])
                if layer.activates:
                    output = functional.leaky_relu(output, SLOPE)
                if number + 1 < len(self._layers):
                    inputs[number + 1][rows] = output
                elif start < config.heads:
                    scores = output.view(-1, config.classes).log_softmax(-1)
                    if noise is not None:
                        scores = scores + noise[first:last]
                    drawn[start:stop] = scores.argmax(-1)
            if start < config.heads:
                columns = torch.arange(start, stop, device=drawn.device) * config.classes + drawn[start:stop]
                later = slice(start * width, None)
                embedded[later] += self._columns[columns][:, later].sum(0)
            start += self.wave
        for number, layer in enumerate(self._layers):
            if layer.offsets:
                self._past[number] = torch.cat([self._past[number][1:], inputs[number][None]])


def _bias(layer: torch.nn.Conv1d) -> Tensor:
    assert layer.bias is not None
    return layer.bias.detach()
