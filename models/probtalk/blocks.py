"""Convolutions over time that ProbTalk's autoencoder and audio encoder are built of; all take (B, C, T).

Names of the weights are those of the authors' checkpoints.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

Rate = Literal["same", "down", "up"]
_SLOPE = 0.2


def _convolution(inputs: int, outputs: int, rate: Rate) -> nn.Module:
    if rate == "same":
        return nn.Conv1d(inputs, outputs, 3, padding=1)
    kind = nn.Conv1d if rate == "down" else nn.ConvTranspose1d
    return kind(inputs, outputs, 4, stride=2, padding=1)


class ConvBlock(nn.Module):
    """Convolution, batch norm, leaky ReLU, at the same frame rate, half or twice of it.

    Blocks that change the rate have a second, plain convolution beside the first; both are summed before the ReLU.
    """

    def __init__(self, inputs: int, outputs: int, rate: Rate = "same", dropout: float = 0.0) -> None:
        super().__init__()
        self.conv = _convolution(inputs, outputs, rate)
        self.norm = nn.BatchNorm1d(outputs)
        self.dropout = nn.Dropout(dropout)
        self.residual_layer = None if rate == "same" else _convolution(inputs, outputs, rate)

    def forward(self, signal: Tensor) -> Tensor:
        """(B, inputs, T) to (B, outputs, T), (B, outputs, T // 2) or (B, outputs, 2 T)."""
        result = self.norm(self.dropout(self.conv(signal)))
        if self.residual_layer is not None:
            result = result + self.residual_layer(signal)
        return functional.leaky_relu(result, _SLOPE)


class ConvStack(nn.Module):
    """Blocks of one width with a way around all of them."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self._layers = nn.ModuleList(ConvBlock(width, width) for _ in range(blocks))
        self.conv = nn.Conv1d(width, width, 3, padding=1)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, signal: Tensor) -> Tensor:
        """(B, width, T) to the same."""
        result = signal
        for layer in self._layers:
            result = layer(result)
        return functional.relu(self.norm(self.conv(result)) + signal)


class GatedConv(nn.Module):
    """A convolution of which half the channels open and close the other half; the input goes around it.

    Parameters
    ----------
    kernel : int
        4 halves the frame rate; odd kernels keep it.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int) -> None:
        super().__init__()
        halves = kernel == 4
        stride, padding = (2, 1) if halves else (1, kernel // 2)
        self.vert_stack = nn.Conv1d(inputs, 2 * outputs, kernel, stride, padding)
        self.conv = nn.Conv1d(inputs, outputs, kernel, stride, padding) if halves else nn.Identity()
        self.res = nn.Conv1d(outputs, outputs, 1)

    def forward(self, signal: Tensor) -> Tensor:
        """(B, inputs, T) to (B, outputs, T) or (B, outputs, T // 2)."""
        value, gate = self.vert_stack(signal).chunk(2, 1)
        return self.res(torch.tanh(value) * torch.sigmoid(gate)) + self.conv(signal)
