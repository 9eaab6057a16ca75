"""The measures of the lip benchmark mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("soundfile")
pytest.importorskip("pocketsphinx")

from soliloquy.training.face import metrics


def lips() -> np.ndarray:
    """Two seconds at 25 fps that open and close twice a second."""
    return 0.05 - 0.05 * np.cos(2 * np.pi * 2 * np.arange(50) / 25)


def test_perfect_lips_score_one() -> None:
    r, f1 = metrics.tracked_scores([lips()], [lips()])
    assert r == pytest.approx(1)
    assert f1 == 1


def test_scale_does_not_matter_but_timing_does() -> None:
    assert metrics.tracked_scores([0.3 * lips() + 0.01], [lips()]) == pytest.approx((1, 1))
    r, f1 = metrics.tracked_scores([np.roll(lips(), 3)], [lips()])
    assert r < 0.6
    assert f1 < 0.7


def test_one_frame_off_still_counts_as_closed() -> None:
    late = 0.05 - 0.05 * np.cos(2 * np.pi * 2 * (np.arange(50) - 1) / 25)
    _, f1 = metrics.tracked_scores([late], [lips()])
    assert f1 > 0.95  # Only the very first frame has no neighbour to be excused by.


def test_unknown_frames_are_left_out() -> None:
    measured = lips()
    measured[10:15] = np.nan
    predicted = lips()
    predicted[10:15] = 5
    assert metrics.correlation(predicted, measured) == pytest.approx(1)


def test_shut_share_counts_phones_of_each_speaker() -> None:
    fps = 25.0
    closed_at = [(0.46, 0.54, "p"), (0.96, 1.04, "b"), (0.72, 0.78, "m")]
    share = metrics.shut_share([lips()], fps, [closed_at], ["a"], ("p", "b", "m"), 0.04)
    assert share == pytest.approx(2 / 3)
    # The same lips at a tenth of the size are another speaker's range, not closed lips.
    both = metrics.shut_share([lips(), 0.1 * lips()], fps, [closed_at, closed_at], ["a", "b"], ("p", "b", "m"), 0.04)
    assert both == pytest.approx(2 / 3)
