"""The one search for the lip aperture: what it finds is what the mesh then shows."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import Character, load_character
from soliloquy.inference.face.aperture import lip_shapes, solve_opening

FRAMES = 300


@pytest.fixture(scope="module")
def character() -> Character:
    return load_character()


def _shapes(seed: int = 2) -> np.ndarray:
    """Mouth shapes that leave the lips in one plane, so that every target can be met."""
    rng = np.random.default_rng(seed)
    arkit = np.zeros((FRAMES, 52), np.float32)
    for name in ("mouthPucker", "mouthSmileLeft", "mouthSmileRight", "mouthUpperUpLeft", "mouthUpperUpRight"):
        arkit[:, ARKIT_INDEX[name]] = rng.uniform(0, 0.3, FRAMES)
    arkit[:, ARKIT_INDEX["mouthClose"]] = rng.uniform(0, 0.2, FRAMES)
    return arkit


def _measured(character: Character, arkit: np.ndarray, aside: np.ndarray | None = None) -> np.ndarray:
    poses = np.zeros((len(arkit), 165), np.float32)
    poses[:, 66] = arkit[:, ARKIT_INDEX["jawOpen"]] * character.jaw_open_radians
    if aside is not None:
        poses[:, 67:69] = aside
    return character.lip_aperture(poses, arkit)


@pytest.mark.parametrize("turned", [False, True])
def test_the_mesh_shows_the_target(character: Character, turned: bool) -> None:
    rng = np.random.default_rng(5)
    basis, arkit = character.lip_basis(), _shapes()
    target = rng.uniform(0.05, 0.2, FRAMES)  # a turned jaw alone moves the lips apart sideways
    aside = rng.normal(0, 0.01, (FRAMES, 2)) if turned else None
    found = solve_opening(basis, lip_shapes(basis, arkit), arkit[:, ARKIT_INDEX["mouthClose"]], target, jaw_aside=aside)
    arkit[:, ARKIT_INDEX["jawOpen"]], arkit[:, ARKIT_INDEX["mouthClose"]] = found.jaw, found.close
    assert np.abs(_measured(character, arkit, aside) - target).max() < 2e-5


def test_the_start_does_not_decide_the_result(character: Character) -> None:
    basis, arkit = character.lip_basis(), _shapes()
    shapes, close = lip_shapes(basis, arkit), arkit[:, ARKIT_INDEX["mouthClose"]]
    target = np.linspace(0.0, 0.2, FRAMES)
    one = solve_opening(basis, shapes, close, target, start=0.0)
    other = solve_opening(basis, shapes, close, target, start=0.9)
    assert np.abs(one.jaw - other.jaw).max() < 1e-4
    assert np.abs(one.close - other.close).max() < 1e-4


def test_out_of_reach_ends_at_the_limits(character: Character) -> None:
    basis, arkit = character.lip_basis(), _shapes()
    shapes = lip_shapes(basis, arkit)
    wide = solve_opening(basis, shapes, arkit[:, ARKIT_INDEX["mouthClose"]], np.full(FRAMES, 9.0))
    assert (wide.jaw == 1).all()
    # Lips that a shape parts in depth: they come level, and what remains is told.
    arkit[:, ARKIT_INDEX["mouthRollLower"]] = 0.9
    apart = solve_opening(basis, lip_shapes(basis, arkit), np.zeros(FRAMES), np.zeros(FRAMES))
    assert apart.aside.min() > 0.003
    arkit[:, ARKIT_INDEX["jawOpen"]], arkit[:, ARKIT_INDEX["mouthClose"]] = apart.jaw, apart.close
    assert np.abs(_measured(character, arkit) - apart.aside).max() < 1e-4
