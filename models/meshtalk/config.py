"""Sizes of MeshTalk's networks; the defaults are those of the published weights."""

from __future__ import annotations

from dataclasses import dataclass

SLOPE = 0.2
"""Of the context model's leaky ReLUs."""


@dataclass(frozen=True)
class MeshTalkConfig:
    """One set of sizes for the three networks, which must agree on them."""

    points: int = 6172
    """Vertices of the mesh, or the number of coefficients."""
    channels: int = 3
    """3 for vertices, 1 for coefficients."""
    heads: int = 16
    classes: int = 128
    audio_dim: int = 128
    expression_dim: int = 128
    sample_rate: int = 16_000
    window: int = 16_000
    """Samples that one frame hears: one second centred on it."""
    hop: int = 533
    """Samples from frame to frame: ``16000 // 30``, so that the published 30 fps are 30.02."""
    n_fft: int = 2048
    win_length: int = 800
    mel_hop: int = 160
    mels: int = 80
    context: ContextConfig | None = None
    """None for the published context model."""

    @property
    def fps(self) -> float:
        """Frames per second of what the networks give."""
        return self.sample_rate / self.hop

    def frames(self, samples: int) -> int:
        """Return how many frames that many samples give: those whose windows end within the padded recording."""
        padded = samples + 2 * ((self.window - self.hop) // 2)
        return max(0, -(-(padded - self.window) // self.hop))

    def context_config(self) -> ContextConfig:
        """Return the sizes of the context model."""
        return self.context or ContextConfig(heads=self.heads, classes=self.classes, audio_dim=self.audio_dim)


@dataclass(frozen=True)
class ContextConfig:
    """Sizes of the context model."""

    heads: int = 16
    classes: int = 128
    audio_dim: int = 128
    hidden: int = 64
    """Channels per head."""
    kernel: int = 2
    dilations: tuple[int, ...] = (1, 2, 4, 8)
    strict: bool = True
    """True, as published: within a frame every layer looks at earlier heads only, so that six layers on each other see
    six heads back, and the first head's distribution depends on nothing. False: only the first layer does so; the
    others look at their own head too, and the logits at the audio."""
