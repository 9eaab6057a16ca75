"""The second ear: a network hears as before until it is given a share, and learns from everybody alike."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")

from small_face_network import small_face_network

from soliloquy.inference.face.default.vocal_effort import BANDS
from soliloquy.models.face.network import FaceNetwork
from soliloquy.training.face.people import Heard, PeopleSettings, train_people, with_ear
from soliloquy.training.face.voices import applause, crowd


@pytest.fixture(scope="module")
def network() -> FaceNetwork:
    network = small_face_network()
    network.encoder.log_mel.filters.copy_(torch.eye(201)[:, :80])
    return network.eval()


def heard(speaker: str, seed: int) -> Heard:
    """A clip whose aperture is the first hidden channel."""
    hidden = torch.randn(60, 32, generator=torch.Generator().manual_seed(seed)).cumsum(0) / 4
    geometry = torch.zeros(60, 5)
    geometry[:, 0] = 0.05 + 0.04 * torch.tanh(hidden[:, 0])
    return Heard(speaker, f"{speaker}{seed}", True, hidden, geometry, torch.zeros(len(hidden), BANDS))


PEOPLE = [heard(speaker, seed) for seed, speaker in enumerate(["s1", "s1", "a", "a", "b", "c"])]
SETTINGS = PeopleSettings(steps=30, first=1, others=2, rate=1e-2)


def test_a_share_of_nothing_changes_nothing_and_closures_never_change(network: FaceNetwork) -> None:
    ear = train_people(network, PEOPLE, dataclasses.replace(SETTINGS, steps=5), report=lambda line: None)
    samples = 0.1 * torch.randn(1, 16_000, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        before = network(samples)
        none, whole = (with_ear(network, ear, [share] * 5)(samples) for share in (0.0, 1.0))
    torch.testing.assert_close(none.geometry, before.geometry)
    assert not torch.allclose(whole.geometry, before.geometry, atol=1e-4)
    assert torch.equal(whole.closure, before.closure)
    assert torch.equal(whole.visemes, before.visemes)


def test_the_ear_learns_and_repeats_and_leaves_out_whom_it_should(network: FaceNetwork) -> None:
    left = frozenset({"c"})
    first, again = (train_people(network, PEOPLE, SETTINGS, left, report=lambda line: None) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    changed = [dataclasses.replace(one, geometry=one.geometry * 3) if one.speaker == "c" else one for one in PEOPLE]
    other = train_people(network, changed, SETTINGS, left, report=lambda line: None)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))
    with torch.inference_mode():
        said = first(list(PEOPLE[2].hidden[None].chunk(2, -1)))[0, :, 0].numpy()
    assert np.corrcoef(said, PEOPLE[2].geometry[:, 0].numpy())[0, 1] > 0.7


@pytest.mark.parametrize("sound", [applause, crowd])
def test_stand_ins_for_rooms_full_of_people_have_unit_level(sound) -> None:
    wave = sound(16_000, np.random.default_rng(0))
    assert wave.shape == (16_000,)
    assert np.sqrt(np.mean(wave**2)) == pytest.approx(1, abs=0.1)
