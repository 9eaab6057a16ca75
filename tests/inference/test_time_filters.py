"""Filters along time: what they keep, what they move, what they hold at the ends."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.time_filters import held_part, nearest, running_minimum, shift, smooth, soft_dilate


def test_smoothing_keeps_constants_and_the_sum_of_a_peak() -> None:
    flat = np.full((40, 2), 0.3, np.float32)
    assert np.allclose(smooth(flat, 2.5), 0.3, atol=1e-6)
    peak = np.zeros(101, np.float32)
    peak[50] = 1
    wide = smooth(peak, 3.0)
    assert wide.sum() == pytest.approx(1, abs=1e-4)
    assert wide.argmax() == 50
    spread = np.sqrt((wide * (np.arange(101) - 50) ** 2).sum())
    assert spread == pytest.approx(3.0, rel=0.03)
    assert np.array_equal(smooth(peak, 0.0), peak)


@pytest.mark.parametrize("frames", [-2.5, -1.0, 0.4, 3.25])
def test_shift_moves_by_fractions_of_a_frame_and_holds_the_ends(frames: float) -> None:
    at = np.arange(200.0)
    wave = (0.5 + 0.4 * np.sin(at / 6)).astype(np.float32)
    moved = shift(wave, frames)
    inside = slice(5, 195)
    assert np.abs(moved[inside] - (0.5 + 0.4 * np.sin((at - frames) / 6))[inside]).max() < 0.003
    if frames > 1:
        assert (moved[: int(frames)] == wave[0]).all()
    if frames < -1:
        assert (moved[int(frames) :] == wave[-1]).all()
    assert np.array_equal(shift(wave, 0.0), wave)


def test_shift_never_overshoots() -> None:
    steps = (np.arange(60) // 7 % 2).astype(np.float32)
    moved = shift(np.stack([steps, 1 - steps], 1), 0.37)
    assert moved.min() >= 0
    assert moved.max() <= 1


def test_nearest_keeps_single_frames() -> None:
    peak = np.zeros(20, np.float32)
    peak[10] = 1
    assert nearest(peak, 2.6).argmax() == 13
    assert nearest(peak, -2.4).max() == 1


def test_held_part_is_the_mood_and_not_the_words() -> None:
    at = np.arange(600) / 30
    words = np.maximum(np.sin(2 * np.pi * 3 * at), 0) * 0.4
    mood = np.where(at < 10, 0.5, 0.1)
    held = held_part((mood + words).astype(np.float32)[:, None], 45, 0.25)[:, 0]
    calm = (np.abs(at - 10) > 2) & (at > 1) & (at < 19)
    assert np.abs(held - mood)[calm].max() < 0.06
    assert held_part(np.full((1, 2), 0.4, np.float32), 45, 0.25) == pytest.approx(0.4)


def test_dilation_falls_off_softly_and_the_minimum_reaches_as_far_as_asked() -> None:
    peak = np.zeros(41, np.float32)
    peak[20] = 1
    wide = soft_dilate(peak, 2.0)
    assert wide[20] == 1
    assert wide[22] == pytest.approx(np.exp(-0.5))
    assert (np.diff(wide[20:]) <= 0).all()
    low = running_minimum(1 - peak, 3)
    assert np.flatnonzero(low == 0).tolist() == list(range(17, 24))
