"""MeshTalk's decoder: a neutral face and the categorical code to the face in motion."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import MeshTalkConfig
from .encoders import Standardisation

_SLOPE = 0.2
LstmState = tuple[Tensor, Tensor]


class VertexUnet(Standardisation):
    """A U-net over the values of one face whose bottleneck holds the code and two LSTM layers over time."""

    def __init__(self, config: MeshTalkConfig | None = None) -> None:
        config = config or MeshTalkConfig()
        super().__init__(config)
        values = config.points * config.channels
        self.encoder = nn.ModuleList([nn.Linear(values, 512), nn.Linear(512, 256), nn.Linear(256, 128)])
        self.fusion = nn.Linear(config.heads * config.classes + 128, 128)
        self.temporal = nn.LSTM(128, 128, num_layers=2, batch_first=True)
        self.decoder = nn.ModuleList([nn.Linear(128, 256), nn.Linear(256, 512), nn.Linear(512, values)])
        self.vertex_bias = nn.Parameter(torch.zeros(values))

    def forward(self, neutral: Tensor, code: Tensor) -> Tensor:
        """Return the face in motion, (B, T, points, channels).

        Parameters
        ----------
        neutral : Tensor
            (B, T, points, channels), or (B, 1, points, channels) where it stays the same.
        code : Tensor
            (B, T, heads, classes), one-hot or soft.
        """
        return self.decode(neutral, code, None)[0]

    def decode(self, neutral: Tensor, code: Tensor, state: LstmState | None) -> tuple[Tensor, LstmState]:
        """As :meth:`forward`, from the LSTM's state before to its state after, so that a recording can be cut."""
        x = self.standardise(neutral)
        skips: list[Tensor] = []
        for layer in self.encoder:
            skips.append(x)
            x = functional.leaky_relu(layer(x), _SLOPE)
        code = code.flatten(2)
        x = torch.cat([x.expand(-1, code.shape[1], -1), code], -1)
        x, state = self.temporal(functional.leaky_relu(self.fusion(x), _SLOPE), state)
        assert state is not None
        for layer, skip in zip(self.decoder, reversed(skips), strict=True):
            x = skip + functional.leaky_relu(layer(x), _SLOPE)
        return self.restore(x + self.vertex_bias), state
