"""Mel power spectra as ``torchaudio.transforms.MelSpectrogram`` gives them, with its names of the stored tensors."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def mel_filters(bins: int, mels: int, sample_rate: int) -> Tensor:
    """Return (bins, mels) triangles of height 1 on the HTK mel scale, from 0 Hz to half the sample rate.

    mel = 2595 log10(1 + f / 700) (O'Shaughnessy 1987, "Speech Communication: Human and Machine").
    """
    top = 2595 * math.log10(1 + sample_rate / 2 / 700)
    edges = 700 * (10 ** (torch.linspace(0, top, mels + 2) / 2595) - 1)
    frequencies = torch.linspace(0, sample_rate // 2, bins)
    slopes = edges[None] - frequencies[:, None]
    widths = edges.diff()
    rising, falling = -slopes[:, :-2] / widths[:-1], slopes[:, 2:] / widths[1:]
    return torch.minimum(rising, falling).clamp_min(0)


class Spectrogram(nn.Module):
    """Power spectra of windows centred on multiples of the hop, the ends reflected."""

    def __init__(self, n_fft: int, win_length: int, hop: int) -> None:
        super().__init__()
        self.n_fft, self.win_length, self.hop = n_fft, win_length, hop
        self.register_buffer("window", torch.hann_window(win_length))

    def forward(self, samples: Tensor) -> Tensor:
        """(B, n) samples to (B, n_fft / 2 + 1, n // hop + 1)."""
        spectrum = torch.stft(
            samples,
            self.n_fft,
            self.hop,
            self.win_length,
            self.get_buffer("window"),
            center=True,
            pad_mode="reflect",
            return_complex=True,
        )
        return spectrum.real.square() + spectrum.imag.square()


class MelScale(nn.Module):
    """Spectrum to mel bands."""

    def __init__(self, bins: int, mels: int, sample_rate: int) -> None:
        super().__init__()
        self.register_buffer("fb", mel_filters(bins, mels, sample_rate))

    def forward(self, power: Tensor) -> Tensor:
        """(B, bins, T) to (B, mels, T)."""
        return (power.transpose(-1, -2) @ self.get_buffer("fb")).transpose(-1, -2)


class MelSpectrogram(nn.Module):
    """Samples to mel power."""

    def __init__(self, sample_rate: int, n_fft: int, win_length: int, hop: int, mels: int) -> None:
        super().__init__()
        self.spectrogram = Spectrogram(n_fft, win_length, hop)
        self.mel_scale = MelScale(n_fft // 2 + 1, mels, sample_rate)

    def forward(self, samples: Tensor) -> Tensor:
        """(B, n) samples to (B, mels, n // hop + 1)."""
        return self.mel_scale(self.spectrogram(samples))
