"""Energy and handedness: how far every joint goes from rest, whichever engine drew it."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.body.upper_body import SPINE, UPPER_BODY
from soliloquy.inference.gestures.direction import directed, reach
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.rotation import compose_axis_angle

FRAMES = 40
SHOULDER, ELBOW = UPPER_BODY.index("left_shoulder"), UPPER_BODY.index("left_elbow")


def _drawn(middle: float = 0.8, swing: float = 0.4) -> np.ndarray:
    turns = np.zeros((FRAMES, len(UPPER_BODY), 3))
    turns[..., 1] = middle + swing * np.sin(2 * np.pi * np.arange(FRAMES) / FRAMES)[:, None]
    return turns


def _angles(settings: GestureSettings, drawn: np.ndarray) -> np.ndarray:
    return directed(drawn, np.zeros_like(drawn), settings)[..., 1]


def test_natural_settings_leave_gestures_alone() -> None:
    drawn = _drawn()
    assert directed(drawn, np.zeros_like(drawn), GestureSettings()) is drawn


@pytest.mark.parametrize(("energy", "size"), [(0.0, 0.0), (0.5, 0.5), (1.5, 1.5**0.5), (2.0, 2.0**0.5)])
def test_energy_scales_the_way_from_rest(energy: float, size: float) -> None:
    assert reach(energy) == pytest.approx(size)
    drawn = _drawn()
    angles = _angles(GestureSettings(energy=energy), drawn)
    np.testing.assert_allclose(angles[:, SHOULDER], size * drawn[:, SHOULDER, 1], atol=1e-9)
    # An elbow does not bend beyond what was drawn.
    np.testing.assert_allclose(angles[:, ELBOW], min(size, 1.0) * drawn[:, ELBOW, 1], atol=1e-9)


def test_a_raised_arm_is_not_turned_over() -> None:
    angles = _angles(GestureSettings(energy=2.0), _drawn(middle=2.2, swing=0.5))[:, SHOULDER]
    assert angles.max() == pytest.approx(2.7)
    assert angles.min() > 2.2
    assert np.abs(np.diff(angles)).max() < 0.12


def test_the_way_is_measured_from_where_the_body_rests() -> None:
    rest = np.full((FRAMES, len(UPPER_BODY), 3), (0.0, 0.0, -1.2))
    gesture = _drawn()
    made = directed(compose_axis_angle(rest, gesture), rest, GestureSettings(energy=0.5))
    np.testing.assert_allclose(compose_axis_angle(-rest, made), 0.5 * gesture, atol=1e-9)


@pytest.mark.parametrize(("handedness", "other"), [(1.0, "left"), (-1.0, "right"), (0.25, "left")])
def test_handedness_rests_the_other_arm(handedness: float, other: str) -> None:
    drawn = _drawn()
    angles = _angles(GestureSettings(handedness=handedness), drawn)
    for index, name in enumerate(UPPER_BODY):
        share = 1 - abs(handedness) if name.startswith(other) and name not in SPINE else 1.0
        np.testing.assert_allclose(angles[:, index], share * drawn[:, index, 1], atol=1e-9, err_msg=name)
