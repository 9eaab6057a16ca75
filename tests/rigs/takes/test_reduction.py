"""Reduced curves stay within their tolerance at every sample and need far fewer keys."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from soliloquy.rigs.takes.reduction import ReducedCurve, fit_bezier, reduce_linear


def _evaluate(curve: ReducedCurve, frames: int, *, linear: bool) -> np.ndarray:
    """Evaluate a reduced curve by de Casteljau's construction, apart from the code under test."""
    result = np.repeat(curve.values[:1], frames, axis=0)
    for k in range(len(curve.frames) - 1):
        a, b = curve.frames[k], curve.frames[k + 1]
        for frame in range(a, b + 1):
            u = (frame - a) / (b - a)
            points = [curve.values[k], curve.right[k], curve.left[k + 1], curve.values[k + 1]]
            if linear:
                points = [points[0], points[3]]
            while len(points) > 1:
                points = [(1 - u) * one + u * two for one, two in itertools.pairwise(points)]
            result[frame] = points[0]
    return result


def _waves(curves: int, frames: int, components: int, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    time = np.arange(frames)[None, :, None] / 30
    rate, phase = rng.uniform(0.2, 2.5, (curves, 1, components)), rng.uniform(0, 6, (curves, 1, components))
    values = 0.4 * np.sin(2 * np.pi * rate * time + phase)
    values[0, 40:44, 0] += (0.3, 0.6, 0.5, 0.2)  # a blink-like spike
    return values


@pytest.mark.parametrize("reduce", [reduce_linear, fit_bezier])
def test_error_is_within_the_tolerance_and_reported(reduce) -> None:
    values = _waves(6, 300, 1)
    tolerance = np.array([0.001, 0.003, 0.005, 0.01, 0.02, 0.05])
    for index, curve in enumerate(reduce(values, tolerance)):
        found = np.abs(_evaluate(curve, 300, linear=reduce is reduce_linear) - values[index]).max()
        assert found <= tolerance[index]
        assert curve.error == pytest.approx(found, abs=1e-9)
        assert curve.frames[0] == 0
        assert curve.frames[-1] == 299
        assert (np.diff(curve.frames) > 0).all()


@pytest.mark.parametrize("reduce", [reduce_linear, fit_bezier])
def test_rotation_error_is_an_angle(reduce) -> None:
    vectors = _waves(4, 240, 3)
    angle = np.linalg.norm(vectors, axis=2, keepdims=True)
    turns = np.concatenate([np.cos(angle / 2), vectors / angle * np.sin(angle / 2)], axis=2)
    for source, curve in zip(turns, reduce(turns, 0.004, rotation=True), strict=True):
        found = _evaluate(curve, 240, linear=reduce is reduce_linear)
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        worst = (2 * np.arccos(np.clip(np.abs((found * source).sum(axis=1)), 0, 1))).max()
        assert worst <= 0.004 + 1e-7
        assert curve.error == pytest.approx(worst, abs=1e-6)
        assert len(curve.frames) < (240 if reduce is reduce_linear else 80)


def test_bezier_needs_far_fewer_keys_than_lines() -> None:
    values = _waves(8, 900, 1)
    lines = sum(len(curve.frames) for curve in reduce_linear(values, 0.004))
    splines = sum(len(curve.frames) for curve in fit_bezier(values, 0.004))
    assert splines < lines / 2
    assert splines < 8 * 900 / 6


def test_smooth_motion_keeps_aligned_handles_and_kinks_are_free() -> None:
    time = np.arange(240)
    smooth = np.sin(time[None, :, None] / np.linspace(8, 60, 20)[:, None, None])
    aligned = np.concatenate([curve.aligned[1:-1] for curve in fit_bezier(smooth, 0.005)])
    assert aligned.mean() > 0.7
    kink = np.abs(time - 120.0)[None, :, None] / 100
    curve = fit_bezier(kink, 0.001)[0]
    assert 120 in curve.frames
    assert not curve.aligned[list(curve.frames).index(120)]


def test_a_still_curve_needs_one_key() -> None:
    curve = fit_bezier(np.full((1, 500, 4), 0.5), 0.001, rotation=True)[0]
    assert len(curve.frames) == 1
    assert curve.error == 0.0


def test_zero_tolerance_keeps_every_moving_sample() -> None:
    values = _waves(1, 80, 1)
    for curve in (reduce_linear(values, 0.0)[0], fit_bezier(values, 0.0)[0]):
        assert len(curve.frames) == 80
        assert np.array_equal(curve.values, values[0])


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 33, 34])
def test_short_clips(frames: int) -> None:
    values = _waves(2, 300, 1)[:, :frames]
    for curve, source in zip(fit_bezier(values, 0.002), values, strict=True):
        assert np.abs(_evaluate(curve, frames, linear=False) - source).max() <= 0.002


def test_no_curves() -> None:
    assert fit_bezier(np.zeros((0, 10, 1)), 0.1) == []
