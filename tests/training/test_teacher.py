"""What a teacher tells of speech without faces: the same for the same lessons, nothing of who is left out."""

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
from soliloquy.training.face import teacher
from soliloquy.training.face.people import Heard, PeopleSettings, train_people
from soliloquy.training.face.teacher import Lessons, Speech, teach


@pytest.fixture(scope="module")
def network() -> FaceNetwork:
    return small_face_network().eval()


def states(seed: int, width: int) -> torch.Tensor:
    """Return (60, width) hidden states."""
    return torch.randn(60, width, generator=torch.Generator().manual_seed(seed)).cumsum(0) / 4


def heard(speaker: str, seed: int, width: int) -> Heard:
    """A clip whose aperture is the first hidden channel."""
    hidden, geometry = states(seed, width), torch.zeros(60, 5)
    geometry[:, 0] = 0.05 + 0.04 * torch.tanh(hidden[:, 0])
    return Heard(speaker, f"{speaker}{seed}", True, hidden, geometry, torch.zeros(60, BANDS))


SPEAKERS = ["s1", "s1", "a", "b", "c"]
SMALL_WIDTH = teacher.SMALL.encoder.width * teacher.SMALL.encoder.blocks


def lessons(people: list[Heard]) -> Lessons:
    piece = Speech("p", states(7, 32), states(8, SMALL_WIDTH), states(9, 32)[:30], 2.0, torch.zeros(60, BANDS))
    return Lessons(people, [piece])


def test_a_teacher_tells_of_a_piece_and_its_copy_and_knows_nothing_of_who_is_left_out(
    network: FaceNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teacher, "TEACHER", PeopleSettings(steps=4, first=1, others=2, taught=0))
    people = [heard(name, seed, 32) for seed, name in enumerate(SPEAKERS)]
    filmed = [heard(name, seed, SMALL_WIDTH) for seed, name in enumerate(SPEAKERS)]
    left = frozenset({"c"})
    plain, copy = teach(network, people, lessons(filmed), left, report=lambda line: None)
    assert plain.clip == copy.clip
    assert plain.geometry[:, 0].isfinite().all()
    assert plain.geometry[:, 1:].isnan().all()
    # The copy runs twice as fast.
    torch.testing.assert_close(copy.geometry[:, 0], plain.geometry[::2, 0])
    changed = [dataclasses.replace(one, geometry=3 * one.geometry) if one.speaker == "c" else one for one in filmed]
    again = teach(network, people, lessons(changed), left, report=lambda line: None)
    assert torch.equal(again[0].geometry[:, 0], plain.geometry[:, 0])
    other = teach(network, people, lessons(changed), report=lambda line: None)
    assert not torch.equal(other[0].geometry[:, 0], plain.geometry[:, 0])


def test_the_second_ear_learns_the_aperture_it_is_told_of(network: FaceNetwork) -> None:
    people = [heard(name, seed, 32) for seed, name in enumerate(SPEAKERS)]
    told = []
    for seed in range(20, 24):
        one = heard("", seed, 32)
        one.geometry[:, 0] = 0.05 - 0.04 * torch.tanh(one.hidden[:, 5])  # what nobody of the filmed does
        one.geometry[:, 1:] = float("nan")
        told.append(one)
    settings = PeopleSettings(steps=40, first=1, others=1, taught=6, rate=1e-2)

    def likeness(taught: list[Heard]) -> float:
        ear = train_people(network, people, settings, report=lambda line: None, taught=taught)
        with torch.inference_mode():
            said = ear(list(told[0].hidden[None].chunk(2, -1)))[0, :, 0].numpy()
        return float(np.corrcoef(said, told[0].geometry[:, 0].numpy())[0, 1])

    assert likeness(told) > 0.8 > 0.4 > likeness([])
