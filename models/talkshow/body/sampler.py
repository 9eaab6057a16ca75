"""Draws tokens from the autoregressive model: as published with one whole pass a token, or row by row with a memory.

Both give the same tokens for the same random numbers. The memory is exact: a layer's vertical stack needs, beside the
new row, the ``kernel // 2`` rows of its own input before it (three for the first layer, one for all others), and its
horizontal stack nothing of other rows. Work and memory for a row do not depend on how many came before. What lies more
than :attr:`~.pixelcnn.PixelCNNConfig.history` rows back has no part in a token at all.

A token is the code with the greatest probability divided by an exponential random number: drawn for every code of
every token in the order of the grid, for tokens that are given too, so that what a place draws does not depend on what
is given elsewhere. It is what ``torch.multinomial`` does for a single draw.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .pixelcnn import COLUMNS, GatedLayer, GatedPixelCNN, gate

OPEN = -1
"""In a grid of known tokens: draw this one."""
_BLOCK = 256
"""Rows whose audio is prepared at once."""


class Draw:
    """Random numbers, and the choice of a token by them; on the CPU, so that a seed means the same on every device.

    Parameters
    ----------
    seed : int
        Of the random numbers.
    temperature : float
        Above 0; logits are divided by it. 1 is the published way.
    """

    def __init__(self, seed: int, temperature: float = 1.0) -> None:
        if not temperature > 0:
            raise ValueError("temperature must be above 0")
        self._generator = torch.Generator().manual_seed(seed & 0xFFFFFFFFFFFFFFFF)
        self._temperature = temperature

    def token(self, logits: Tensor, known: Tensor | None = None) -> Tensor:
        """Return (B,) codes of (B, codes) logits; ``known`` (B,) ones that are not :data:`OPEN` are kept."""
        race = torch.empty(logits.shape).exponential_(generator=self._generator)
        chances = functional.softmax(logits.float().cpu() / self._temperature, -1)
        drawn = (chances / race).argmax(-1)
        if known is not None:
            known = known.cpu()
            drawn = torch.where(known == OPEN, drawn, known)
        return drawn.to(logits.device)


@torch.no_grad()
def sample_full_grid(
    network: GatedPixelCNN,
    audio: Tensor,
    classes: Tensor,
    draw: Draw,
    *,
    known: Tensor | None = None,
    previous: Tensor | None = None,
    previous_audio: Tensor | None = None,
    only: int | None = None,
) -> Tensor:
    """Draw a grid with one pass over all of it for every token, as published; for comparison.

    Parameters
    ----------
    network : GatedPixelCNN
        In eval mode.
    audio : (B, audio_width, R)
        The audio encoder's rows.
    classes : (B,) int64
        The speaker or the style.
    draw : Draw
        The random numbers.
    known : (B, R, 2) int64
        Tokens to keep; :data:`OPEN` where one is to be drawn.
    previous : (B, P, 2) int64
        Tokens of the rows before.
    previous_audio : (B, audio_width, P)
        Their audio.
    only : int
        Draw no more than so many rows of the grid, which stays as large; for measurements. The others are zero.

    Returns
    -------
    (B, R, 2) int64 Tensor
    """
    batch, _, rows = audio.shape
    tokens = torch.zeros(batch, rows, COLUMNS, dtype=torch.int64, device=audio.device)
    begin = 0
    if previous is not None and previous_audio is not None:
        begin = previous.shape[1]
        tokens = torch.cat([previous, tokens], 1)
        audio = torch.cat([previous_audio, audio], 2)
    for row in range(rows if only is None else min(only, rows)):
        for column in range(COLUMNS):
            logits = network(tokens, classes, audio)[:, begin + row, column]
            kept = None if known is None else known[:, row, column]
            tokens[:, begin + row, column] = draw.token(logits, kept)
    return tokens[:, begin:]


class RowSampler:
    """Draws row after row; what it remembers is enough to go on for ever, with audio in pieces of any length.

    Parameters
    ----------
    network : GatedPixelCNN
        In eval mode; its weights are laid out anew for single rows, once, here.
    classes : (B,) int64
        The speaker or the style; on the network's device.
    draw : Draw
        The random numbers.
    """

    def __init__(self, network: GatedPixelCNN, classes: Tensor, draw: Draw) -> None:
        config = network.config
        self._network, self._draw, self._batch = network, draw, len(classes)
        with torch.no_grad():
            self._layers = [_RowLayer(layer, classes) for layer in network.layers if isinstance(layer, GatedLayer)]
            self._fuse_v, self._fuse_h = (
                module.weight[:, : config.dim, 0, 0].t().contiguous() for module in (network.fusion_v, network.fusion_h)
            )
            self._out = [
                (module.weight[:, :, 0, 0], module.bias)
                for module in network.output_conv
                if isinstance(module, nn.Conv2d)
            ]

    def sample(self, audio: Tensor, known: Tensor | None = None) -> Tensor:
        """Return the next rows' tokens.

        Parameters
        ----------
        audio : (B, audio_width, R)
            What is heard there.
        known : (B, R, 2) int64
            Tokens to keep; :data:`OPEN` where one is to be drawn.

        Returns
        -------
        (B, R, 2) int64 Tensor
        """
        return self._run(audio, known, drawing=True)

    def follow(self, tokens: Tensor, audio: Tensor) -> None:
        """Take rows in that are there already; no random numbers are used.

        With :attr:`~.pixelcnn.PixelCNNConfig.history` rows or more, what follows is as if all rows before were known.

        Parameters
        ----------
        tokens : (B, P, 2) int64
            The rows' tokens.
        audio : (B, audio_width, P)
            What is heard there.
        """
        self._run(audio, tokens, drawing=False)

    @torch.no_grad()
    def _run(self, audio: Tensor, known: Tensor | None, *, drawing: bool) -> Tensor:
        rows = audio.shape[2]
        result = torch.empty(self._batch, rows, COLUMNS, dtype=torch.int64, device=audio.device)
        for start in range(0, rows, _BLOCK):
            heard_v, heard_h = self._heard(audio[:, :, start : start + _BLOCK])
            for offset in range(heard_v.shape[1]):
                row = start + offset
                given = None if known is None else known[:, row]
                if drawing:
                    result[:, row] = self._row(heard_v[:, offset], heard_h[:, offset], given)
                elif given is not None:
                    self._vertical(heard_v[:, offset])
                    self._remember(given)
        return result

    def _heard(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Return the audio's part in both fusions, (B, rows, dim) each."""
        network, dim = self._network, self._network.config.dim
        heard = network.embedding_aud(audio[..., None])[..., 0].transpose(1, 2)
        return tuple(
            functional.linear(heard, fusion.weight[:, dim:, 0, 0], fusion.bias)
            for fusion in (network.fusion_v, network.fusion_h)
        )  # type: ignore[return-value]

    def _row(self, heard_v: Tensor, heard_h: Tensor, known: Tensor | None) -> Tensor:
        """Return (B, 2) tokens of the next row."""
        across = self._vertical(heard_v)
        left: list[Tensor | None] = [None] * len(self._layers)
        token: Tensor | None = None
        tokens: list[Tensor] = []
        for column in range(COLUMNS):
            before = None if token is None else self._network.embedding(token)
            hidden = self._layers[0].start(across[0][:, column], before)
            for index, layer in enumerate(self._layers[1:], 1):
                if index == 1:
                    hidden = hidden @ self._fuse_h + heard_h
                left[index], hidden = hidden, layer.across(across[index][:, column], left[index], hidden)
            hidden = functional.linear(functional.relu(functional.linear(hidden, *self._out[0])), *self._out[1])
            token = self._draw.token(hidden, None if known is None else known[:, column])
            tokens.append(token)
        row = torch.stack(tokens, 1)
        self._remember(row)
        return row

    def _vertical(self, heard: Tensor) -> list[Tensor]:
        """Return what every layer's vertical stack hands to its horizontal one, (B, 2, 2 dim), and remember its input.

        The first layer's does not see its own row, so that the whole stack is known before the row's tokens are.
        """
        first = self._layers[0]
        above, hidden = first.down(first.window())
        result = [above]
        for index, layer in enumerate(self._layers[1:], 1):
            if index == 1:
                hidden = hidden @ self._fuse_v + heard[:, None]
            above, following = layer.down(layer.window(hidden))
            layer.remember(hidden)
            result.append(above)
            hidden = following
        return result

    def _remember(self, row: Tensor) -> None:
        self._layers[0].remember(self._network.embedding(row))


class _RowLayer:
    """One layer's weights for a single row, and the rows of its vertical input that it still needs."""

    def __init__(self, layer: GatedLayer, classes: Tensor) -> None:
        self._first = layer.first
        down, right = layer.kernels()
        rows = layer.vert_stack.kernel_size[0] - 1
        outputs, dim = down.shape[:2]
        seen = rows if self._first else rows + 1
        # One matrix from all rows and columns that are seen to all columns: neighbours outside the grid are left out.
        full = down.new_zeros(COLUMNS, outputs, seen, COLUMNS, dim)
        for column in range(COLUMNS):
            for source in range(COLUMNS):
                offset = source - column + 1
                if 0 <= offset < 3:
                    full[column, :, :, source] = down[:, :, :seen, offset].permute(0, 2, 1)
        self._down = full.reshape(COLUMNS * outputs, seen * COLUMNS * dim)
        assert layer.vert_stack.bias is not None
        self._down_bias = layer.vert_stack.bias.repeat(COLUMNS)
        self._to_right = layer.vert_to_horiz.weight[:, :, 0, 0]
        self._left, self._own = right[:, :, 0, 0].contiguous(), right[:, :, 0, 1].contiguous()
        self._residual = (layer.horiz_resid.weight[:, :, 0, 0], layer.horiz_resid.bias)
        self._condition = layer.class_cond_embedding(classes)
        # What is added before the horizontal gate, whatever the tokens.
        self._right_bias = self._condition + layer.vert_to_horiz.bias + layer.horiz_stack.bias
        # Above the first row there is nothing: zeros, as the padding of the convolution.
        self._rows = down.new_zeros(len(classes), rows, COLUMNS * dim)
        self._outputs = outputs

    def window(self, own: Tensor | None = None) -> Tensor:
        """Return (B, n) of the rows remembered and the (B, 2, dim) own one."""
        remembered = self._rows.flatten(1)
        return remembered if own is None else torch.cat([remembered, own.flatten(1)], 1)

    def remember(self, row: Tensor) -> None:
        """Put a (B, 2, dim) row after the ones remembered and drop the oldest."""
        self._rows = torch.cat([self._rows[:, 1:], row.flatten(1)[:, None]], 1)

    def down(self, window: Tensor) -> tuple[Tensor, Tensor]:
        """Return what goes to the horizontal stack, (B, 2, 2 dim), and the vertical stack's output, (B, 2, dim)."""
        above = functional.linear(window, self._down, self._down_bias).view(len(window), COLUMNS, self._outputs)
        right = functional.linear(above, self._to_right) + self._right_bias[:, None]
        return right, gate(above + self._condition[:, None], -1)

    def start(self, above: Tensor, before: Tensor | None) -> Tensor:
        """Return the first layer's (B, dim) at a column: ``before`` is the embedding of the token to the left."""
        if before is not None:
            above = above + functional.linear(before, self._left)
        return functional.linear(gate(above, -1), *self._residual)

    def across(self, above: Tensor, left: Tensor | None, own: Tensor) -> Tensor:
        """Return a later layer's (B, dim) at a column of its input there and to the left of it."""
        above = above + functional.linear(own, self._own)
        if left is not None:
            above = above + functional.linear(left, self._left)
        return functional.linear(gate(above, -1), *self._residual) + own
