"""Where a new stretch of motion meets the old one: no jump in pose, none in velocity."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.border_blend import meet_borders
from soliloquy.inference.rotation import axis_angle_to_matrix, compose_axis_angle

FPS = 30.0


def _swing(frames: int, seed: int) -> np.ndarray:
    """Return (T, 4, 3) of joints that swing widely, a degree or two a frame."""
    rng = np.random.default_rng(seed)
    times = np.arange(frames) / FPS
    phase, pace = rng.uniform(0, 6, (4, 3)), rng.uniform(1, 3, (4, 3))
    return 0.4 * np.sin(times[:, None, None] * pace + phase) + rng.uniform(-0.3, 0.3, (4, 3))


def _angle(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.linalg.norm(compose_axis_angle(one, -other), axis=-1)


def _jumps(motion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest rotation from frame to frame, and the largest change of that, over all joints."""
    steps = compose_axis_angle(motion[1:], -motion[:-1])
    return np.linalg.norm(steps, axis=-1).max(1), np.linalg.norm(np.diff(steps, axis=0), axis=-1).max(1)


@pytest.mark.parametrize(("first", "last"), [(40, 100), (40, 64), (0, 50), (90, 149)])
def test_pose_and_velocity_meet_at_both_borders(first: int, last: int) -> None:
    kept, drawn = _swing(150, 1), _swing(150, 2)[first : last + 1]
    cut = kept.copy()
    cut[first : last + 1] = drawn
    made = kept.copy()
    made[first : last + 1] = meet_borders(kept, drawn, first, last, FPS)
    borders = [frame for frame in (first - 1, last) if 0 < frame < 148]
    for frame in borders:
        assert _jumps(cut)[0][frame] > 0.2, "the plain cut jumps, else this test proves nothing"
        around = slice(max(frame - 2, 0), frame + 2)
        assert _jumps(cut)[1][around].max() > 0.2
        assert _jumps(made)[1][around].max() < 0.05
    if last - first > 55:
        middle = (first + last) // 2
        assert _angle(made[middle], cut[middle]).max() < 1e-6, "far from the borders the drawn motion stands"


def test_without_a_border_nothing_is_bent() -> None:
    kept, drawn = _swing(60, 1), _swing(60, 2)
    np.testing.assert_allclose(meet_borders(kept, drawn, 0, 59, FPS), drawn)


def test_what_goes_on_as_before_stays() -> None:
    kept = _swing(120, 3)
    made = meet_borders(kept, kept[30:91], 30, 90, FPS)
    np.testing.assert_allclose(axis_angle_to_matrix(made), axis_angle_to_matrix(kept[30:91]), atol=0.015)
