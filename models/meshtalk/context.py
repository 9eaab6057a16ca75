"""MeshTalk's context model: the distribution of the next class, given the sound and all classes before it.

Classes are ordered frame by frame, head by head. Within a frame a layer looks at earlier heads through a masked linear
layer; at all heads of earlier frames it looks through a dilated convolution; at the sound of its own frame through a
linear layer.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import SLOPE, ContextConfig


class MaskedContextConvolution(nn.Module):
    """One layer; ``kernel`` 0 looks at no earlier frame."""

    def __init__(self, inputs: int, outputs: int, config: ContextConfig, kernel: int, dilation: int, strict: bool):
        super().__init__()
        self.heads, self.inputs, self.outputs = config.heads, inputs, outputs
        self.dilation, self.strict = dilation, strict
        wide_in, wide_out = inputs * config.heads, outputs * config.heads
        self.unmasked_linear = nn.Conv1d(config.audio_dim, wide_out, 1)
        self.masked_linear = nn.Conv1d(wide_in, wide_out, 1)
        rows, columns = torch.arange(wide_out) // outputs, torch.arange(wide_in) // inputs
        allowed = columns[None] < rows[:, None] if strict else columns[None] <= rows[:, None]
        self.register_buffer("mask", allowed.float()[..., None])
        self.historic: nn.Conv1d | None = None
        if kernel:
            self.historic = nn.Conv1d(wide_in, wide_out, kernel, dilation=dilation)

    def taps(self) -> list[tuple[int, Tensor]]:
        """Return (frames back, (outputs, inputs) weight) of the dilated convolution."""
        if self.historic is None:
            return []
        kernel = self.historic.kernel_size[0]
        return [(1 + self.dilation * (kernel - 1 - k), self.historic.weight[..., k]) for k in range(kernel)]

    def forward(self, context: Tensor, audio: Tensor | None) -> Tensor:
        """(B, T, heads, inputs) and (B, T, audio_dim) to (B, T, heads, outputs)."""
        x = context.flatten(2).transpose(1, 2)
        weight = self.masked_linear.weight * self.get_buffer("mask")
        y = functional.conv1d(x, weight, self.masked_linear.bias)
        if audio is not None:
            y = y + self.unmasked_linear(audio.transpose(1, 2))
        if self.historic is not None:
            reach = self.dilation * (self.historic.kernel_size[0] - 1) + 1
            y = y + self.historic(functional.pad(x[..., :-1], (reach, 0)))
        return y.transpose(1, 2).reshape(*context.shape[:2], self.heads, self.outputs)


class ContextModel(nn.Module):
    """An embedding of the classes, layers with growing reach into the past, and logits."""

    def __init__(self, config: ContextConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or ContextConfig()

        def layer(inputs: int, outputs: int, kernel: int, dilation: int, strict: bool) -> MaskedContextConvolution:
            return MaskedContextConvolution(inputs, outputs, config, kernel, dilation, strict)

        self.embedding = layer(config.classes, config.hidden, 0, 1, True)
        self.context_layers = nn.ModuleList(
            layer(config.hidden, config.hidden, config.kernel, dilation, config.strict) for dilation in config.dilations
        )
        self.logits = layer(config.hidden, config.classes, 0, 1, config.strict)

    def stack(self) -> list[MaskedContextConvolution]:
        """Return all layers, from the embedding to the logits."""
        return [self.embedding, *self.context_layers, self.logits]  # type: ignore[list-item]

    @property
    def reach(self) -> int:
        """Frames back that can change a distribution."""
        kernel = self.config.kernel
        return sum(dilation * (kernel - 1) + 1 for dilation in self.config.dilations)

    def hears(self, layer: int) -> bool:
        """Return whether the layer of that number in :meth:`stack` is given the sound."""
        last = len(self.config.dilations) + 1
        return 0 < layer < last or (layer == last and not self.config.strict)

    def activates(self, layer: int) -> bool:
        """Return whether a leaky ReLU follows the layer of that number in :meth:`stack`."""
        return 0 < layer < len(self.config.dilations) + 1

    def forward(self, one_hot: Tensor, audio: Tensor) -> Tensor:
        """Return the log-probabilities of every class given those before it.

        Parameters
        ----------
        one_hot : Tensor
            (B, T, heads, classes).
        audio : Tensor
            (B, T, audio_dim).

        Returns
        -------
        Tensor
            (B, T, heads, classes).
        """
        x = one_hot
        for number, layer in enumerate(self.stack()):
            x = layer(x, audio if self.hears(number) else None)
            if self.activates(number):
                x = functional.leaky_relu(x, SLOPE)
        return x.log_softmax(-1)
