"""The lip solver: lips open on the mesh exactly as far as asked, whatever shape the mouth takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.face.lips import LipSolver, MouthMotion

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "RR", "aa", "E", "I", "O", "U")
FRAMES = 400


def motion(**changes: Any) -> MouthMotion:
    rng = np.random.default_rng(3)
    likely = rng.dirichlet(np.full(len(VISEMES), 0.1), FRAMES).astype(np.float32)
    values = {
        "aperture": rng.uniform(0, 0.18, FRAMES).astype(np.float32),
        "width": rng.uniform(-0.05, 0.03, FRAMES).astype(np.float32),
        "upper": rng.uniform(-0.01, 0.03, FRAMES).astype(np.float32),
        "jaw": rng.uniform(0, 0.12, FRAMES).astype(np.float32),
        "sealed": np.zeros(FRAMES, np.float32),
        "visemes": {name: likely[:, index] for index, name in enumerate(VISEMES)},
        **changes,
    }
    return MouthMotion(**values)


def on_mesh(arkit: np.ndarray) -> np.ndarray:
    character = load_character()
    poses = np.zeros((len(arkit), 165), np.float32)
    poses[:, 66] = arkit[:, ARKIT_INDEX["jawOpen"]] * character.jaw_open_radians
    return character.lip_aperture(poses, arkit)


def corner_distance(arkit: np.ndarray) -> np.ndarray:
    """Return the (T,) distance of the mouth corners on the mesh, in eye-corner distances."""
    character = load_character()
    poses = np.zeros((len(arkit), 165), np.float32)
    poses[:, 66] = arkit[:, ARKIT_INDEX["jawOpen"]] * character.jaw_open_radians
    points = character.lip_points(poses, arkit)
    return np.linalg.norm(points[:, 2] - points[:, 3], axis=1) / character.lip_basis().eye_distance


@pytest.fixture(scope="module")
def solver() -> LipSolver:
    return LipSolver(load_character().lip_basis())


def test_mesh_aperture_is_the_asked_one(solver: LipSolver) -> None:
    asked = motion()
    arkit = solver.solve(asked)
    assert np.abs(on_mesh(arkit) - asked.aperture).max() < 0.004
    assert arkit.min() >= 0
    assert arkit.max() <= 1


def test_sealed_lips_are_shut_in_every_shape(solver: LipSolver) -> None:
    arkit = solver.solve(motion(sealed=np.ones(FRAMES, np.float32)))
    assert on_mesh(arkit).max() < 0.004


def test_lips_stay_shut_on_a_dropped_jaw(solver: LipSolver) -> None:
    dropped = motion(jaw=np.full(FRAMES, 0.1, np.float32), sealed=np.ones(FRAMES, np.float32))
    arkit = solver.solve(dropped)
    assert arkit[:, ARKIT_INDEX["jawOpen"]].mean() > 0.05
    assert on_mesh(arkit).max() < 0.004


def test_mouth_corners_are_as_far_apart_as_asked(solver: LipSolver) -> None:
    silent = {name: np.zeros(FRAMES, np.float32) for name in VISEMES}
    width = np.linspace(-0.04, 0.02, FRAMES).astype(np.float32)
    arkit = solver.solve(motion(width=width, visemes=silent))
    pucker, stretch = arkit[:, ARKIT_INDEX["mouthPucker"]], arkit[:, ARKIT_INDEX["mouthStretchLeft"]]
    assert np.median(pucker[:100]) > 0.15
    assert pucker[-50:].max() < 1e-4
    assert stretch[-50:].min() > 0.02
    corners = corner_distance(arkit) - corner_distance(np.zeros((1, arkit.shape[1]), np.float32))
    assert np.abs(corners - width).max() < 0.006


def test_a_round_sound_is_not_spread_against_its_rounding(solver: LipSolver) -> None:
    likely = {name: np.full(FRAMES, float(name == "U"), np.float32) for name in VISEMES}
    arkit = solver.solve(motion(width=np.full(FRAMES, 0.02, np.float32), visemes=likely))
    assert arkit[:, ARKIT_INDEX["mouthStretchLeft"]].max() < 0.02
    assert arkit[:, ARKIT_INDEX["mouthPucker"]].min() > 0.2


def test_th_shows_the_tongue_before_it_is_quite_sure_and_shut_lips_do_not(solver: LipSolver) -> None:
    zero = np.zeros(3, np.float32)
    visemes = dict.fromkeys(VISEMES, zero) | {"TH": np.array([0.0, 0.6, 0.6], np.float32)}
    aperture = np.array([0.08, 0.08, 0.0], np.float32)
    arkit = solver.solve(MouthMotion(aperture, zero, zero, zero, zero, visemes))
    tongue, lowered = arkit[:, ARKIT_INDEX["tongueOut"]], arkit[:, ARKIT_INDEX["mouthLowerDownLeft"]]
    assert tongue[0] == tongue[2] == 0
    assert 0.62 < tongue[1] < 0.68, "less is hidden by the teeth, more pierces the lower lip"
    assert lowered[1] > 0.2
    assert on_mesh(arkit)[1] == pytest.approx(0.08, abs=0.002)
