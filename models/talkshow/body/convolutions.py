"""The convolution blocks that TalkSHOW's motion codes and its audio encoder are built of; all on (B, C, T)."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional

_SLOPE = 0.2

Rate = Literal["same", "down", "up"]


def _convolution(inputs: int, outputs: int, rate: Rate) -> nn.Module:
    if rate == "up":
        return nn.ConvTranspose1d(inputs, outputs, 4, stride=2, padding=1)
    kernel, stride = (4, 2) if rate == "down" else (3, 1)
    return nn.Conv1d(inputs, outputs, kernel, stride=stride, padding=1)


class ConvBlock(nn.Module):
    """Convolution over time, batch norm, leaky ReLU; where the rate changes, a second convolution is added before it.

    Parameters
    ----------
    rate : str
        ``"same"``, ``"down"`` (half the frames, rounded down) or ``"up"`` (twice the frames).
    """

    def __init__(self, inputs: int, outputs: int, rate: Rate = "same") -> None:
        super().__init__()
        self.conv = _convolution(inputs, outputs, rate)
        self.norm = nn.BatchNorm1d(outputs)
        self.residual_layer = None if rate == "same" else _convolution(inputs, outputs, rate)

    def forward(self, signal: Tensor) -> Tensor:
        """(B, inputs, T) to (B, outputs, T), T / 2 or 2 T."""
        result = self.norm(self.conv(signal))
        if self.residual_layer is not None:
            result = result + self.residual_layer(signal)
        return functional.leaky_relu(result, _SLOPE)


class ResidualStack(nn.Module):
    """Blocks one after the other, a last convolution with batch norm, the input added, ReLU."""

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        self._layers = nn.ModuleList(ConvBlock(channels, channels) for _ in range(blocks))
        self.conv = nn.Conv1d(channels, channels, 3, padding=1)
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, signal: Tensor) -> Tensor:
        """(B, channels, T) both ways."""
        hidden = signal
        for layer in self._layers:
            hidden = layer(hidden)
        return functional.relu(self.norm(self.conv(hidden)) + signal)


class DownEncoder(nn.Module):
    """A projection and three residual stacks, the rate halved between them: four frames become one.

    Parameters
    ----------
    inputs : int
        Channels of a frame.
    width : int
        Channels at the lowest rate; half and a quarter of it before.
    blocks : int
        Blocks of each stack.
    """

    def __init__(self, inputs: int, width: int, blocks: int) -> None:
        super().__init__()
        self.project = ConvBlock(inputs, width // 4)
        self._enc_1 = ResidualStack(width // 4, blocks)
        self._down_1 = ConvBlock(width // 4, width // 2, "down")
        self._enc_2 = ResidualStack(width // 2, blocks)
        self._down_2 = ConvBlock(width // 2, width, "down")
        self._enc_3 = ResidualStack(width, blocks)

    def forward(self, signal: Tensor) -> Tensor:
        """(B, inputs, T) to (B, width, T // 4)."""
        hidden = self._enc_1(self.project(signal))
        hidden = self._enc_2(self._down_1(hidden))
        return self._enc_3(self._down_2(hidden))


class UpDecoder(nn.Module):
    """Three residual stacks, the rate doubled between them: one code becomes four frames.

    Parameters
    ----------
    inputs : int
        Channels of a code.
    width : int
        Channels at the lowest rate; half and a quarter of it after.
    outputs : int
        Channels of a frame.
    blocks : int
        Blocks of each stack.
    """

    def __init__(self, inputs: int, width: int, outputs: int, blocks: int) -> None:
        super().__init__()
        self.aft_vq_conv = nn.Conv1d(inputs, width, 1)
        self._dec_1 = ResidualStack(width, blocks)
        self._up_2 = ConvBlock(width, width // 2, "up")
        self._dec_2 = ResidualStack(width // 2, blocks)
        self._up_3 = ConvBlock(width // 2, width // 4, "up")
        self._dec_3 = ResidualStack(width // 4, blocks)
        self.project = nn.Conv1d(width // 4, outputs, 1)

    def forward(self, codes: Tensor) -> Tensor:
        """(B, inputs, R) to (B, outputs, 4 R)."""
        hidden = self._dec_1(self.aft_vq_conv(codes))
        hidden = self._dec_2(self._up_2(hidden))
        return self.project(self._dec_3(self._up_3(hidden)))
