"""Energy and handedness on gestures that were drawn without them."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.body.upper_body import SPINE, UPPER_BODY
from soliloquy.inference.gestures.direction import average_rotations, directed
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.rotation import axis_angle_to_quaternion, quaternion_to_axis_angle

FRAMES = 40
MIDDLE, SWING = 0.8, 0.4


def _drawn() -> np.ndarray:
    turns = np.zeros((FRAMES, len(UPPER_BODY), 3))
    turns[..., 1] = MIDDLE + SWING * np.sin(2 * np.pi * np.arange(FRAMES) / FRAMES)[:, None]
    return axis_angle_to_quaternion(turns)


def _angles(settings: GestureSettings) -> np.ndarray:
    drawn = _drawn()
    rest = axis_angle_to_quaternion(np.zeros((FRAMES, len(UPPER_BODY), 3)))
    return quaternion_to_axis_angle(directed(drawn, rest, average_rotations(drawn), settings))[..., 1]


def test_natural_settings_leave_gestures_alone() -> None:
    np.testing.assert_allclose(_angles(GestureSettings()), quaternion_to_axis_angle(_drawn())[..., 1])


@pytest.mark.parametrize(("energy", "middle", "swing"), [(0.5, 0.5 * MIDDLE, 0.5 * SWING), (1.5, MIDDLE, 1.5 * SWING)])
def test_energy_goes_to_the_rest_below_one_and_from_the_average_above(
    energy: float, middle: float, swing: float
) -> None:
    angles = _angles(GestureSettings(energy=energy))
    assert angles.mean(0) == pytest.approx(middle, abs=1e-6)
    assert np.ptp(angles, axis=0) / 2 == pytest.approx(swing, abs=1e-3)


@pytest.mark.parametrize(("handedness", "other"), [(1.0, "left"), (-1.0, "right"), (0.25, "left")])
def test_handedness_rests_the_other_arm(handedness: float, other: str) -> None:
    natural, angles = _angles(GestureSettings()), _angles(GestureSettings(handedness=handedness))
    for index, name in enumerate(UPPER_BODY):
        share = 1 - abs(handedness) if name.startswith(other) and name not in SPINE else 1.0
        np.testing.assert_allclose(angles[:, index], share * natural[:, index], atol=1e-9, err_msg=name)


def test_average_of_rotations_through_half_a_turn() -> None:
    angles = np.linspace(np.pi - 0.6, np.pi + 0.4, 11)
    wrapped = np.where(angles > np.pi, angles - 2 * np.pi, angles)
    average = average_rotations(axis_angle_to_quaternion(np.stack([wrapped, 0 * angles, 0 * angles], -1)[:, None]))
    assert quaternion_to_axis_angle(average)[0, 0] == pytest.approx(np.pi - 0.1)
