"""The sampler's tables out of a context model."""

# torch does not type what Tensor.numpy returns.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import numpy as np
from torch import Tensor

from .context import ContextModel
from .sampler_tables import Floats, Offsets, SamplerStep, SamplerTables


def tables_of(model: ContextModel) -> SamplerTables:
    """Return what a model's classes are drawn with."""
    layers = model.stack()
    wave = sum(layer.strict for layer in layers)
    biases: list[Floats] = []
    hears: list[Floats | None] = []
    history: list[tuple[Floats | None, Offsets]] = []
    for number, layer in enumerate(layers):
        bias = _array(layer.masked_linear.bias)
        if model.hears(number):
            bias = bias + _array(layer.unmasked_linear.bias)
        if layer.historic is not None:
            bias = bias + _array(layer.historic.bias)
        taps = layer.taps()
        biases.append(bias)
        hears.append(_array(layer.unmasked_linear.weight[..., 0].T) if model.hears(number) else None)
        weight = np.concatenate([_array(weight) for _, weight in taps], 1) if taps else None
        history.append((weight, np.array([back for back, _ in taps], np.int64)))
    # What was drawn reaches the embedding as columns of its weights.
    masked = layers[0].masked_linear.weight * layers[0].get_buffer("mask")
    return SamplerTables(
        heads=model.config.heads,
        classes=model.config.classes,
        width=layers[0].outputs,
        wave=wave,
        inputs=tuple(layer.inputs for layer in layers),
        bias=tuple(biases),
        hears=tuple(hears),
        history=tuple(history),
        columns=_array(masked[..., 0].T),
        schedule=_schedule(model, wave),
    )


def _schedule(model: ContextModel, wave: int) -> tuple[tuple[SamplerStep, ...], ...]:
    """Return what can be computed in each wave: the layers' rows, from the embedding to the logits."""
    heads, layers = model.config.heads, model.stack()
    weights = [_array((layer.masked_linear.weight * layer.get_buffer("mask"))[..., 0]) for layer in layers]
    schedule: list[tuple[SamplerStep, ...]] = []
    for start in range(0, heads + wave, wave):
        steps: list[SamplerStep] = []
        ahead = 0
        for number, layer in enumerate(layers):
            # A layer that leaves out the own head knows one head more than it is given.
            ahead += int(layer.strict)
            first, last = max(start + ahead - wave, 0), min(start + ahead, heads)
            if first < last:
                rows, known = slice(first * layer.outputs, last * layer.outputs), last * layer.inputs
                weight = np.ascontiguousarray(weights[number][rows, :known])
                steps.append(SamplerStep(number, rows, weight, known, model.activates(number)))
        schedule.append(tuple(steps))
    return tuple(schedule)


def _array(tensor: Tensor | None) -> Floats:
    assert tensor is not None
    return np.ascontiguousarray(tensor.detach().cpu().float().numpy())
