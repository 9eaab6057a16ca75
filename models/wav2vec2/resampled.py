"""wav2vec 2.0 (Baevski et al. 2020) with a change of frame rate inside, as FaceFormer, EMOTE and TalkSHOW use it.

The parts and their names are those of ``transformers``; the way through them is written out here, so that a release of
``transformers`` with another forward pass, attention or default cannot change the features (such a change is what makes
published talking heads jitter on newer installations).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

SAMPLE_RATE = 16_000


class TransformersMissingError(ImportError):
    """``transformers`` is not installed; ``message`` is one sentence, ``hint`` the next step."""

    kind = "missing_runtime"

    def __init__(self) -> None:
        self.message = "The speech encoder of this engine needs the Python package 'transformers'."
        self.hint = "Install Soliloquy's runtime again, or pip install transformers into the worker's Python."
        super().__init__(f"{self.message} {self.hint}")


@dataclass(frozen=True)
class Wav2Vec2Sizes:
    """Sizes of a wav2vec 2.0; the defaults are those of wav2vec2-base (94.4 M weights)."""

    width: int = 768
    layers: int = 12
    heads: int = 12
    feed_forward: int = 3072
    conv_widths: tuple[int, ...] = (512,) * 7
    conv_kernels: tuple[int, ...] = (10, 3, 3, 3, 3, 2, 2)
    conv_strides: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)
    position_kernel: int = 128
    position_groups: int = 16
    epsilon: float = 1e-5

    @property
    def fewest_samples(self) -> int:
        """Samples without which there is no frame at all (400 for the base sizes)."""
        samples = 1
        for kernel, stride in zip(reversed(self.conv_kernels), reversed(self.conv_strides), strict=True):
            samples = (samples - 1) * stride + kernel
        return samples


class Wav2Vec2Resampled(nn.Module):
    """Waveform to speech features at any frame rate; the keys of its state dict are the stock ones.

    The result is deterministic: there is no dropout, no masking and no layer drop, not even in training mode.

    Parameters
    ----------
    sizes : Wav2Vec2Sizes
        wav2vec2-base unless told otherwise.
    align_corners : bool
        How the frames are resampled: True maps the first and last extracted frame onto the first and last asked one
        (EMOTE, FaceFormer), False maps their outer edges onto each other (TalkSHOW).
    normalise : bool
        Bring every waveform to zero mean and unit variance first, as the processor of ``transformers`` does.

    Raises
    ------
    TransformersMissingError
        When ``transformers`` is not installed.
    """

    def __init__(
        self, sizes: Wav2Vec2Sizes | None = None, *, align_corners: bool = True, normalise: bool = False
    ) -> None:
        super().__init__()
        self.sizes = sizes or Wav2Vec2Sizes()
        self.align_corners = align_corners
        self.normalise = normalise
        parts = _stock_parts(self.sizes)
        self.masked_spec_embed: nn.Parameter = parts.masked_spec_embed
        """Stands in for masked frames in pre-training; here only because checkpoints hold it."""
        self.feature_extractor: nn.Module = parts.feature_extractor
        self.feature_projection: nn.Module = parts.feature_projection
        self.encoder: nn.Module = parts.encoder

    def forward(self, samples: Tensor, frames: int | None = None) -> Tensor:
        """Return features of speech.

        Parameters
        ----------
        samples : (B, n)
            Waveform at 16 kHz, n not below ``sizes.fewest_samples``.
        frames : int
            Frames wanted; None keeps the encoder's own 50 per second.

        Returns
        -------
        (B, frames, width) Tensor
        """
        if samples.shape[-1] < self.sizes.fewest_samples:
            raise ValueError(f"wav2vec 2.0 needs at least {self.sizes.fewest_samples} samples, not {samples.shape[-1]}")
        if self.normalise:
            samples = zero_mean_unit_variance(samples)
        features = self.extract(samples)
        if frames is not None:
            features = resample_frames(features, frames, align_corners=self.align_corners)
        return self.encode(features.transpose(1, 2))

    def extract(self, samples: Tensor) -> Tensor:
        """(B, n) samples to (B, conv width, L) frames, 50 per second."""
        extractor: Any = self.feature_extractor
        hidden = samples[:, None]
        for index, layer in enumerate(extractor.conv_layers):
            hidden = layer.conv(hidden)
            if index == 0:
                norm = layer.layer_norm
                hidden = functional.group_norm(hidden, norm.num_groups, norm.weight, norm.bias, norm.eps)
            hidden = functional.gelu(hidden)
        return hidden

    def encode(self, features: Tensor) -> Tensor:
        """(B, T, conv width) frames to (B, T, width) features, each seeing all the others."""
        projection: Any = self.feature_projection
        encoder: Any = self.encoder
        hidden = projection.projection(projection.layer_norm(features))
        hidden = encoder.layer_norm(hidden + self._positions(hidden))
        for layer in encoder.layers:
            hidden = layer.layer_norm(hidden + self._attend(layer.attention, hidden))
            forward = layer.feed_forward
            inner = functional.gelu(forward.intermediate_dense(hidden))
            hidden = layer.final_layer_norm(hidden + forward.output_dense(inner))
        return hidden

    def _positions(self, hidden: Tensor) -> Tensor:
        encoder: Any = self.encoder
        conv = encoder.pos_conv_embed.conv
        weight = normed_weight(conv)
        pad = self.sizes.position_kernel // 2
        positions = functional.conv1d(hidden.transpose(1, 2), weight, conv.bias, padding=pad, groups=conv.groups)
        # An even kernel gives one frame too many.
        return functional.gelu(positions[..., : hidden.shape[1]]).transpose(1, 2)

    def _attend(self, attention: Any, hidden: Tensor) -> Tensor:
        heads = (*hidden.shape[:2], self.sizes.heads, -1)
        query, key, value = (
            linear(hidden).view(heads).transpose(1, 2)
            for linear in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        seen = functional.scaled_dot_product_attention(query, key, value)
        return attention.out_proj(seen.transpose(1, 2).reshape(hidden.shape))


def resample_frames(features: Tensor, frames: int, *, align_corners: bool) -> Tensor:
    """Return (B, C, L) features linearly resampled to (B, C, frames)."""
    return functional.interpolate(features, size=frames, mode="linear", align_corners=align_corners)


def zero_mean_unit_variance(samples: Tensor) -> Tensor:
    """Return (B, n) waveforms each with mean 0 and variance 1, as the ``transformers`` processor leaves them."""
    variance = samples.var(-1, correction=0, keepdim=True)
    return (samples - samples.mean(-1, keepdim=True)) / torch.sqrt(variance + 1e-7)


def normed_weight(conv: nn.Module) -> Tensor:
    """Return the kernel of a weight-normed convolution (Salimans and Kingma 2016), one magnitude per kernel tap.

    The two halves are called ``weight_g``, ``weight_v`` or ``parametrizations.weight.original0``, ``original1``,
    whichever PyTorch and ``transformers`` made the module.
    """
    parameters = dict(conv.named_parameters())
    magnitude = parameters.get("weight_g", parameters.get("parametrizations.weight.original0"))
    direction = parameters.get("weight_v", parameters.get("parametrizations.weight.original1"))
    if magnitude is None or direction is None:
        return parameters["weight"]
    # torch types norm in part only.
    norm = direction.norm(dim=(0, 1), keepdim=True)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return direction * (magnitude / cast("Tensor", norm))


def _stock_parts(sizes: Wav2Vec2Sizes) -> Any:
    try:
        from transformers import Wav2Vec2Config, Wav2Vec2Model
    except ImportError as error:
        raise TransformersMissingError from error
    return Wav2Vec2Model(
        Wav2Vec2Config(
            hidden_size=sizes.width,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            intermediate_size=sizes.feed_forward,
            conv_dim=sizes.conv_widths,
            conv_kernel=sizes.conv_kernels,
            conv_stride=sizes.conv_strides,
            num_conv_pos_embeddings=sizes.position_kernel,
            num_conv_pos_embedding_groups=sizes.position_groups,
            layer_norm_eps=sizes.epsilon,
            feat_extract_norm="group",
            do_stable_layer_norm=False,
            conv_bias=False,
        )
    )
