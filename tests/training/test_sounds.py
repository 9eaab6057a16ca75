"""What sounds ask of the lips is fitted to people, not to frames, and to nobody who is left out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")

from small_face_network import small_face_network

from soliloquy.inference.face.default.casual import aperture_of_sounds
from soliloquy.inference.face.default.vocal_effort import BANDS
from soliloquy.models.face.network import FaceNetwork
from soliloquy.training.face.people import Heard
from soliloquy.training.face.sounds import fit_sounds, sounds_heard


@pytest.fixture(scope="module")
def network() -> FaceNetwork:
    network = small_face_network()
    torch.nn.init.normal_(network.head.visemes.weight, std=2.0)
    return network.eval()


def heard(network: FaceNetwork, speaker: str, seed: int, frames: int, size: float = 1.0) -> Heard:
    """A clip whose aperture is what one sound asks for."""
    hidden = torch.randn(frames, 32, generator=torch.Generator().manual_seed(seed)).cumsum(0) / 4
    levels = torch.randn(frames, BANDS, generator=torch.Generator().manual_seed(seed + 100))
    one = Heard(speaker, f"{speaker}{seed}", True, hidden, torch.zeros(frames, 5), levels)
    one.geometry[:, 0] = size * 0.15 * torch.from_numpy(sounds_heard(network, one)[:, 9])
    return one


def test_the_map_learns_what_a_sound_asks_for(network: FaceNetwork) -> None:
    people = [heard(network, name, seed, 400) for seed, name in enumerate("abcd")]
    one = heard(network, "e", 9, 400)
    said = aperture_of_sounds(sounds_heard(network, one), one.levels.numpy(), fit_sounds(network, people))
    assert np.corrcoef(said, one.geometry[:, 0].numpy())[0, 1] > 0.8


def test_how_far_a_persons_lips_are_apart_on_the_whole_is_no_sound(network: FaceNetwork) -> None:
    people = [heard(network, name, seed, 400) for seed, name in enumerate("abcd")]
    apart = [
        dataclasses.replace(one, geometry=one.geometry + shift)
        for one, shift in zip(people, (-0.04, 0.0, 0.02, 0.06), strict=True)
    ]
    same, other = fit_sounds(network, people), fit_sounds(network, apart)
    assert other[:-1] == pytest.approx(same[:-1], abs=1e-5)
    assert other[-1] == pytest.approx(same[-1] + 0.01, abs=1e-4)


def test_people_are_weighed_alike_and_the_left_out_do_not_count(network: FaceNetwork) -> None:
    short, long = heard(network, "a", 0, 200), heard(network, "b", 1, 200, size=2.0)
    once = fit_sounds(network, [short, long])
    assert fit_sounds(network, [short, long, long]) == pytest.approx(once, abs=2e-6)
    other = dataclasses.replace(short, speaker="c", geometry=9 * short.geometry)
    assert fit_sounds(network, [short, long, other], frozenset({"c"})) == once
    unseen = dataclasses.replace(short, geometry=short.geometry.clone())
    unseen.geometry[::2, 0] = float("nan")
    assert np.isfinite(fit_sounds(network, [unseen, long])).all()
