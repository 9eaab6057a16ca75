"""The default face network: hidden states of the phone encoder to lips and expression at 50 Hz.

Two ways lead from what is heard to the lips. Local convolutions say every 20 ms how far the lips are apart, whether
they are shut and which viseme it is; the directed head, told what to feel, adds what a prior over faces in motion knows
and the expression.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..phones.encoder import PhoneEncoder, PhoneEncoderConfig
from .directed import DirectedHead, DirectedHeadConfig
from .geometry import GEOMETRY as GEOMETRY
from .geometry import GEOMETRY_SCALE as GEOMETRY_SCALE
from .visemes import VISEMES


@dataclass(frozen=True)
class FaceNetworkConfig:
    """Sizes of the head and of the encoder under it."""

    encoder: PhoneEncoderConfig = field(default_factory=lambda: PhoneEncoderConfig(reach=100))
    width: int = 160
    kernel: int = 5
    dilations: tuple[int, ...] = (1, 2, 4)
    dropout: float = 0.1
    directed: DirectedHeadConfig = field(default_factory=DirectedHeadConfig)
    expression: tuple[str, ...] = ()
    """What is said about expressions, an emotion and a part of the face each; empty for lips alone, not directed."""
    people: bool = False
    """Whether a second ear, taught by many people, has its say about the geometry."""

    @classmethod
    def from_json(cls, text: str) -> FaceNetworkConfig:
        """Build from the JSON that is stored with the weights."""
        values = json.loads(text)
        encoder = PhoneEncoderConfig(**values.pop("encoder"))
        directed = DirectedHeadConfig(**values.pop("directed", {}))
        dilations, expression = tuple(values.pop("dilations")), tuple(values.pop("expression", ()))
        return cls(encoder=encoder, directed=directed, dilations=dilations, expression=expression, **values)

    def to_json(self) -> str:
        """Return JSON to store with the weights."""
        return json.dumps(dataclasses.asdict(self))


@dataclass
class FaceOutput:
    """What the network says about every 20 ms frame."""

    geometry: Tensor
    """(B, T, 5) :data:`GEOMETRY`; the aperture is >= 0."""
    closure: Tensor
    """(B, T) logit of closed lips."""
    visemes: Tensor
    """(B, T, 14) logits of :data:`VISEMES`."""
    expression: Tensor
    """(B, T, 14) how strongly each emotion but neutral works the face, then the mouth."""


class ResidualConvolution(nn.Module):
    """Norm, dilated convolution over time, GELU, dropout, projection, added to the input."""

    def __init__(self, width: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.convolution = nn.Conv1d(width, width, kernel, padding=dilation * (kernel // 2), dilation=dilation)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, keep: Tensor | None) -> Tensor:
        """(B, T, width) to the same shape."""
        y = self.norm(x)
        if keep is not None:
            y = y * keep
        y = functional.gelu(self.convolution(y.transpose(1, 2)).transpose(1, 2))
        return x + self.out(self.dropout(y))


class Ear(nn.Module):
    """Temporal convolutions over the hidden states of all encoder blocks."""

    def __init__(self, config: FaceNetworkConfig) -> None:
        super().__init__()
        encoder = config.encoder
        self.norms = nn.ModuleList(nn.LayerNorm(encoder.width) for _ in range(encoder.blocks))
        self.input = nn.Linear(encoder.width * encoder.blocks, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(
            ResidualConvolution(config.width, config.kernel, dilation, config.dropout) for dilation in config.dilations
        )
        self.norm = nn.LayerNorm(config.width)
        self.geometry = nn.Linear(config.width, len(GEOMETRY))

    def listen(self, hidden: list[Tensor], keep: Tensor | None = None) -> Tensor:
        """Hidden states, each (B, T, encoder width), to features (B, T, width); ``keep`` (B, T, 1) is 0 on padding."""
        x = torch.cat([norm(state) for norm, state in zip(self.norms, hidden, strict=True)], dim=-1)
        x = self.dropout(self.input(x))
        for block in self.blocks:
            x = block(x, keep)
        return self.norm(x)


class PeopleEar(Ear):
    """An ear taught by many people; how far it is followed in each geometry is a number of its own."""

    def __init__(self, config: FaceNetworkConfig) -> None:
        super().__init__(config)
        self.register_buffer("share", torch.ones(len(GEOMETRY)))

    def forward(self, hidden: list[Tensor], keep: Tensor | None = None) -> Tensor:
        """Hidden states to unscaled geometry (B, T, 5)."""
        return self.geometry(self.listen(hidden, keep))


class FaceHead(Ear):
    """An ear that says how far the lips are apart, whether they are shut, which viseme it is and what a face feels."""

    def __init__(self, config: FaceNetworkConfig) -> None:
        super().__init__(config)
        self.expression = config.expression
        self.closure = nn.Linear(config.width, 1)
        self.visemes = nn.Linear(config.width, len(VISEMES))
        self.directed = DirectedHead(config.width, config.directed) if config.expression else None
        self.people = PeopleEar(config) if config.people else None
        self.register_buffer("scale", torch.tensor(GEOMETRY_SCALE), persistent=False)

    def speak(self, features: Tensor, emotion: Tensor | None = None, people: Tensor | None = None) -> FaceOutput:
        """Features (B, T, width) and emotions (B, T, 8) to the face; without emotions the local convolutions speak.

        ``people`` (B, T, 5) is what the second ear says about the geometry, where there is one.
        """
        geometry = self.geometry(features)
        if self.people is not None and people is not None:
            geometry = geometry + self.people.get_buffer("share") * (people - geometry)
        if self.directed is None or emotion is None:
            expression = features.new_zeros(*features.shape[:2], len(self.expression))
        else:
            directed = self.directed(features, emotion)
            geometry = geometry + directed[..., : len(GEOMETRY)]
            expression = directed[..., len(GEOMETRY) :]
        aperture = functional.softplus(geometry[..., :1], beta=4.0)
        geometry = torch.cat([aperture, geometry[..., 1:]], dim=-1) * self.get_buffer("scale")
        return FaceOutput(geometry, self.closure(features)[..., 0], self.visemes(features), expression)


class FaceNetwork(nn.Module):
    """Waveform to face: phone encoder and head."""

    def __init__(self, config: FaceNetworkConfig | None = None) -> None:
        super().__init__()
        self.config = config or FaceNetworkConfig()
        self.encoder = PhoneEncoder(self.config.encoder)
        self.head = FaceHead(self.config)

    def forward(self, samples: Tensor, lengths: Tensor | None = None, emotion: Tensor | None = None) -> FaceOutput:
        """Listen and speak.

        Parameters
        ----------
        samples : (B, n)
            Waveform at 16 kHz, level-normalised.
        lengths : (B,)
            True lengths in samples where clips are padded.
        emotion : (B, T, 8)
            Weights 0..1 on the frames, T = ``n // 320 + 1``; None is neutral.

        Returns
        -------
        FaceOutput
            On frames at ``k * 20 ms``.
        """
        hidden = self.encoder(samples, lengths)
        keep = None
        if lengths is not None:
            index = torch.arange(hidden[0].shape[1], device=samples.device)
            keep = (index[None] <= (lengths // self.config.encoder.frame_samples)[:, None])[..., None].to(samples.dtype)
        features = self.head.listen(hidden, keep)
        if emotion is None:
            emotion = features.new_zeros(*features.shape[:2], self.config.directed.emotions)
        people = None if self.head.people is None else self.head.people(hidden, keep)
        return self.head.speak(features, emotion, people)
