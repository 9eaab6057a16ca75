"""Rotations: conversions agree with each other, continuity removes flips, slerp moves evenly."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference import rotation


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Axis-angle vectors of every length up to just below half a turn, zero and tiny ones included."""
    random = np.random.default_rng(1)
    directions = random.normal(size=(500, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    lengths = np.concatenate([[0, 1e-9, 1e-5, 3.1415], random.uniform(0, 3.14, 496)])
    return directions * lengths[:, None]


def test_every_representation_returns_to_the_axis_angle_it_came_from(vectors: np.ndarray) -> None:
    by_quaternion = rotation.quaternion_to_axis_angle(rotation.axis_angle_to_quaternion(vectors))
    by_matrix = rotation.matrix_to_axis_angle(rotation.axis_angle_to_matrix(vectors))
    assert by_quaternion == pytest.approx(vectors, abs=1e-9)
    assert by_matrix == pytest.approx(vectors, abs=1e-6)


def test_matrices_turn_points_by_the_right_hand_rule() -> None:
    quarter = rotation.axis_angle_to_matrix(np.array([0.0, 0.0, np.pi / 2]))
    assert quarter @ [1.0, 0.0, 0.0] == pytest.approx([0.0, 1.0, 0.0], abs=1e-12)


def test_half_turns_survive_the_matrix() -> None:
    half = np.pi * np.eye(3)
    back = rotation.axis_angle_to_matrix(rotation.matrix_to_axis_angle(rotation.axis_angle_to_matrix(half)))
    assert back == pytest.approx(rotation.axis_angle_to_matrix(half), abs=1e-9)


def test_composing_is_multiplying_matrices(vectors: np.ndarray) -> None:
    first, second = vectors, vectors[::-1]
    expected = rotation.axis_angle_to_matrix(first) @ rotation.axis_angle_to_matrix(second)
    found = rotation.axis_angle_to_matrix(rotation.compose_axis_angle(first, second))
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_slow_full_turn_never_flips() -> None:
    angles = np.linspace(0, 4 * np.pi, 200)
    wrapped = rotation.matrix_to_axis_angle(rotation.axis_angle_to_matrix(angles[:, None] * [0.0, 1.0, 0.0]))
    assert np.abs(np.diff(wrapped[:, 1])).max() > 3
    smooth = rotation.continuous_axis_angle(wrapped)
    assert np.linalg.norm(np.diff(smooth, axis=0), axis=1).max() < 0.1
    quaternions = rotation.continuous_quaternions(rotation.axis_angle_to_quaternion(wrapped))
    assert (quaternions[1:] * quaternions[:-1]).sum(1).min() > 0.99
    assert rotation.quaternion_to_matrix(quaternions) == pytest.approx(rotation.axis_angle_to_matrix(wrapped), abs=1e-6)


def test_slerp_takes_the_short_way_at_even_speed() -> None:
    start, stop = rotation.axis_angle_to_quaternion(np.array([[0.0, 0, 0], [0, 0, 1.2]]))
    steps = rotation.slerp(start, -stop, np.linspace(0, 1, 5))
    assert rotation.quaternion_to_axis_angle(steps)[:, 2] == pytest.approx([0, 0.3, 0.6, 0.9, 1.2], abs=1e-9)


def test_single_precision_stays_single() -> None:
    assert rotation.axis_angle_to_matrix(np.zeros((2, 3), np.float32)).dtype == np.float32
