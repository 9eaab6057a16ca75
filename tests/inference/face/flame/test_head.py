"""Faces of FLAME and SMPL-X files on the default character: the same lips, measured on its mesh."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy")
from synthetic_head import flame_arrays, smplx_arrays, write_flame, write_smplx

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.face.flame import arkit_solver as flame_arkit
from soliloquy.inference.face.flame import head as flame
from soliloquy.inference.face.flame.head_file import HeadModel, read_head_model
from soliloquy.inference.skeleton import JOINT_INDEX

FRAMES = 160
MOUTHS = {
    "mouthSmileLeft": 0.5,
    "mouthSmileRight": 0.5,
    "mouthPucker": 0.4,
    "mouthUpperUpLeft": 0.3,
    "mouthUpperUpRight": 0.3,
    "mouthLowerDownLeft": 0.3,
    "mouthLowerDownRight": 0.3,
    "mouthStretchLeft": 0.3,
    "browInnerUp": 0.8,
}


@pytest.fixture(scope="module")
def flame_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_flame(tmp_path_factory.mktemp("flame") / "generic_model.pkl", flame_arrays())


@pytest.fixture(scope="module")
def head(flame_path: Path) -> HeadModel:
    return read_head_model(flame_path)


def _jaw(angles: Any) -> np.ndarray:
    jaw = np.zeros((len(angles), 3))
    jaw[:, 0] = angles
    return jaw


def _aperture_on_character(arkit: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    poses = np.zeros((len(arkit), 165))
    columns = 3 * JOINT_INDEX["jaw"]
    poses[:, columns : columns + 3] = jaw
    return load_character().lip_aperture(poses, arkit)


@pytest.fixture(scope="module")
def speech() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(T, 100) expressions, (T, 3) jaw, and the (T,) aperture that the very same face has on the character."""
    rng = np.random.default_rng(0)
    expressions = np.zeros((FRAMES, 100))
    for name, strength in MOUTHS.items():
        wave = np.sin(np.linspace(0, 6, FRAMES) * rng.uniform(0.5, 2) + rng.uniform(0, 3))
        expressions[:, ARKIT_INDEX[name]] = strength * np.abs(wave)
    jaw = _jaw(0.02 + 0.14 * (1 - np.cos(np.linspace(0, 12, FRAMES))))
    arkit = expressions[:, :52].copy()
    arkit[:, ARKIT_INDEX["jawOpen"]] = np.sin(jaw[:, 0]) / np.sin(load_character().jaw_open_radians)
    return expressions, jaw, _aperture_on_character(arkit, jaw)


def test_points_are_found_where_the_characters_landmarks_are(head: HeadModel) -> None:
    character, kept = load_character(), flame_arrays()["kept"]
    points = flame.find_face_points(head)
    assert set(kept[[points.upper, points.lower]]) == set(character.landmarks[:2])
    for ends, landmark in zip(points.corners, character.landmarks[2:4], strict=True):
        assert np.linalg.norm(head.vertices[list(ends)].mean(0) - character.vertices[landmark]) < 0.0025
    assert points.eye_distance == pytest.approx(character.lip_basis().eye_distance, rel=0.04)
    chin = head.vertices[points.chin]
    assert abs(chin[0]) < 0.005
    assert chin[1] < head.vertices[points.lower, 1] - 0.02
    assert all(len(patch) >= 4 for patch in points.brows)


def test_vertices_move_as_the_character_is_skinned(head: HeadModel) -> None:
    character, kept = load_character(), flame_arrays()["kept"]
    expressions = np.zeros((1, 52))
    expressions[0, [ARKIT_INDEX["mouthPucker"], ARKIT_INDEX["browInnerUp"]]] = 0.7
    jaw = _jaw([0.3])
    jaw[0, 1:] = 0.05, -0.03
    arkit = expressions[0].copy()
    pose = np.zeros((55, 3))
    pose[JOINT_INDEX["jaw"]] = jaw[0]
    from soliloquy.inference.rotation import axis_angle_to_matrix

    arkit[ARKIT_INDEX["jawOpen"]] = axis_angle_to_matrix(jaw)[0, 2, 1] / np.sin(character.jaw_open_radians)
    # In the file the joints follow the expression, as in smplx; the character's stay.
    still = replace(head, jaw_pivot_expression=np.zeros_like(head.jaw_pivot_expression))
    moved = flame.move(still, np.arange(len(kept)), expressions, jaw)[0]
    np.testing.assert_allclose(moved, character.skin(pose, arkit)[kept], atol=2e-5)


def test_apertures_come_back_on_the_default_character(flame_path: Path, speech: Any) -> None:
    expressions, jaw, aperture = speech
    track = flame_arkit.head_face_track(expressions, jaw, "flame2020", flame_path)
    assert track.warnings == ()
    assert track.expression_space == "flame2020"
    np.testing.assert_allclose(track.expressions, expressions, rtol=1e-6)
    back = _aperture_on_character(track.arkit, track.jaw)
    spoken = aperture > 0.03
    assert spoken.sum() > 50
    np.testing.assert_allclose(back[spoken], aperture[spoken], rtol=0.05)
    assert float(np.abs(back - aperture)[~spoken].max()) < 0.003
    assert float(track.arkit.min()) >= 0.0
    assert float(track.arkit.max()) <= 1.0


def test_smplx_file_gives_the_same_face(tmp_path: Path, flame_path: Path, speech: Any) -> None:
    expressions, jaw, _ = speech
    path = write_smplx(tmp_path / "SMPLX_NEUTRAL_2020.npz", smplx_arrays())
    mine = flame_arkit.head_face_track(expressions, jaw, "smplx", path)
    np.testing.assert_allclose(
        mine.arkit, flame_arkit.head_face_track(expressions, jaw, "flame2020", flame_path).arkit, atol=1e-4
    )


def test_closed_lips_stay_closed_and_rest_is_rest(flame_path: Path) -> None:
    track = flame_arkit.head_face_track(np.zeros((3, 100)), np.zeros((3, 3)), "flame2020", flame_path)
    assert float(track.arkit.max()) < 0.01
    assert float(_aperture_on_character(track.arkit, track.jaw).max()) < 0.002
    # A dropped jaw under lips that are pressed together.
    expressions = np.zeros((1, 100))
    expressions[0, ARKIT_INDEX["mouthClose"]] = 0.3
    shut = flame_arkit.head_face_track(expressions, _jaw([0.3 * 0.4]), "flame2020", flame_path)
    assert float(_aperture_on_character(shut.arkit, shut.jaw)[0]) < 0.012


@pytest.mark.parametrize(
    ("raised", "shown", "hidden"),
    [
        ("mouthSmileLeft", "mouthSmileLeft", "mouthSmileRight"),
        ("mouthFrownRight", "mouthFrownRight", "mouthSmileRight"),
        ("browInnerUp", "browInnerUp", "browDownLeft"),
        ("browOuterUpLeft", "browOuterUpLeft", "browOuterUpRight"),
        ("browDownRight", "browDownRight", "browInnerUp"),
    ],
)
def test_expressions_show_where_they_are(flame_path: Path, raised: str, shown: str, hidden: str) -> None:
    expressions = np.zeros((1, 100))
    expressions[0, ARKIT_INDEX[raised]] = 0.8
    arkit = flame_arkit.head_face_track(expressions, np.zeros((1, 3)), "flame2020", flame_path).arkit[0]
    assert arkit[ARKIT_INDEX[shown]] > 0.3
    assert arkit[ARKIT_INDEX[hidden]] < 0.1


def test_a_coarse_mesh_measures_nearly_the_same(head: HeadModel, speech: Any) -> None:
    expressions, jaw, aperture = speech
    rng = np.random.default_rng(2)
    kept = np.nonzero(rng.random(len(head.vertices)) < 0.5)[0]
    coarse = replace(
        head,
        vertices=head.vertices[kept] + rng.normal(size=(len(kept), 3)) * 2e-4,
        expression=head.expression[kept],
        jaw_correctives=head.jaw_correctives[kept],
        jaw_share=head.jaw_share[kept],
        eye_share=head.eye_share[kept],
    )
    points = flame.find_face_points(coarse)
    motion = flame.measure(coarse, points, expressions, jaw)
    wide = aperture > 0.03
    assert 0.9 < float(np.median(motion.aperture[wide] / aperture[wide])) < 1.1
    assert float(np.corrcoef(motion.aperture, aperture)[0, 1]) > 0.99
    left, right = (coarse.vertices[list(pair), 0].mean() for pair in points.corners)
    assert -right == pytest.approx(left, rel=0.15)


@pytest.mark.parametrize("count", [10, 50, 100, 300])
def test_any_number_of_coefficients_is_taken(flame_path: Path, count: int) -> None:
    track = flame_arkit.head_face_track(np.zeros((2, count)), _jaw([0.0, 0.2]), "flame2020", flame_path)
    assert track.arkit[1, ARKIT_INDEX["jawOpen"]] > 0.3


def test_without_a_file_the_jaw_speaks_and_a_sentence_says_what_to_add(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOLILOQUY_MODELS", str(tmp_path))
    expressions = np.ones((5, 100), np.float32)
    track = flame_arkit.head_face_track(expressions, _jaw([0.05, 0.05, 0.2, 0.3, 0.05]), "smplx")
    assert len(track.warnings) == 1
    assert str(tmp_path / "flame") in track.warnings[0]
    assert track.warnings[0].endswith(".")
    opening = track.arkit[:, ARKIT_INDEX["jawOpen"]]
    assert opening[0] == 0.0
    assert opening[3] > opening[2] > 0.2
    np.testing.assert_array_equal(track.expressions, expressions)
    np.testing.assert_allclose(track.jaw[:, 0], opening * load_character().jaw_open_radians, rtol=1e-6)


def test_a_head_without_lips_or_eyes_is_refused(head: HeadModel) -> None:
    height = head.vertices[:, 1]
    smooth = np.clip((height.max() - height) / np.ptp(height), 0, 1)
    for broken in (replace(head, jaw_share=smooth), replace(head, eye_share=np.zeros_like(head.eye_share))):
        with pytest.raises(SoliloquyError) as refused:
            flame.find_face_points(broken)
        assert refused.value.kind == "bad_checkpoint"
