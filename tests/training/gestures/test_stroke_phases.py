"""Phases of a gesture, read off the wrists."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("torch")

from soliloquy.training.gestures.stroke_phases import find_phases


def _paths(instants: list[float], heights: list[float], seconds: float = 3.0, side: int = 1) -> np.ndarray:
    """Return wrists of which one goes smoothly from height to height between instants."""
    time = np.arange(int(seconds * 30)) / 30
    height = np.full(len(time), heights[0])
    for (start, stop), (low, high) in zip(
        zip(instants[::2], instants[1::2], strict=True), pairwise(heights), strict=False
    ):
        x = np.clip((time - start) / (stop - start), 0, 1)
        height += (high - low) * x * x * x * (x * (6 * x - 15) + 10)
    paths = np.zeros((len(time), 2, 3))
    paths[:, side, 1] = height
    return paths


@pytest.mark.parametrize("marked", [1.3, 1.5, None])
def test_up_hold_and_back(marked: float | None) -> None:
    phases = find_phases(_paths([0.5, 1.2, 1.7, 2.5], [0.0, 0.4, 0.0]), 30.0, marked)
    assert phases is not None
    assert abs(phases.ready - 0.5) < 0.15
    assert 1.05 < phases.emphasis < 1.4
    assert abs(phases.stroke - 1.75) < 0.2
    assert abs(phases.relax - 2.5) < 0.2


def test_the_stroke_starts_after_the_preparation() -> None:
    phases = find_phases(_paths([0.4, 0.9, 1.1, 1.5, 2.0, 2.7], [0.0, 0.4, 0.15, 0.0]), 30.0, 1.55)
    assert phases is not None
    assert 0.85 < phases.stroke_start < 1.2
    assert abs(phases.emphasis - 1.5) < 0.15


def test_the_resting_hand_is_ignored() -> None:
    paths = _paths([0.5, 1.2, 1.7, 2.5], [0.0, 0.4, 0.0])
    paths[:, 0, 0] = 0.03 * np.sin(np.arange(len(paths)) / 4)
    phases = find_phases(paths, 30.0, 1.3)
    assert phases is not None
    assert abs(phases.ready - 0.5) < 0.15


def test_what_does_not_move_is_no_gesture() -> None:
    assert find_phases(_paths([0.5, 1.2, 1.7, 2.5], [0.0, 0.04, 0.0]), 30.0, 1.3) is None
