"""ProbTalk's predictor: which tokens fit the speech, the speaker and the motion that is already known.

A non-autoregressive masked transformer (Liu et al., CVPR 2024, section 3.3, after MaskGIT, Chang et al. 2022): all
tokens at once, known ones as they are, the others as the mask token. Names of the weights are the authors'.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .blocks import ConvBlock, GatedConv
from .layer import StyledDecoder
from .position import PositionTable, add_positions, grid_positions

_HALVING = (2, 4, 6)
_WIDENING = (4, 6)
_MOTION_LAYERS = 10


@dataclass(frozen=True)
class PredictorConfig:
    """Sizes; the defaults are the published ones."""

    in_dim: int = 376
    """Numbers of one frame of motion."""
    audio_in: int = 768
    """Numbers of one frame of audio features."""
    audio_width: int = 256
    motion_width: int = 128
    """Channels of the motion context at the full frame rate; four times as many at an eighth."""
    codes: int = 128
    groups: int = 4
    width: int = 512
    layers: int = 6
    heads: int = 8
    feed_forward: int = 2048
    out_width: int | None = None
    """Channels between the last layer and the logits; ``width`` when None."""
    classes: int = 4
    """Speakers, or whatever the label tells apart."""
    positions: int = 1800
    """Longest window in steps of eight frames."""
    dropout: float = 0.1
    aligned: bool = False
    """Whether each token also has the condition of its own instant added to it. Not so in the published network, whose
    attention learns in hours of training where in time to listen."""
    text_encoder: bool = True
    """The official checkpoint holds an encoder for text that its configuration does not use."""

    @property
    def mask_id(self) -> int:
        """The token that stands for an unknown one."""
        return self.codes


class ConditionEncoder(nn.Module):
    """Audio features at the frame rate to an eighth of it."""

    def __init__(self, inputs: int, width: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.feature_map = nn.Sequential(
            nn.Conv1d(inputs, width, 1), nn.BatchNorm1d(width), nn.LeakyReLU(0.1), nn.Dropout(dropout)
        )
        self._down_1 = ConvBlock(width, width, "down", dropout)
        self._down_2 = ConvBlock(width, width, "down", dropout)
        self._down_3 = ConvBlock(width, width, "down", dropout)

    def forward(self, features: Tensor) -> Tensor:
        """(B, T, inputs) to (B, T // 8, width)."""
        result = self.feature_map(features.transpose(1, 2))
        return self._down_3(self._down_2(self._down_1(result))).transpose(1, 2)


class TokenTransformer(nn.Module):
    """Tokens and condition to logits; ``PTransformer`` in the authors' words."""

    def __init__(self, config: PredictorConfig, condition_width: int) -> None:
        super().__init__()
        self.groups = config.groups
        self.tok_emb = nn.Embedding(config.codes + 1, config.width)
        self.class_embed = nn.Embedding(config.classes, config.width)
        self.condi_emb = nn.Conv1d(condition_width, config.width, 1)
        self.align_emb = nn.Conv1d(condition_width, config.width, 1) if config.aligned else None
        self.PE = PositionTable(config.positions, config.width)
        self.product_PE = PositionTable(config.groups, config.width)
        self.transformer_decoder = StyledDecoder(
            config.layers, config.width, config.heads, config.feed_forward, config.groups, config.dropout
        )
        between = config.out_width or config.width
        self.output_conv = nn.Sequential(
            nn.Conv1d(config.width, between, 1), nn.ReLU(), nn.Conv1d(between, config.codes, 1)
        )

    def forward(self, tokens: Tensor, condition: Tensor, label: Tensor) -> Tensor:
        """(B, S * groups) tokens, (B, S, condition width), (B,) labels to (B, S * groups, codes) logits."""
        time = self.PE(condition.shape[1])
        known = add_positions(self.tok_emb(tokens), grid_positions(time, self.product_PE(self.groups)))
        if self.align_emb is not None:
            own = self.align_emb(condition.transpose(1, 2)).transpose(1, 2)
            known = known + own.repeat_interleave(self.groups, 1)
        heard = add_positions(self.condi_emb(condition.transpose(1, 2)).transpose(1, 2), time)
        result = self.transformer_decoder(known, heard, self.class_embed(label))
        return self.output_conv(result.transpose(1, 2)).transpose(1, 2)


class ContextTransformer(nn.Module):
    """The motion context's encoder before the transformer; ``PredictorNet`` in the authors' words."""

    def __init__(self, config: PredictorConfig) -> None:
        super().__init__()
        width = config.motion_width
        self.motion_embedding = nn.Conv1d(config.in_dim + 1, width, 1)
        layers: list[nn.Module] = []
        for number in range(_MOTION_LAYERS):
            inputs = width
            width = 2 * width if number in _WIDENING else width
            layers.append(GatedConv(inputs, width, 4 if number in _HALVING else 3 if number else 7))
        self.enc = nn.ModuleList(layers)
        self.decoder = TokenTransformer(config, width + config.audio_width)

    def condition(self, motion: Tensor, known: Tensor, audio: Tensor) -> Tensor:
        """(B, T, in_dim) motion, (B, T) mask, (B, T // 8, audio width) to (B, T // 8, condition width)."""
        mask = known.to(motion.dtype)[..., None]
        context = self.motion_embedding(torch.cat([motion * mask, mask], -1).transpose(1, 2))
        for layer in self.enc:
            context = layer(context)
        return torch.cat([context.transpose(1, 2), audio], -1)


class Predictor(nn.Module):
    """Audio encoder and masked transformer, as the official predictor checkpoint holds them together.

    Parameters
    ----------
    config : PredictorConfig
        The published sizes unless told otherwise.
    """

    def __init__(self, config: PredictorConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or PredictorConfig()
        self.AudEnc = ConditionEncoder(config.audio_in, config.audio_width, config.dropout)
        self.Predictor = ContextTransformer(config)
        if config.text_encoder:
            self.TextEnc = ConditionEncoder(config.audio_in, config.audio_width, config.dropout)

    def condition(self, motion: Tensor, known: Tensor, audio: Tensor) -> Tensor:
        """Return what all steps of decoding share.

        Parameters
        ----------
        motion : (B, T, in_dim)
            Normalised motion; frames that are not known do not matter.
        known : (B, T)
            1 where the motion is known, else 0.
        audio : (B, T, audio_in)
            Audio features at the frame rate of the motion, T not below 8.

        Returns
        -------
        (B, T // 8, condition width) Tensor
        """
        return self.Predictor.condition(motion, known, self.AudEnc(audio))

    def logits(self, tokens: Tensor, condition: Tensor, label: Tensor) -> Tensor:
        """Return (B, N, codes) logits of (B, N) tokens under a :meth:`condition`, N = T // 8 * groups."""
        return self.Predictor.decoder(tokens, condition, label)

    def forward(self, tokens: Tensor, motion: Tensor, known: Tensor, audio: Tensor, label: Tensor) -> Tensor:
        """Return the logits of all tokens.

        Parameters
        ----------
        tokens : (B, N)
            Codes, or ``config.mask_id`` where unknown; all groups of the first step, then of the second, and so on:
            ``codes.flatten(1)`` of (B, T // 8, groups) codes.
        motion, known, audio
            As in :meth:`condition`.
        label : (B,)
            Whole numbers below ``classes``.

        Returns
        -------
        (B, N, codes) Tensor
        """
        return self.logits(tokens, self.condition(motion, known, audio), label)
