"""Frechet distances that are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.training.metrics.frechet import (
    Gaussian,
    bootstrap_interval,
    fit_gaussian,
    frechet_distance,
    relative_distance,
)


def _normal(mean, covariance) -> Gaussian:
    return Gaussian(np.asarray(mean, float), np.asarray(covariance, float), 1000, 0.0)


def test_a_set_is_at_no_distance_from_itself():
    features = np.random.default_rng(0).standard_normal((300, 8)) * np.arange(1, 9)
    fitted = fit_gaussian(features)
    assert frechet_distance(fitted, fitted) == pytest.approx(0, abs=1e-8 * fitted.spread)


def test_a_shifted_normal_is_as_far_as_its_mean_squared():
    mean = np.array([1.0, -2.0, 0.5])
    assert frechet_distance(_normal(np.zeros(3), np.eye(3)), _normal(mean, np.eye(3))) == pytest.approx(mean @ mean)


def test_normals_of_other_widths_along_common_axes():
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0]
    first, second = np.array([4.0, 1.0, 0.25]), np.array([1.0, 9.0, 0.0])
    found = frechet_distance(
        _normal(np.zeros(3), (turn * first) @ turn.T), _normal(np.zeros(3), (turn * second) @ turn.T)
    )
    assert found == pytest.approx(((np.sqrt(first) - np.sqrt(second)) ** 2).sum())


def test_a_body_that_rests_in_the_mean_is_at_one():
    reference = _normal(np.ones(4), np.diag([1.0, 2, 3, 4]))
    assert relative_distance(reference, _normal(np.ones(4), np.zeros((4, 4)))) == pytest.approx(1)


def test_few_windows_are_shrunk_and_many_are_not():
    rng = np.random.default_rng(2)
    mix = np.diag(np.linspace(0.2, 3, 16))
    drawn = rng.standard_normal((25, 16)) @ mix
    few, many = fit_gaussian(drawn), fit_gaussian(rng.standard_normal((20_000, 16)) @ mix)
    assert few.shrinkage > 0.1 > 0.01 > many.shrinkage
    np.testing.assert_allclose(np.diag(many.covariance), np.diag(mix) ** 2, rtol=0.08, atol=0.02)
    raw = np.cov(drawn.T, bias=True)
    assert np.linalg.norm(few.covariance - mix**2) < np.linalg.norm(raw - mix**2)
    assert few.spread == pytest.approx(np.trace(raw))
    assert fit_gaussian(drawn, overlap=3).shrinkage > few.shrinkage


def test_the_bootstrap_spans_the_distance():
    rng = np.random.default_rng(3)
    reference = fit_gaussian(rng.standard_normal((2000, 4)))
    groups = [rng.standard_normal((60, 4)) + rng.standard_normal(4) for _ in range(10)]
    low, high = bootstrap_interval(reference, groups)
    assert low < relative_distance(reference, fit_gaussian(np.concatenate(groups))) < high
    assert (low, high) == bootstrap_interval(reference, groups)
