"""Overlapping windows: everything covered, no seams."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from soliloquy.inference.window_blend import blend_windows, plan_windows


@pytest.mark.parametrize("total", [1, 599, 600, 601, 700, 1110, 1111, 5000])
def test_windows_cover_everything_and_begin_on_steps(total: int) -> None:
    windows = plan_windows(total, 600, 90, step=3)
    assert windows[0][0] == 0
    assert windows[-1][1] == total
    assert all(start % 3 == 0 for start, _ in windows)
    assert all(stop % 3 == 0 for _, stop in windows[:-1])
    assert all(stop - start <= 602 for start, stop in windows)
    for (_, stop), (start, _) in pairwise(windows):
        assert stop - start >= 90


def test_what_windows_agree_on_is_kept_exactly() -> None:
    truth = np.random.default_rng(1).normal(size=(1711, 4)).astype(np.float32)
    windows = plan_windows(len(truth), 600, 90)
    np.testing.assert_allclose(blend_windows(windows, [truth[a:b] for a, b in windows], 90), truth, atol=1e-6)


def test_disagreement_is_faded_in_the_middle_of_the_overlap() -> None:
    windows = [(0, 600), (510, 1110)]
    parts = [np.zeros((600, 1), np.float32), np.ones((600, 1), np.float32)]
    blended = blend_windows(windows, parts, 90)[:, 0]
    assert float(blended[:540].max()) == 0.0
    assert float(blended[570:].min()) == 1.0
    steps = np.diff(blended[535:575])
    assert float(steps.min()) >= 0.0
    assert float(steps.max()) < 0.06
