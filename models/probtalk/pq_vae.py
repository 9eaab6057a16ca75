"""ProbTalk's motion autoencoder: eight frames become one token per group, and tokens motion.

Liu et al., CVPR 2024, section 3.2; layers and names of the weights are those of the authors' checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from .blocks import ConvBlock, ConvStack
from .quantiser import ProductQuantiser

FRAMES_PER_STEP = 8


@dataclass(frozen=True)
class PQVAEConfig:
    """Sizes; the defaults are the published ones."""

    in_dim: int = 376
    """Numbers of one frame."""
    widths: tuple[int, int, int, int] = (256, 256, 512, 1024)
    """Channels at the full frame rate, at a half, a quarter and an eighth."""
    blocks: int = 2
    """Convolutions of every stack."""
    codes: int = 128
    groups: int = 4
    code_dim: int = 128
    """Length of one code book's vectors."""
    decay: float = 0.99
    """Of the code books' moving averages."""
    reset_below: float = 1.0
    """Codes used less often per batch are drawn anew in training."""


class Encoder(nn.Module):
    """(B, in_dim, T) to (B, groups * code_dim, T // 8)."""

    def __init__(self, config: PQVAEConfig) -> None:
        super().__init__()
        full, half, quarter, eighth = config.widths
        self.project = ConvBlock(config.in_dim, full)
        self._enc_1 = ConvStack(full, config.blocks)
        self._down_1 = ConvBlock(full, half, "down")
        self._enc_2 = ConvStack(half, config.blocks)
        self._down_2 = ConvBlock(half, quarter, "down")
        self._enc_3 = ConvStack(quarter, config.blocks)
        self._down_3 = ConvBlock(quarter, eighth, "down")
        self._enc_4 = ConvStack(eighth, config.blocks)
        self.pre_vq_conv = nn.Conv1d(eighth, config.groups * config.code_dim, 1)

    def forward(self, motion: Tensor) -> Tensor:
        """(B, in_dim, T) to (B, groups * code_dim, T // 8)."""
        result = self._enc_1(self.project(motion))
        result = self._enc_2(self._down_1(result))
        result = self._enc_3(self._down_2(result))
        result = self._enc_4(self._down_3(result))
        return self.pre_vq_conv(result)


class Decoder(nn.Module):
    """(B, groups * code_dim, S) to (B, in_dim, 8 S)."""

    def __init__(self, config: PQVAEConfig) -> None:
        super().__init__()
        full, half, quarter, eighth = config.widths
        self.aft_vq_conv = nn.Conv1d(config.groups * config.code_dim, eighth, 1)
        self._dec_1 = ConvStack(eighth, config.blocks)
        self._up_2 = ConvBlock(eighth, quarter, "up")
        self._dec_2 = ConvStack(quarter, config.blocks)
        self._up_3 = ConvBlock(quarter, half, "up")
        self._dec_3 = ConvStack(half, config.blocks)
        self._up_4 = ConvBlock(half, full, "up")
        self._dec_4 = ConvStack(full, config.blocks)
        self.project = nn.Conv1d(full, config.in_dim, 1)

    def forward(self, vectors: Tensor) -> Tensor:
        """(B, groups * code_dim, S) to (B, in_dim, 8 S)."""
        result = self._dec_1(self.aft_vq_conv(vectors))
        result = self._dec_2(self._up_2(result))
        result = self._dec_3(self._up_3(result))
        result = self._dec_4(self._up_4(result))
        return self.project(result)


class PQVAE(nn.Module):
    """The autoencoder; everything outside it is (B, T, C).

    Parameters
    ----------
    config : PQVAEConfig
        The published sizes unless told otherwise.
    """

    def __init__(self, config: PQVAEConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or PQVAEConfig()
        self.encoder = Encoder(config)
        self.vq_layer = ProductQuantiser(
            config.groups * config.code_dim, config.codes, config.groups, config.decay, config.reset_below
        )
        self.decoder = Decoder(config)

    def encode(self, motion: Tensor) -> Tensor:
        """Return the codes of motion.

        Parameters
        ----------
        motion : (B, T, in_dim)
            Normalised motion, T not below 8.

        Returns
        -------
        (B, T // 8, groups) Tensor
            Whole numbers below ``codes``.
        """
        return self.vq_layer.nearest(self._encoded(motion))

    def decode(self, codes: Tensor) -> Tensor:
        """Return (B, 8 S, in_dim) motion of (B, S, groups) codes."""
        return self._decoded(self.vq_layer.look_up(codes))

    def forward(self, motion: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Encode and decode; in training mode the code books follow.

        Returns
        -------
        reconstruction : (B, T // 8 * 8, in_dim)
        codes : (B, T // 8, groups)
        commitment : ()
            Weighted by 0.25 in the published loss.
        """
        vectors, codes, commitment = self.vq_layer(self._encoded(motion))
        return self._decoded(vectors), codes, commitment

    def _encoded(self, motion: Tensor) -> Tensor:
        return self.encoder(motion.transpose(1, 2)).transpose(1, 2)

    def _decoded(self, vectors: Tensor) -> Tensor:
        return self.decoder(vectors.transpose(1, 2)).transpose(1, 2)
