"""What each graph computes: the networks from a power spectrum on, so that nothing depends on a runtime's own FFT."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...models.emotion.network import EmotionNetwork, lower_states_of
from ...models.face.network import FaceNetwork
from ...models.gestures.vocabulary import GestureVocabulary
from ...models.phones.encoder import PhoneEncoder
from ...models.upper_face.network import UpperFaceNetwork


class FaceGraph(nn.Module):
    """Power spectrum (1, 2 N - 1 or 2 N, 201) and emotions (1, N, 8) to what ``listen`` of the face engine returns."""

    def __init__(self, network: FaceNetwork) -> None:
        super().__init__()
        self.encoder, self.head = network.encoder, network.head

    def forward(self, power: Tensor, emotion: Tensor) -> Tensor:
        """Return (1, N, 34)."""
        hidden = self.encoder.continue_from(self.encoder.stem_states(power), None, 0)
        features = self.head.listen(hidden)
        people = None if self.head.people is None else self.head.people(hidden)
        said = self.head.speak(features, emotion, people)
        return torch.cat([said.geometry, said.closure[..., None], said.visemes.softmax(-1), said.expression], -1)


class PhonesGraph(nn.Module):
    """Power spectrum to log-probabilities of phones (1, N, 191)."""

    def __init__(self, encoder: PhoneEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, power: Tensor) -> Tensor:
        """Return (1, N, phones)."""
        hidden = self.encoder.continue_from(self.encoder.stem_states(power), None, 0)
        return torch.log_softmax(self.encoder.phones(hidden[-1]), -1)


class LowerStatesGraph(nn.Module):
    """Power spectra (B, T, 201) to the states that the emotion detector listens to, (B, N, 432)."""

    def __init__(self, encoder: PhoneEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, power: Tensor) -> Tensor:
        """Return (B, N, 3 * width)."""
        return lower_states_of(self.encoder, self.encoder.stem_states(power))


class EmotionGraph(nn.Module):
    """Statistics (W, n) to probabilities of the classes, and valence and arousal."""

    def __init__(self, network: EmotionNetwork, temperature: float) -> None:
        super().__init__()
        self.network, self.temperature = network, temperature

    def forward(self, statistics: Tensor) -> tuple[Tensor, Tensor]:
        """Return (W, 7) and (W, 2)."""
        heard = self.network(statistics)
        return (heard.logits / self.temperature).softmax(-1), heard.affect


class UpperFaceSpeechGraph(nn.Module):
    """Features of the voice (1, 2 N, 8) to what the context model hears (1, N, 32)."""

    def __init__(self, network: UpperFaceNetwork) -> None:
        super().__init__()
        self.speech = network.speech

    def forward(self, features: Tensor) -> Tensor:
        """Return (1, N, audio_dim)."""
        return self.speech(features)


class UpperFaceMotionGraph(nn.Module):
    """Drawn classes (1, N, heads) to motion (1, 2 N, 10)."""

    def __init__(self, network: UpperFaceNetwork) -> None:
        super().__init__()
        self.decoder, self.classes = network.decoder, network.config.classes
        self.register_buffer("scale", network.get_buffer("scale"))

    def forward(self, codes: Tensor) -> Tensor:
        """Return (1, 2 N, channels)."""
        return self.decoder(functional.one_hot(codes, self.classes).float()) * self.get_buffer("scale")


class GesturesGraph(nn.Module):
    """Rows of all gestures' frames to their motion (n, 246)."""

    def __init__(self, network: GestureVocabulary) -> None:
        super().__init__()
        self.network = network

    def forward(self, rows: Tensor) -> Tensor:
        """Return (n, channels)."""
        return self.network(rows)
