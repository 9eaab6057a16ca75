"""The third derivative of points in time."""

from __future__ import annotations

import numpy as np

from soliloquy.training.metrics import jitter


def test_a_cubic_has_its_own_third_derivative_at_any_frame_rate():
    for fps in (25.0, 60.0):
        times = np.arange(20) / fps
        points = np.stack([2 * times**3, 5 * times**2, times], 1)[:, None]
        values = jitter.third_derivative(points, fps)
        assert values.shape == (17, 1)
        np.testing.assert_allclose(values, 12, rtol=1e-6)


def test_smooth_motion_has_none_and_noise_has_much():
    times = np.arange(50) / 25
    smooth = np.stack([times, times**2], 1)[:, None]
    noisy = smooth + 0.01 * np.random.default_rng(0).standard_normal(smooth.shape)
    assert jitter.third_derivative(smooth, 25).max() < 1e-6
    assert jitter.summary([jitter.third_derivative(noisy, 25)])[0] > 100


def test_unknown_frames_are_left_out():
    points = np.zeros((10, 1, 2))
    points[4] = np.nan
    values = jitter.third_derivative(points, 25)
    assert np.isnan(values).sum() == 4
    mean, levels = jitter.summary([values])
    assert mean == 0
    assert levels == [0] * len(jitter.PERCENTILES)
