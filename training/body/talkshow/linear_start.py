"""A motion code that begins as principal components.

Deep and narrow, the published autoencoder spends its first thousands of steps on the two or three largest movements; a
short training would end there. So it begins as a linear one: the frames' principal components, sums and differences of
two neighbours at every halving of the rate, and the principal components of the result. A signal passes a rectifier
as two channels, one of either sign; residual branches begin at zero (as in Goyal et al. 2017, "Accurate, Large
Minibatch SGD", section 5.1). What training adds is all that is not linear.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ....models.talkshow.body.convolutions import ConvBlock
from ....models.talkshow.body.vqvae import VQVAE


@torch.no_grad()
def begin_linear(codes: VQVAE, motion: Tensor) -> None:
    """Set the weights of a motion code, in place.

    Parameters
    ----------
    motion : (B, T, D)
        Centred motion as the code will see it, T a multiple of 4.
    """
    encoder, decoder = codes.encoder, codes.decoder
    signals = codes.config.width // 8
    axes, variances = _axes(motion.flatten(0, 1), signals)
    first = encoder.project.conv
    assert isinstance(first, nn.Conv1d)
    _zero(first)
    first.weight[:, :, 1] = _both_signs(axes.T, 0)
    # Batch norm gives every channel back the spread that it takes.
    norm = encoder.project.norm
    norm.weight.copy_(_both_signs(variances.sqrt(), 0).abs())
    norm.running_var.copy_(norm.weight.square())
    for block in (encoder._down_1, encoder._down_2, decoder._up_2, decoder._up_3):
        block.norm.weight.zero_()
    for stack in (encoder._enc_1, encoder._enc_2, encoder._enc_3, decoder._dec_1, decoder._dec_2, decoder._dec_3):
        stack.norm.weight.zero_()
    _halve(encoder._down_1, signals)
    _halve(encoder._down_2, 2 * signals)
    _double(decoder._up_2, 2 * signals)
    _double(decoder._up_3, signals)
    _zero(decoder.project)
    decoder.project.weight[:, :, 0] = _both_signs(axes, 1)
    low = _signals(motion @ axes)
    main, _ = _axes(low, codes.config.code_width)
    _zero(encoder.pre_vq_conv)
    encoder.pre_vq_conv.weight[:, :, 0] = _both_signs(main.T, 1)
    _zero(decoder.aft_vq_conv)
    decoder.aft_vq_conv.weight[:, :, 0] = _both_signs(main, 0)


def _axes(rows: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Return (D, count) principal axes of (N, D) rows and their (count,) variances; zeros beyond D."""
    values, vectors = torch.linalg.eigh((rows.T @ rows / len(rows)).double())
    kept = min(count, rows.shape[1])
    axes, variances = torch.zeros(rows.shape[1], count), torch.full((count,), 1e-6)
    axes[:, :kept] = vectors.flip(1)[:, :kept].float()
    variances[:kept] = values.flip(0)[:kept].float().clamp_min(1e-6)
    return axes, variances


def _signals(motion: Tensor) -> Tensor:
    """Return (N, 4 S) of (B, T, S): what both halvings make of it."""
    for _ in range(2):
        first, second = motion[:, ::2], motion[:, 1::2]
        motion = torch.cat([first + second, first - second], 2) / 2**0.5
    return motion.flatten(0, 1)


def _both_signs(weight: Tensor, dim: int) -> Tensor:
    """Return a weight whose rows (or columns) are followed by their negatives."""
    return torch.cat([weight, -weight], dim)


def _zero(layer: nn.Module) -> None:
    for parameter in layer.parameters():
        parameter.zero_()


def _pair(signals: int) -> Tensor:
    """Return (2, 2 S, S): what sum and difference take of the first and of the second frame."""
    one = torch.eye(signals) / 2**0.5
    return torch.stack([torch.cat([one, one]), torch.cat([one, -one])])


def _halve(block: ConvBlock, signals: int) -> None:
    layer = block.residual_layer
    assert isinstance(layer, nn.Conv1d)
    _zero(layer)
    for tap, matrix in zip((1, 2), _pair(signals), strict=True):
        layer.weight[:, :, tap] = _both_signs(_both_signs(matrix, 0), 1)


def _double(block: ConvBlock, signals: int) -> None:
    layer = block.residual_layer
    assert isinstance(layer, nn.ConvTranspose1d)
    _zero(layer)
    for tap, matrix in zip((1, 2), _pair(signals), strict=True):
        layer.weight[:, :, tap] = _both_signs(_both_signs(matrix, 0), 1)
