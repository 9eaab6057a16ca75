"""A face network of a few thousand numbers, for tests of how it is trained."""

from __future__ import annotations

import torch

from soliloquy.models.face.network import FaceNetwork, FaceNetworkConfig
from soliloquy.models.phones.encoder import PhoneEncoderConfig


def small_face_network() -> FaceNetwork:
    """Return an untrained network, the same each time."""
    torch.manual_seed(0)
    encoder = PhoneEncoderConfig(width=16, feed_forward=32, heads=2, blocks=2, reach=50)
    return FaceNetwork(FaceNetworkConfig(encoder=encoder, width=24, dilations=(1, 2), dropout=0.0))
