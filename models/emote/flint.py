"""FLINT, the prior of facial motion that EMOTE speaks through (Danecek et al. 2023, section 3.1).

A variational autoencoder over time after the motion codec of "Learning to Listen" (Ng et al. 2022): convolutions halve
the frame rate three times, a biased transformer sees the whole sequence, and the decoder goes back up the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .transformer import BiasedTransformer

_KERNEL = 5


@dataclass(frozen=True)
class FlintConfig:
    """Sizes of the prior; the defaults are the published ones but for ``channels``, 53 or 103 in the releases."""

    channels: int = 53
    """Numbers per frame: for FLAME 50 or 100 expression coefficients, then the jaw's axis-angle (rad)."""
    width: int = 128
    """Of all layers and of the latent frames."""
    heads: int = 8
    feed_forward: int = 384
    layers: int = 1
    """Transformer layers in each half."""
    halvings: int = 3
    """How often the frame rate is halved."""
    projection: bool = True
    """Whether a linear layer follows the decoder's transformer (both releases)."""
    dropout: float = 0.0
    shortcut: bool = True
    """Whether its transformers run as those of the authors' released programs, see :class:`BiasedTransformer`."""

    @property
    def frames_per_latent(self) -> int:
        """Frames that one latent frame stands for (8)."""
        return 2**self.halvings


def _activated(convolution: nn.Module, width: int, *rest: nn.Module) -> nn.Sequential:
    # The order is convolution, activation, norm, unlike the usual one.
    return nn.Sequential(convolution, nn.LeakyReLU(0.2), nn.BatchNorm1d(width), *rest)


def _convolution(in_width: int, out_width: int, stride: int = 1) -> nn.Conv1d:
    return nn.Conv1d(in_width, out_width, _KERNEL, stride, _KERNEL // 2, padding_mode="replicate")


class FlintEncoder(nn.Module):
    """Motion to the mean and log variance of latent frames."""

    def __init__(self, config: FlintConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        halves = [_activated(_convolution(config.channels, width, 2), width)]
        halves += [_activated(_convolution(width, width), width, nn.MaxPool1d(2)) for _ in range(1, config.halvings)]
        self.squasher = nn.Sequential(*halves)
        self.encoder_linear_embedding = nn.Linear(width, width)
        self.encoder_transformer = BiasedTransformer(
            width, config.heads, config.feed_forward, config.layers, dropout=config.dropout, shortcut=config.shortcut
        )
        self.mean = nn.Linear(width, width)
        self.logvar = nn.Linear(width, width)

    def forward(self, motion: Tensor) -> tuple[Tensor, Tensor]:
        """Encode.

        Parameters
        ----------
        motion : (B, T, channels)
            T must be a multiple of ``frames_per_latent``.

        Returns
        -------
        mean, log variance : (B, T / frames_per_latent, width)
        """
        if motion.shape[1] % self.config.frames_per_latent:
            raise ValueError(f"{motion.shape[1]} frames are no multiple of {self.config.frames_per_latent}")
        hidden = self.squasher(motion.transpose(1, 2)).transpose(1, 2)
        hidden = self.encoder_transformer(self.encoder_linear_embedding(hidden))
        return self.mean(hidden), self.logvar(hidden)


class FlintDecoder(nn.Module):
    """Latent frames to motion."""

    def __init__(self, config: FlintConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        first = nn.ConvTranspose1d(width, width, _KERNEL, stride=2, padding=_KERNEL // 2, output_padding=1)
        doubles = [_activated(first, width)]
        doubles += [_activated(_convolution(width, width), width) for _ in range(1, config.halvings)]
        self.expander = nn.ModuleList(doubles)
        self.decoder_linear_embedding = nn.Linear(width, width)
        self.decoder_transformer = BiasedTransformer(
            width, config.heads, config.feed_forward, config.layers, dropout=config.dropout, shortcut=config.shortcut
        )
        self.post_transformer_linear = nn.Linear(width, width) if config.projection else None
        self.cross_smooth_layer = nn.Conv1d(width, config.channels, _KERNEL, padding=_KERNEL // 2)

    def forward(self, latent: Tensor) -> Tensor:
        """(B, L, width) latent frames to (B, L * frames_per_latent, channels)."""
        hidden = latent.transpose(1, 2)
        for index, layer in enumerate(self.expander):
            hidden = layer(hidden)
            if index > 0:
                hidden = hidden.repeat_interleave(2, dim=-1)
        hidden = self.decoder_transformer(self.decoder_linear_embedding(hidden.transpose(1, 2)))
        if self.post_transformer_linear is not None:
            hidden = self.post_transformer_linear(hidden)
        return self.cross_smooth_layer(hidden.transpose(1, 2)).transpose(1, 2)


class Flint(nn.Module):
    """Both halves, as the prior is trained."""

    def __init__(self, config: FlintConfig | None = None) -> None:
        super().__init__()
        self.config = config or FlintConfig()
        self.motion_encoder = FlintEncoder(self.config)
        self.motion_decoder = FlintDecoder(self.config)

    def forward(self, motion: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Encode, sample, decode.

        Parameters
        ----------
        motion : (B, T, channels)
            T a multiple of ``frames_per_latent``.
        generator : torch.Generator
            For the sampling.

        Returns
        -------
        decoded, mean, log variance : (B, T, channels), (B, L, width), (B, L, width)
        """
        mean, log_variance = self.motion_encoder(motion)
        noise = torch.empty_like(mean).normal_(generator=generator)
        return self.motion_decoder(mean + noise * torch.exp(0.5 * log_variance)), mean, log_variance


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return the divergence of the latents from a standard normal: summed over channels, meaned over latent frames."""
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(-1).mean()
