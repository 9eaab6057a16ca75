"""A phone-recognising conformer whose hidden states carry articulation across voices.

The layout is that of the acoustic model inside the Python package ``hama`` 1.7.0 (Apache-2.0): log-mel, one strided
convolution, four macaron conformer blocks (Gulati et al. 2020, "Conformer: Convolution-augmented Transformer for Speech
Recognition") without positional encoding, trained there with CTC on phones.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class PhoneEncoderConfig:
    """Sizes of the phone encoder; the defaults are those of the vendored weights."""

    sample_rate: int = 16_000
    n_fft: int = 400
    hop: int = 160
    mels: int = 80
    width: int = 144
    feed_forward: int = 576
    heads: int = 4
    kernel: int = 31
    blocks: int = 4
    phones: int = 191
    reach: int | None = None
    """Frames (20 ms) each frame may attend to on either side; None for the whole input, as the weights were trained.
    A finite reach bounds the receptive field, so that a long recording can be cut into windows without seams."""

    @property
    def frame_samples(self) -> int:
        """Samples from one output frame to the next (320 = 20 ms)."""
        return 2 * self.hop


class LogMel(nn.Module):
    """Waveform to natural-log mel power, one column per ``hop`` samples, column ``j`` centred on sample ``j * hop``."""

    def __init__(self, config: PhoneEncoderConfig) -> None:
        super().__init__()
        self.n_fft, self.hop = config.n_fft, config.hop
        self.register_buffer("window", torch.hann_window(config.n_fft))
        self.register_buffer("filters", torch.zeros(config.n_fft // 2 + 1, config.mels))

    def forward(self, samples: Tensor) -> Tensor:
        """(B, n) samples to (B, mels, n // hop + 1)."""
        spectrum = torch.stft(
            samples,
            self.n_fft,
            self.hop,
            window=self.get_buffer("window"),
            center=True,
            pad_mode="reflect" if samples.shape[-1] > self.n_fft // 2 else "constant",
            return_complex=True,
        )
        return self.of_power((spectrum.real.square() + spectrum.imag.square()).transpose(1, 2))

    def of_power(self, power: Tensor) -> Tensor:
        """(B, T, n_fft // 2 + 1) power to (B, mels, T)."""
        return torch.log((power @ self.get_buffer("filters")).clamp_min(1e-10)).transpose(1, 2)


class FeedForward(nn.Module):
    """Half of a macaron pair: norm, SiLU layer, projection."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, width) to the same shape."""
        return self.fc2(functional.silu(self.fc1(self.norm(x))))


class SelfAttention(nn.Module):
    """Multi-head attention over the frames that ``mask`` allows."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """(B, T, width) to the same shape; ``mask`` (B or 1, 1, T, T) is True where a frame may look."""
        batch, frames, width = x.shape
        qkv = self.qkv(self.norm(x)).view(batch, frames, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.out(mixed.transpose(1, 2).reshape(batch, frames, width))


class Convolution(nn.Module):
    """Conformer convolution: gate, depthwise convolution (batch norm folded in), SiLU, projection."""

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.gate = nn.Linear(width, 2 * width)
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, keep: Tensor | None) -> Tensor:
        """(B, T, width) to the same shape; ``keep`` (B, T, 1) is 0 on padding."""
        gated = functional.glu(self.gate(self.norm(x)), dim=-1)
        if keep is not None:
            gated = gated * keep
        return self.out(functional.silu(self.depthwise(gated.transpose(1, 2))).transpose(1, 2))


class ConformerBlock(nn.Module):
    """Feed-forward half, attention, convolution, feed-forward half, norm."""

    def __init__(self, config: PhoneEncoderConfig) -> None:
        super().__init__()
        self.ffn1 = FeedForward(config.width, config.feed_forward)
        self.attention = SelfAttention(config.width, config.heads)
        self.convolution = Convolution(config.width, config.kernel)
        self.ffn2 = FeedForward(config.width, config.feed_forward)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, x: Tensor, mask: Tensor | None, keep: Tensor | None) -> Tensor:
        """(B, T, width) to the same shape."""
        x = x + 0.5 * self.ffn1(x)
        x = x + self.attention(x, mask)
        x = x + self.convolution(x, keep)
        return self.norm(x + 0.5 * self.ffn2(x))


class PhoneEncoder(nn.Module):
    """Speech at 16 kHz to the hidden states of every block, 50 frames per second; frame ``k`` is at ``k * 20 ms``."""

    def __init__(self, config: PhoneEncoderConfig | None = None) -> None:
        super().__init__()
        self.config = config or PhoneEncoderConfig()
        self.log_mel = LogMel(self.config)
        self.stem = nn.Conv1d(self.config.mels, self.config.width, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList(ConformerBlock(self.config) for _ in range(self.config.blocks))
        self.phones = nn.Linear(self.config.width, self.config.phones)

    def frames(self, samples: int) -> int:
        """Number of output frames for that many samples."""
        return samples // self.config.hop // 2 + 1

    def forward(self, samples: Tensor, lengths: Tensor | None = None) -> list[Tensor]:
        """Return the hidden states after each block.

        Parameters
        ----------
        samples : Tensor
            (B, n) mono waveform, -1..1, zero-padded to a common length.
        lengths : Tensor, optional
            (B,) true lengths in samples; padding then changes nothing but the last frame of a shorter clip.

        Returns
        -------
        list of Tensor
            One (B, T, width) per block, T = ``frames(n)``.
        """
        mel = self.log_mel(samples)
        if lengths is not None:
            columns = torch.arange(mel.shape[-1], device=mel.device)
            mel = mel * (columns[None] <= (lengths // self.config.hop)[:, None])[:, None]
        x = functional.gelu(self.stem(mel)).transpose(1, 2)
        return self.continue_from(x, lengths, 0)

    def stem_states(self, power: Tensor) -> Tensor:
        """Return the state (B, T, width) before the first block, of power spectra (B, columns, n_fft // 2 + 1)."""
        return functional.gelu(self.stem(self.log_mel.of_power(power))).transpose(1, 2)

    def continue_from(self, x: Tensor, lengths: Tensor | None, first: int) -> list[Tensor]:
        """Return the hidden states after the blocks from ``first`` on, given the state (B, T, width) before it."""
        mask, keep = self._masks(x, lengths)
        hidden: list[Tensor] = []
        for block in self.blocks[first:]:
            x = block(x, mask, keep)
            hidden.append(x)
        return hidden

    def _masks(self, x: Tensor, lengths: Tensor | None) -> tuple[Tensor | None, Tensor | None]:
        frames = x.shape[1]
        index = torch.arange(frames, device=x.device)
        mask, keep = None, None
        if self.config.reach is not None and frames > self.config.reach + 1:
            mask = ((index[:, None] - index[None]).abs() <= self.config.reach)[None, None]
        if lengths is not None:
            valid = index[None] <= (lengths // self.config.frame_samples)[:, None]
            keep = valid[..., None].to(x.dtype)
            inside = valid[:, None, None, :]
            # A padding frame looks at itself, or its softmax would be over nothing.
            itself = torch.eye(frames, dtype=torch.bool, device=x.device)[None, None]
            mask = (inside if mask is None else mask & inside) | itself
        return mask, keep
