"""Lids that hang at rest: narrower eyes, and blinks that shut them as before."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.cast import compose
from soliloquy.inference.character import Character, load_character

HANG = 0.3


@pytest.fixture(scope="module")
def both() -> tuple[Character, Character]:
    """The same person with lids as the mesh has them, and hanging."""
    return compose("woman"), compose("woman", lids=HANG)


def shaped(character: Character, **values: float) -> np.ndarray:
    """Return the (V, 3) vertices with both sides' coefficients."""
    arkit = np.zeros(52)
    for name, value in values.items():
        for side in ("Left", "Right"):
            arkit[ARKIT_INDEX[f"{name}{side}"]] = value
    return character.skin(np.zeros((55, 3)), arkit)


@pytest.mark.parametrize("beside", [{}, {"eyeSquint": 0.8}, {"cheekSquint": 1.0, "eyeSquint": 0.5}])
@pytest.mark.parametrize("blink", [0.0, 0.4, 1.0])
def test_lids_that_hang_are_part_of_a_blink(
    both: tuple[Character, Character], blink: float, beside: dict[str, float]
) -> None:
    plain, hung = both
    expected = shaped(plain, eyeBlink=HANG + (1 - HANG) * blink, **beside)
    assert np.abs(shaped(hung, eyeBlink=blink, **beside) - expected).max() < 2e-6


def test_eyes_still_open_as_wide(both: tuple[Character, Character]) -> None:
    plain, hung = both
    assert np.abs(hung.vertices - plain.vertices).max() > 0.001
    assert np.abs(shaped(hung, eyeWide=1.0) - shaped(plain, eyeWide=1.0)).max() < 2e-6


def test_lips_lie_where_they_are_measured() -> None:
    hung, plain = compose(lids=HANG).lip_basis(), load_character().lip_basis()
    assert hung.rest == pytest.approx(plain.rest, abs=1e-7)
