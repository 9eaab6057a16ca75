"""Lips of strangers: what the comparison of ours with theirs says."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")
pytest.importorskip("safetensors")

from soliloquy.training.benchmarks.strangers import Likeness, likeness, table


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
