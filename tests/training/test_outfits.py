"""The outfits' files: complete, small, tied to the body, and drawn on the cloth that the maps show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.archive import read_arrays

scipy = pytest.importorskip("scipy")
pytest.importorskip("PIL")

from soliloquy.training.character.binding import closest_rows
from soliloquy.training.character.chart import SHOE, UPPER, upper_uv
from soliloquy.training.character.cloth_folds import Canvas, upper_folds
from soliloquy.training.character.cloth_maps import BAKERS, bake_cloth
from soliloquy.training.character.garment import cut_region
from soliloquy.training.character.makehuman import RANGES
from soliloquy.training.character.outfits import OUTFITS
from soliloquy.training.character.part import CLOTH, grid_faces
from soliloquy.training.character.refine import refined


@pytest.mark.parametrize("name", list(OUTFITS))
def test_an_outfit_is_small_and_bound_to_the_body(root: Path, name: str) -> None:
    path = root / "assets" / "cast" / "parts" / f"outfit_{name}.npz"
    assert path.stat().st_size <= 350e3
    data = read_arrays(path, most_bytes=1 << 26)
    count = len(data["vertices"])
    assert count <= 12_000
    assert set(data["material_names"]) <= set(CLOTH)
    assert data["bind_index"].max() < RANGES["body"][1]
    assert data["hides"].max() < RANGES["body"][1]
    assert data["bind_shares"].astype(int).sum(1).max() <= 256
    assert data["sizes"].sum() == len(data["loops"]) == len(data["uv"])
    assert data["loops"].max() == count - 1
    starts = np.cumsum(data["sizes"].astype(int)) - data["sizes"]
    for start, size in zip(starts.tolist(), data["sizes"].tolist(), strict=True):
        assert len(set(data["loops"][start : start + size].tolist())) == size  # Blender calls other faces broken
    points = data["vertices"] * float(data["vertex_step"])
    assert 0 <= points[:, 1].min() < 0.01
    # Left and right are alike: nothing was sewn onto one side only.
    assert abs(points[:, 0].min() + points[:, 0].max()) < 0.01


def test_shoes_reach_the_ground_and_garments_have_thickness(root: Path) -> None:
    data = read_arrays(root / "assets" / "cast" / "parts" / "outfit_tshirt.npz", most_bytes=1 << 26)
    loops, sizes = data["loops"], data["sizes"]
    points = data["vertices"] * float(data["vertex_step"])
    starts = np.cumsum(sizes) - sizes
    edges: dict[tuple[int, int], int] = {}
    for start, size in zip(starts.tolist(), sizes.tolist(), strict=True):
        ring = loops[start : start + size].tolist()
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            edges[min(a, b), max(a, b)] = edges.get((min(a, b), max(a, b)), 0) + 1
    border = np.unique([edge for edge, faces in edges.items() if faces == 1])
    sleeve = border[(np.abs(points[border, 0]) > 0.25) & (points[border, 1] > 1.0)]
    outermost = np.abs(points[points[:, 1] > 1.0, 0]).max()
    # The open edge lies inside the sleeve, behind the hem that one sees.
    assert len(sleeve)
    assert np.abs(points[sleeve, 0]).max() < outermost - 0.01


def test_points_are_tied_to_what_is_closest() -> None:
    y, x = np.meshgrid(np.arange(6.0), np.arange(6.0), indexing="ij")
    vertices = np.stack([x.ravel(), y.ravel(), np.zeros(36)], 1)
    points = np.random.default_rng(0).uniform([0, 0, -0.3], [5, 5, 0.3], (40, 3))
    rows = closest_rows(points, vertices, grid_faces(6, 6, closed=False))
    np.testing.assert_allclose(rows @ vertices, points * [1, 1, 0], atol=1e-9)
    assert np.diff(rows.indptr).max() <= 3


def test_cloth_keeps_its_size_on_the_sheet() -> None:
    angle, height = np.meshgrid(np.linspace(-0.5, 0.5, 9), np.linspace(1.1, 1.2, 4))
    points = np.stack([0.155 * np.sin(angle), height, 0.055 + 0.105 * np.cos(angle)], -1).reshape(-1, 3)
    faces = grid_faces(4, 9, closed=False)
    joints = np.zeros((55, 3))
    joints[:, 0] = 0.178
    uv = upper_uv(points, faces, joints) * [UPPER.width, UPPER.height]
    for start, stop in ((0, 1), (1, 2)):
        drawn = np.linalg.norm(uv[:, stop] - uv[:, start], axis=1)
        real = np.linalg.norm(points[faces[:, stop]] - points[faces[:, start]], axis=1)
        assert (np.abs(drawn / real - 1) < 0.25).all()


def test_maps_are_what_the_script_bakes(root: Path, tmp_path: Path) -> None:
    bake_cloth(tmp_path, lambda _: None, ["shoes", "rubber"])
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (root / "assets" / "cast" / "maps" / path.name).read_bytes()
    sizes = sum(path.stat().st_size for path in (root / "assets" / "cast" / "maps").glob("cloth_*"))
    assert sizes <= 2e6
    assert len(BAKERS) == 12
    assert SHOE.width == SHOE.height


def test_sleeves_fold_at_the_elbow() -> None:
    canvas = Canvas(UPPER, 200, 0)
    folds = upper_folds(canvas, 0.5)
    sleeve = canvas.v > UPPER.sleeves + 0.05
    elbow = folds[sleeve & (np.abs(canvas.u - 0.28) < 0.03)]
    beside = folds[sleeve & (np.abs(canvas.u - 0.16) < 0.03)]
    assert elbow.std() > 1.5 * beside.std()


def test_rows_of_faces_are_split_across_a_limb_without_gaps() -> None:
    x, y = np.meshgrid(np.linspace(0.0, 0.2, 11), np.linspace(0.0, 0.1, 6))
    vertices = np.stack([x.ravel(), y.ravel(), np.zeros(66)], 1)
    cut = cut_region(grid_faces(6, 11, closed=False), np.minimum(0.15 - vertices[:, 0], vertices[:, 0] - 0.03))
    finer = refined(cut, vertices, 0, 0.1 - (cut.rows @ vertices)[:, 0])

    def area(faces: np.ndarray, points: np.ndarray) -> float:
        first, second = points[faces[:, 2]] - points[faces[:, 0]], points[faces[:, 3]] - points[faces[:, 1]]
        return float(np.abs(np.cross(first, second)[:, 2]).sum() / 2)

    assert len(finer.faces) > 1.3 * len(cut.faces)
    assert area(finer.faces, finer.rows @ vertices) == pytest.approx(area(cut.faces, cut.rows @ vertices))
    edges: dict[tuple[int, int], int] = {}
    for face in finer.faces.tolist():
        for a, b in zip(face, face[1:] + face[:1], strict=True):
            edges[min(a, b), max(a, b)] = edges.get((min(a, b), max(a, b)), 0) + (a != b)
    assert max(edges.values()) == 2


def test_a_sweater_is_held_by_its_ribbing_and_bunches_above_the_wrist(root: Path) -> None:
    data = read_arrays(root / "assets" / "cast" / "parts" / "outfit_sweater.npz", most_bytes=1 << 26)
    number = list(data["material_names"]).index("sweater")
    worn = np.unique(data["loops"][np.repeat(data["materials"] == number, data["sizes"])])
    points = data["vertices"][worn] * float(data["vertex_step"])
    up = points[:, 1] - points[:, 1].min()
    width = [np.abs(points[np.abs(up - height) < 0.012, 0]).max() for height in (0.02, 0.08)]
    assert width[1] > width[0] + 0.003
