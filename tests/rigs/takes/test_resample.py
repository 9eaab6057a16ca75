"""Sampling a performance at other times."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("bpy")

from small_character import small_performance

from soliloquy.rigs.takes.resample import at_times, onto_whole_frames


def test_its_own_times_give_it_back() -> None:
    performance = small_performance(30)
    again = at_times(performance, np.arange(30) / 30, 30.0)
    assert np.abs(again.poses - performance.poses).max() < 1e-5
    assert np.abs(again.arkit - performance.arkit).max() < 1e-6


def test_rotations_are_blended_along_the_arc() -> None:
    performance = small_performance(2)
    performance.poses[:] = 0
    performance.joint("head")[1] = (0, 1.0, 0)
    middle = at_times(performance, [0.25 / 30], 120.0)
    assert middle.joint("head")[0] == pytest.approx((0, 0.25, 0), abs=1e-6)


def test_whole_frames_lie_inside_the_performance() -> None:
    performance = small_performance(31, 30.0)
    again, first = onto_whole_frames(performance, 24.0, 4.5)
    assert first == 5.0
    assert again.fps == 24.0
    assert again.frames == 24  # frames 5 to 28 of 4.5 to 28.5
    wanted = np.interp(0.5 / 24 * 30, [0, 1], performance.coefficient("jawLeft")[:2])
    assert again.coefficient("jawLeft")[0] == pytest.approx(wanted, abs=1e-6)
