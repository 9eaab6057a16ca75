"""MeshTalk's encoder: one second of sound per frame, the face over time, and their fusion into categorical logits."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import MeshTalkConfig
from .mel import MelSpectrogram

_SLOPE = 0.2
LOUDNESS = 0.01
"""Mean absolute sample that recordings are scaled to."""


def audio_windows(samples: Tensor, config: MeshTalkConfig, first: int = 0, last: int | None = None) -> Tensor:
    """Return the sound that frames ``first`` to ``last`` (exclusive) hear, (T, window).

    Frame ``i`` hears the window centred on sample ``hop // 2 + hop * i``, silence beyond the ends.
    """
    last = config.frames(len(samples)) if last is None else last
    if last <= first:
        return samples.new_zeros(0, config.window)
    padding = (config.window - config.hop) // 2
    start, stop = first * config.hop - padding, (last - 1) * config.hop - padding + config.window
    piece = samples[max(0, start) : max(0, stop)]
    piece = functional.pad(piece, (max(0, -start), max(0, stop - max(0, start) - len(piece))))
    return piece.unfold(0, config.window, config.hop)


def loudness_gain(samples: Tensor) -> Tensor:
    """Return the factor that brings a recording to the level of the training audio; 1 for silence."""
    level = samples.abs().mean() if samples.numel() else samples.new_zeros(())
    return torch.where(level > 1e-7, LOUDNESS / level.clamp_min(1e-7), torch.ones_like(level))


class AudioEncoder(nn.Module):
    """Log-mel of one second, dilated convolutions without padding, mean over time."""

    kernel = 5
    width = 128

    def __init__(self, config: MeshTalkConfig) -> None:
        super().__init__()
        self.melspec = MelSpectrogram(config.sample_rate, config.n_fft, config.win_length, config.mel_hop, config.mels)
        self.convert_dimensions = nn.Conv1d(config.mels, self.width, self.kernel)
        self.convs = nn.ModuleList(
            nn.Conv1d(self.width, self.width, self.kernel, dilation=dilation) for dilation in (2, 4, 6, 2, 4, 6)
        )
        self.code = nn.Linear(self.width, config.audio_dim)
        for layer in (self.convert_dimensions, *self.convs):
            assert isinstance(layer, nn.Conv1d)
            assert layer.bias is not None
            nn.init.xavier_uniform_(layer.weight)
            nn.init.constant_(layer.bias, 0.01)

    def forward(self, audio: Tensor) -> Tensor:
        """(B, T, window) samples to (B, T, audio_dim)."""
        batch, frames = audio.shape[:2]
        mel = self.melspec(audio.reshape(batch * frames, -1))
        x = functional.leaky_relu(self.convert_dimensions(mel.clamp_min(1e-10).log()), _SLOPE)
        for convolution in self.convs:
            y = functional.leaky_relu(convolution(x), _SLOPE)
            y = functional.dropout(y, 0.2, self.training)
            cut = (x.shape[-1] - y.shape[-1]) // 2
            x = (x[..., cut:-cut] + y) / 2
        return self.code(x.mean(-1)).view(batch, frames, -1)


class Standardisation(nn.Module):
    """Holds the mean and the deviation of every value of a face; both travel with the weights."""

    def __init__(self, config: MeshTalkConfig) -> None:
        super().__init__()
        shape = (1, 1, config.points, config.channels)
        self.register_buffer("mean", torch.zeros(shape))
        self.register_buffer("stddev", torch.ones(shape))

    def standardise(self, face: Tensor) -> Tensor:
        """(B, T, points, channels) to (B, T, points * channels)."""
        return ((face - self.get_buffer("mean")) / self.get_buffer("stddev")).flatten(2)

    def restore(self, x: Tensor) -> Tensor:
        """(B, T, points * channels) to (B, T, points, channels)."""
        mean = self.get_buffer("mean")
        return x.view(*x.shape[:2], *mean.shape[2:]) * self.get_buffer("stddev") + mean


class ExpressionEncoder(Standardisation):
    """Two layers and an LSTM over the face."""

    def __init__(self, config: MeshTalkConfig) -> None:
        super().__init__(config)
        self.layers = nn.ModuleList([nn.Linear(config.points * config.channels, 256), nn.Linear(256, 128)])
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.code = nn.Linear(128, config.expression_dim)

    def forward(self, face: Tensor) -> Tensor:
        """(B, T, points, channels) to (B, T, expression_dim)."""
        x = self.standardise(face)
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), _SLOPE)
        return self.code(self.lstm(x)[0])


class FusionMlp(nn.Module):
    """Both codes to the log-probabilities of the classes of every head."""

    def __init__(self, config: MeshTalkConfig) -> None:
        super().__init__()
        self.heads, self.classes = config.heads, config.classes
        self.mlp = nn.Sequential(
            nn.Linear(config.expression_dim + config.audio_dim, 256),
            nn.LeakyReLU(_SLOPE),
            nn.Linear(256, 256),
            nn.LeakyReLU(_SLOPE),
            nn.Linear(256, config.heads * config.classes),
        )

    def forward(self, expression: Tensor, audio: Tensor) -> Tensor:
        """(B, T, expression_dim) and (B, T, audio_dim) to (B, T, heads, classes)."""
        logits = self.mlp(torch.cat([expression, audio], -1))
        return logits.view(*logits.shape[:2], self.heads, self.classes).log_softmax(-1)


class MultimodalEncoder(nn.Module):
    """Face and sound to the categorical latent of both."""

    def __init__(self, config: MeshTalkConfig | None = None) -> None:
        super().__init__()
        config = config or MeshTalkConfig()
        self.audio_encoder = AudioEncoder(config)
        self.expression_encoder = ExpressionEncoder(config)
        self.fusion_model = FusionMlp(config)

    def forward(self, face: Tensor, audio: Tensor) -> Tensor:
        """(B, T, points, channels) and (B, T, window) to log-probabilities (B, T, heads, classes)."""
        return self.fusion_model(self.expression_encoder(face), self.audio_encoder(audio))
