"""A tone repeats after its period; noise never does."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.periodicity import RATE, frames_at, levels_db, periodicity


def test_a_voice_is_most_like_itself_one_period_later() -> None:
    time = np.arange(16_000) / 16_000
    voice = np.sum([np.sin(2 * np.pi * 125 * k * time) / k for k in range(1, 6)], axis=0).astype(np.float32)
    score = periodicity(frames_at(voice, 20, 10, 160))
    assert (score[:, :100].argmax(1) == RATE // 125).all()
    assert score.max(1).min() > 0.99


def test_noise_is_like_itself_at_no_lag() -> None:
    rng = np.random.default_rng(0)
    score = periodicity(frames_at(rng.standard_normal(16_000).astype(np.float32), 5, 40, 160))
    assert np.median(score.max(1)) < 0.4


def test_frames_beyond_the_ends_are_silent_and_a_half_scale_tone_is_6_db_below_a_full_one() -> None:
    tone = np.sin(2 * np.pi * 200 * np.arange(16_000) / 16_000).astype(np.float32)
    full, half = (levels_db(frames_at(loud * tone, -10, 60, 160)) for loud in (1.0, 0.5))
    assert full[0] < -100
    assert full[50] - half[50] == pytest.approx(6.0, abs=0.1)
