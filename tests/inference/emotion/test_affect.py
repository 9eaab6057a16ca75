"""Valence and arousal to a mixture and back."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.emotion.affect import COORDINATES, affect, mixture
from soliloquy.inference.settings import EMOTIONS


def test_the_centre_is_neutral_and_every_emotion_is_itself_at_its_own_place() -> None:
    assert mixture(0, 0) == pytest.approx([1, 0, 0, 0, 0, 0, 0, 0])
    for number, name in enumerate(EMOTIONS):
        weights = mixture(*COORDINATES[name])
        assert weights.argmax() == number
        assert weights[number] > 0.6


def test_there_and_back_again_where_the_eight_have_words() -> None:
    """From sad over the unpleasant, agitated and pleasant side to happy; below, only the side of pleasure remains."""
    angles = np.radians(np.arange(12, 205, 3))
    for radius in (0.2, 0.45, 0.6):
        points = radius * np.stack([np.cos(angles), np.sin(angles)], 1)
        back = affect(mixture(points[:, 0], points[:, 1]))
        assert np.abs(back - points).max() < 0.06
    content, bored = affect(mixture([0.6, -0.3], [-0.5, -0.7]))
    assert content[0] > 0.1
    assert bored[0] < -0.05


def test_rows_are_mixtures_everywhere_and_a_small_step_is_a_small_change() -> None:
    side = np.linspace(-1, 1, 201)
    plane = mixture(*np.meshgrid(side, side))
    assert plane.min() >= 0
    assert np.allclose(plane.sum(-1), 1)
    for axis in (0, 1):
        assert np.abs(np.diff(plane, axis=axis)).max() < 0.06  # for 0.01 of valence or arousal


def test_strength_grows_from_the_centre_outwards() -> None:
    happy = mixture(0.9 * np.linspace(0, 1, 20), 0.16 * np.linspace(0, 1, 20))[:, EMOTIONS.index("happy")]
    assert (np.diff(happy) > 0).all()
    assert happy[10] == pytest.approx(0.5, abs=0.06)
