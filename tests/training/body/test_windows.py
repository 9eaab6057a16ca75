"""Windows stay within their stretch and keep motion and features together."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("torch")

from soliloquy.inference.body.upper_body import SIX
from soliloquy.inference.gestures.features import FEATURES
from soliloquy.training.body.windows import Recordings, draw_windows


def numbered(lengths: list[int]) -> Recordings:
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    index = np.arange(starts[-1], dtype=np.float32)
    motion = np.repeat(index[:, None], SIX, 1)
    return Recordings(motion, np.repeat(-index[:, None], len(FEATURES), 1), np.arange(len(lengths)), starts)


def test_windows_never_cross_into_the_next_stretch_and_match_their_features():
    recordings = numbered([50, 20, 100])
    windows = draw_windows(recordings, 400, 30, np.random.default_rng(0))
    assert windows.motion.shape == (400, 30, SIX)
    assert np.array_equal(windows.motion[..., 0], -windows.features[..., 0])
    which = np.searchsorted(recordings.starts, windows.motion[..., 0], side="right") - 1
    assert (which == windows.style[:, None]).all(), "every frame is of the stretch whose style it has"
    steps = np.diff(windows.motion[..., 0], axis=1)
    short = windows.style == 1
    assert (steps[~short] == 1).all()
    assert (windows.motion[short, 19:, 0] == 69).all(), "the last frame is held where the stretch is too short"


def test_every_start_is_as_likely_as_any_other():
    windows = draw_windows(numbered([40, 31]), 6000, 30, np.random.default_rng(0))
    counts = np.bincount(windows.start, minlength=71)
    assert set(np.flatnonzero(counts)) == {*range(11), 40, 41}
    assert counts[counts > 0].min() > 0.7 * counts.max()


def test_nothing_to_draw_from_is_said():
    with pytest.raises(ValueError, match="nothing"):
        draw_windows(numbered([]), 4, 10, np.random.default_rng(0))
