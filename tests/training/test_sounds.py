"""What sounds ask of the lips is fitted to people, not to frames, and to nobody who is left out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")

from soliloquy.inference.face.default.casual import aperture_of_sounds
from soliloquy.models.face.network import FaceNetwork, FaceNetworkConfig
from soliloquy.models.phones.encoder import PhoneEncoderConfig
from soliloquy.training.face.people import Heard
from soliloquy.training.face.sounds import fit_sounds, sounds_heard


@pytest.fixture(scope="module")
def network() -> FaceNetwork:
    torch.manual_seed(0)
    encoder = PhoneEncoderConfig(width=16, feed_forward=32, heads=2, blocks=2, reach=50)
    network = FaceNetwork(FaceNetworkConfig(encoder=encoder, width=24, dilations=(1, 2), dropout=0.0))
    torch.nn.init.normal_(network.head.visemes.weight, std=2.0)
    return network.eval()


def heard(network: FaceNetwork, speaker: str, seed: int, frames: int, size: float = 1.0) -> Heard:
    """A clip whose aperture is what one sound asks for."""
    hidden = torch.randn(frames, 32, generator=torch.Generator().manual_seed(seed)).cumsum(0) / 4
    one = Heard(speaker, f"{speaker}{seed}", True, hidden, torch.zeros(frames, 5))
    one.geometry[:, 0] = size * 0.15 * torch.from_numpy(sounds_heard(network, one)[:, 9])
    return one


def test_the_map_learns_what_a_sound_asks_for(network: FaceNetwork) -> None:
    people = [heard(network, name, seed, 400) for seed, name in enumerate("abcd")]
    one = heard(network, "e", 9, 400)
    said = aperture_of_sounds(sounds_heard(network, one), fit_sounds(network, people))
    assert np.corrcoef(said, one.geometry[:, 0].numpy())[0, 1] > 0.8


def test_people_are_weighed_alike_and_the_left_out_do_not_count(network: FaceNetwork) -> None:
    short, long = heard(network, "a", 0, 200), heard(network, "b", 1, 200, size=2.0)
    once = fit_sounds(network, [short, long])
    assert fit_sounds(network, [short, long, long]) == pytest.approx(once, abs=2e-6)
    other = dataclasses.replace(short, speaker="c", geometry=9 * short.geometry)
    assert fit_sounds(network, [short, long, other], frozenset({"c"})) == once
    unseen = dataclasses.replace(short, geometry=short.geometry.clone())
    unseen.geometry[::2, 0] = float("nan")
    assert np.isfinite(fit_sounds(network, [unseen, long])).all()
