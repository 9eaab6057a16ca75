"""Where a token stands, in time and among the groups, as sines (Vaswani et al. 2017) kept in double precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


def sine_table(positions: int, width: int) -> Tensor:
    """Return the (positions + 1, width) float64 table: a row of zeros for padding, then positions from 0 on.

    Even columns are sines, odd ones cosines, of the position over 10000 to the column's share of the width.
    """
    column = torch.arange(width, dtype=torch.float64)
    rate = torch.pow(10_000.0, -2 * (column // 2) / width)
    angle = torch.arange(-1, positions, dtype=torch.float64)[:, None] * rate
    table = torch.where(column % 2 == 0, angle.sin(), angle.cos())
    table[0] = 0
    return table


class _Table(nn.Module):
    def __init__(self, positions: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(sine_table(positions, width), requires_grad=False)


class PositionTable(nn.Module):
    """Looks up positions counted from 0; the padding row is never returned.

    The table is a weight because the authors' checkpoints hold it, in float64. It moves to single precision on devices
    without double (Apple's MPS).
    """

    def __init__(self, positions: int, width: int) -> None:
        super().__init__()
        self.positions = positions
        self.position_encoding = _Table(positions, width)

    def forward(self, count: int) -> Tensor:
        """Return (count, width) rows of positions 0 to count - 1.

        Raises
        ------
        ValueError
            Where the table is shorter.
        """
        if count > self.positions:
            raise ValueError(f"{count} steps are more than the {self.positions} that the position table holds")
        return self.position_encoding.weight[1 : count + 1]

    def _apply(self, fn: Callable[..., Any], recurse: bool = True) -> PositionTable:
        try:
            return super()._apply(fn, recurse)  # pyright: ignore[reportUnknownMemberType] - torch's own
        except TypeError:
            table = self.position_encoding
            table.weight = nn.Parameter(table.weight.float(), requires_grad=False)
            return super()._apply(fn, recurse)  # pyright: ignore[reportUnknownMemberType] - torch's own


def grid_positions(time: Tensor, group: Tensor) -> Tensor:
    """Return (S * G, width) positions of tokens in a row: all groups of the first step, then of the second.

    Parameters
    ----------
    time : (S, width)
        Positions of the steps.
    group : (G, width)
        Positions of the groups.
    """
    return (time[:, None] + group[None]).flatten(0, 1)


def add_positions(tokens: Tensor, positions: Tensor) -> Tensor:
    """Return (B, N, width) tokens with (N, width) positions added in the table's precision, then as before."""
    return (tokens + positions).to(tokens.dtype)
