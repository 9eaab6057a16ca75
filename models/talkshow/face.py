"""TalkSHOW's face generator: wav2vec 2.0 at 30 frames per second, convolutions, one head for the jaw, one for the face.

Yi et al., CVPR 2023, "Generating Holistic 3D Human Motion from Speech", section 3.2. Names and shapes of the weights
are those of the authors' checkpoint, so that it loads unchanged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..checkpoint import CheckpointError, inner_state, load_strict, read_checkpoint
from ..wav2vec2.resampled import SAMPLE_RATE, Wav2Vec2Resampled, Wav2Vec2Sizes

SYSTEM = "TalkSHOW"
FPS = 30
JAW = 3
EXPRESSION = 100
_KERNEL = 3


@dataclass(frozen=True)
class FaceGeneratorConfig:
    """Sizes; the defaults are the published ones."""

    wav2vec2: Wav2Vec2Sizes = field(default_factory=Wav2Vec2Sizes)
    width: int = 256
    jaw_width: int = 64
    speakers: int = 4
    speaker_width: int = 64
    jaw: int = JAW
    expression: int = EXPRESSION


def frame_count(samples: int) -> int:
    """Return the frames the authors' code makes of so many samples at 16 kHz."""
    return samples * FPS // SAMPLE_RATE


class ConvBlock(nn.Module):
    """Convolution over time, LayerNorm over channels, the input added where asked for, ReLU; (B, C, T) both ways."""

    def __init__(self, inputs: int, outputs: int, *, residual: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, _KERNEL, padding=_KERNEL // 2)
        self.norm = nn.LayerNorm(outputs)
        self.residual_layer: nn.Module | None = None
        if residual:
            same = inputs == outputs
            convolution = nn.Conv1d(inputs, outputs, _KERNEL, padding=_KERNEL // 2)
            self.residual_layer = nn.Identity() if same else nn.Sequential(convolution)

    def forward(self, signal: Tensor) -> Tensor:
        """(B, inputs, T) to (B, outputs, T)."""
        result = self.norm(self.conv(signal).transpose(1, 2)).transpose(1, 2)
        if self.residual_layer is not None:
            result = result + self.residual_layer(signal)
        return functional.relu(result)


class SpeakerBlocks(nn.Module):
    """Three residual blocks over speech features and the speaker's code."""

    def __init__(self, config: FaceGeneratorConfig) -> None:
        super().__init__()
        self.id_mlp = nn.Conv1d(config.speakers, config.speaker_width, 1)
        blocks = nn.Sequential(
            ConvBlock(config.width + config.speaker_width, config.width, residual=True),
            ConvBlock(config.width, config.width, residual=True),
            ConvBlock(config.width, config.width, residual=True),
        )
        self.first_net = nn.ModuleDict({"conv_layers": blocks})
        # Lies in the checkpoint; the authors' forward pass goes around it.
        self.grus = nn.GRU(config.width, config.width, batch_first=True)

    def forward(self, features: Tensor, speaker: Tensor) -> Tensor:
        """(B, width, T) features and (B, speakers) code to (B, width, T)."""
        code = self.id_mlp(speaker[:, :, None].to(features.dtype)).expand(-1, -1, features.shape[-1])
        return self.first_net["conv_layers"](torch.cat([features, code], 1))


class FaceGenerator(nn.Module):
    """Speech to jaw and expression.

    Parameters
    ----------
    config : FaceGeneratorConfig
        The published sizes unless told otherwise.
    """

    def __init__(self, config: FaceGeneratorConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or FaceGeneratorConfig()
        self.audio_encoder = Wav2Vec2Resampled(config.wav2vec2, align_corners=False)
        self.audio_feature_map = nn.Linear(config.wav2vec2.width, config.width)
        self.audio_middle = SpeakerBlocks(config)
        widths = (config.jaw_width, config.width)
        self.decoder = nn.ModuleList(
            nn.Sequential(ConvBlock(config.width, width), ConvBlock(width, width), ConvBlock(width, width))
            for width in widths
        )
        outputs = (config.jaw, config.expression)
        self.final_out = nn.ModuleList(nn.Conv1d(*sizes, 1) for sizes in zip(widths, outputs, strict=True))

    def forward(self, samples: Tensor, speaker: Tensor | None = None, frames: int | None = None) -> Tensor:
        """Return the face of a recording.

        Parameters
        ----------
        samples : (B, n)
            Waveform at 16 kHz as it was read, not normalised.
        speaker : (B, 4)
            One-hot code of a training speaker (Oliver, Chemistry, Seth, Conan); None is nobody, zeros, as in the
            authors' demonstration.
        frames : int
            Frames wanted; :func:`frame_count` when None.

        Returns
        -------
        (B, frames, 103) Tensor
            Jaw axis-angle in radians (3), then SMPL-X expression coefficients (100), at 30 frames per second.
        """
        frames = frame_count(samples.shape[-1]) if frames is None else frames
        if speaker is None:
            speaker = samples.new_zeros(len(samples), self.config.speakers)
        features = self.audio_feature_map(self.audio_encoder(samples, frames)).transpose(1, 2)
        features = self.audio_middle(features, speaker)
        heads = [out(decoder(features)) for decoder, out in zip(self.decoder, self.final_out, strict=True)]
        return torch.cat(heads, 1).transpose(1, 2)


def load_face_generator(path: str | os.PathLike[str], config: FaceGeneratorConfig | None = None) -> FaceGenerator:
    """Return the generator with the weights of the authors' checkpoint (``s2g_face``), ready to run.

    Raises
    ------
    CheckpointError
        When the file is damaged, carries code, or is not that checkpoint.
    """
    path = Path(path)
    content = read_checkpoint(path, system=SYSTEM)
    state: Mapping[str, Any] = content
    # {"generator": {"generator": weights, "generator_optim": ...}, "epoch": ...}; also the inner levels alone.
    while (inner := inner_state(state, "generator")) is not None:
        state = inner
    if any(str(key) in ("g_body", "g_hand", "audioencoder") for key in state) or "audioencoder" in _inner(content):
        raise CheckpointError(
            f"'{path.name}' is TalkSHOW's body, not its face.", "Choose the checkpoint in the folder of s2g_face."
        )
    # Without memory at first: drawing 97 million random weights only to replace them takes seconds.
    with torch.device("meta"):
        generator = FaceGenerator(config)
    generator.to_empty(device="cpu")
    load_strict(generator, state, system=SYSTEM, source=path.name)
    return generator.eval().requires_grad_(False)


def _inner(content: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = inner_state(content, "generator")
    return content if inner is None else inner
