"""Lips of strangers: what the comparison of ours with theirs says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")
pytest.importorskip("safetensors")

from small_face_network import small_face_network

from soliloquy.inference.face.default.vocal_effort import BANDS
from soliloquy.training.benchmarks import strangers
from soliloquy.training.benchmarks.strangers import Cache, Likeness, likeness, table
from soliloquy.training.face.people import Heard, PeopleSettings
from soliloquy.training.face.teacher import Lessons


def lips(frames: int = 200) -> np.ndarray:
    time = np.arange(frames) / 25
    return np.stack([0.06 + 0.06 * np.sin(5 * time), 0.5 + 0.03 * np.cos(3 * time)], 1).astype(np.float32)


def test_the_same_lips_at_another_size_are_as_like_and_open_less_far() -> None:
    theirs = lips()
    ours = theirs[:-3] * np.array([0.8, 1.0], np.float32)
    unseen = theirs.copy()
    unseen[40:60] = np.nan
    found = likeness([ours], [unseen])
    assert (found.r, found.f1, found.width) == (pytest.approx(1.0, abs=1e-3),) * 3
    assert found.opening == pytest.approx(0.8, abs=0.02)
    other = likeness([ours[::-1]], [theirs])
    assert other.r < 0.9


def test_the_last_row_is_the_mean_over_people_not_over_clips() -> None:
    page = table({"a": Likeness(0.5, 0.6, 0.7, 0.8), "b": Likeness(0.7, 0.8, 0.9, 1.2)})
    assert page.splitlines()[-1] == "| mean (opening: median) | 0.600 | 0.700 | 0.800 | 1.00 |"


def test_what_was_heard_and_the_ears_are_kept_for_one_network_and_way_of_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = small_face_network().eval()
    people = [
        Heard(name, f"{name}{k}", True, torch.randn(40, 32), 0.1 * torch.rand(40, 5), torch.zeros(40, BANDS))
        for k, name in enumerate(["s1", "s1", "a", "b"])
    ]
    hearings: list[int] = []
    monkeypatch.setattr(strangers, "hear_people", lambda *_: hearings.append(1) or people)
    monkeypatch.setattr(strangers, "speech_without_faces", lambda _: [])
    monkeypatch.setattr(strangers, "prepare", lambda *_: hearings.append(2) or Lessons(people, []))
    monkeypatch.setattr(strangers, "teach", lambda *_: [])
    settings = PeopleSettings(steps=3, first=1, others=2)
    heard = Cache(tmp_path, network, settings).heard([], [])
    lessons = Cache(tmp_path, network, settings).lessons([], [], tmp_path)
    ear = Cache(tmp_path, network, settings).ear(heard, lessons, "b")
    again = Cache(tmp_path, network, settings)
    kept = again.heard([], [])
    lessons = again.lessons([], [], tmp_path)
    assert hearings == [1, 2]
    assert [one.clip for one in lessons.people] == [one.clip for one in people]
    assert [one.clip for one in kept] == [one.clip for one in people]
    assert torch.equal(kept[2].geometry, people[2].geometry)
    monkeypatch.setattr(strangers, "train_people", lambda *_: pytest.fail("trained again"))
    assert torch.equal(again.ear(kept, lessons, "b").geometry.weight, ear.geometry.weight)
    with pytest.raises(pytest.fail.Exception):
        Cache(tmp_path, network, PeopleSettings(steps=4, first=1, others=2)).ear(kept, lessons, "b")
    with pytest.raises(pytest.fail.Exception):
        Cache(None, network, settings).ear(kept, lessons, "b")
