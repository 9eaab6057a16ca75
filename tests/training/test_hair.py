"""Hair, beards and brows as shipped: bound to the body, on the scalp, outside the head, light enough for playback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soliloquy.inference.character import load_character
from soliloquy.inference.skeleton import JOINT_INDEX

pytest.importorskip("scipy")
pytest.importorskip("PIL")

from scipy.spatial import cKDTree

from soliloquy.training.character.beard import BEARDS
from soliloquy.training.character.binding import closest_rows
from soliloquy.training.character.brows import BROWS
from soliloquy.training.character.hair_atlas import CARD_SHARE, COLUMNS, HEIGHT, LOCKS, WIDTH, columns, draw
from soliloquy.training.character.hair_catalogue import STYLES
from soliloquy.training.character.part import vertex_normals

FILES = [
    *(f"hair_{name}" for name in STYLES), *(f"beard_{name}" for name in BEARDS), *(f"brows_{name}" for name in BROWS),
]  # fmt: skip
_BODY = 13380


@pytest.fixture(scope="module")
def skin() -> tuple[np.ndarray, np.ndarray]:
    """Return the default person's skin vertices and their normals, metres."""
    character = load_character()
    starts = np.cumsum(character.sizes) - character.sizes
    names = [character.material_names.index(name) for name in ("skin", "face skin")]
    quads = character.loops[starts[np.isin(character.materials, names) & (character.sizes == 4), None] + np.arange(4)]
    used = np.unique(quads)
    vertices = character.vertices.astype(float)
    return vertices[used], vertex_normals(vertices, quads)[used]


@pytest.fixture(params=FILES)
def part(request: Any, root: Path) -> tuple[str, dict[str, np.ndarray]]:
    """Return one part file's name and arrays."""
    with np.load(root / "assets" / "cast" / "parts" / f"{request.param}.npz") as data:
        return request.param, {key: data[key] for key in data.files}


def test_every_part_is_whole_and_bound_to_the_body(part: Any) -> None:
    name, data = part
    count = len(data["vertices"])
    assert int(data["format"]) == 1
    assert 200 < count <= 25_000
    assert data["loops"].max() < count
    assert data["sizes"].sum() == len(data["loops"]) == len(data["uv"])
    assert list(data["material_names"]) == [name.split("_")[0]]
    assert data["bind_index"].shape == (count, 4)
    assert data["bind_index"].max() < _BODY
    assert (data["bind_shares"].astype(int).sum(1) <= 256).all()
    assert (data["weight_shares"].astype(int).sum(1) <= 256).all()
    # The largest share comes first and is what the other three leave.
    first = 256 - data["bind_shares"].astype(int).sum(1)
    assert (first >= data["bind_shares"].max(1)).all()


def test_no_strand_is_inside_the_head(part: Any, skin: tuple[np.ndarray, np.ndarray]) -> None:
    name, data = part
    points = data["vertices"] * float(data["vertex_step"])
    near = cKDTree(skin[0])
    distance, index = near.query(points)
    depth = -((points - skin[0][index]) * skin[1][index]).sum(1)
    # Where the nearest vertex is far, the surface may turn away from its plane.
    deep = (depth > 0.003) & (distance < 0.012)
    assert deep.mean() < 0.01, f"{name}: {deep.sum()} of {len(points)}"


def test_hair_covers_the_scalp_and_leaves_the_face_free(part: Any) -> None:
    name, data = part
    if not name.startswith("hair"):
        pytest.skip("grows on the face")
    character = load_character()
    eyes = character.joints[[JOINT_INDEX["left_eye_smplhf"], JOINT_INDEX["right_eye_smplhf"]]].mean(0)
    place = data["vertices"] * float(data["vertex_step"]) - eyes
    crown = place[place[:, 1] > 0.09]
    assert len(crown) > 50
    assert np.ptp(crown[:, 0]) > 0.08
    before_the_eyes = (np.abs(place[:, 0]) < 0.045) & (np.abs(place[:, 1]) < 0.012) & (place[:, 2] > 0)
    assert before_the_eyes.mean() < 0.004
    if name == "hair_afro":
        forehead = (np.abs(place[:, 0]) < 0.045) & (place[:, 2] > -0.02)
        assert place[forehead, 1].min() > 0.05, "coils do not hang down the forehead"


def test_the_picture_has_opaque_locks_with_ends_that_thin_out() -> None:
    cover = draw()[::-1, :, 1] / 255
    wide = WIDTH // COLUMNS
    tall = round(HEIGHT * CARD_SHARE)
    for column in columns("dense"):
        lock = cover[:tall, column * wide : (column + 1) * wide]
        assert lock[tall // 4, wide // 4 : -wide // 4].mean() > 0.8
        assert lock[-6:].mean() < 0.1
    with pytest.raises(KeyError):
        columns("wool")


@pytest.mark.parametrize(("name", "tall"), [("natural", 5.5), ("full", 7.0), ("thin", 4.3), ("straight", 5.5)])
def test_a_brow_is_an_area_with_a_shade_below_its_hairs(root: Path, name: str, tall: float) -> None:
    with np.load(root / "assets" / "cast" / "parts" / f"brows_{name}.npz") as data:
        points, uv = data["vertices"] * float(data["vertex_step"]), np.zeros((len(data["vertices"]), 2))
        uv[data["loops"]] = data["uv"] / 65535 if data["uv"].dtype == np.uint16 else data["uv"]
    sheet = uv[:, 1] > CARD_SHARE
    x = np.abs(points[:, 0])
    inner, outer = np.quantile(x, (0.2, 0.6))
    for chosen in (sheet, ~sheet):
        here = points[chosen & (x > inner) & (x < outer) & (points[:, 0] > 0)]
        steps = [here[np.abs(here[:, 0] - middle) < 0.002, 1] for middle in np.linspace(inner, outer, 4)]
        assert np.mean([np.ptp(np.quantile(step, (0.05, 0.95))) for step in steps]) > tall / 1000
    # The shade fades out: where it ends the picture is clear.
    cover = draw()[::-1, :, 1] / 255
    shade = cover[np.clip((uv[sheet, 1] * HEIGHT).astype(int), 0, HEIGHT - 1), (uv[sheet, 0] * WIDTH).astype(int)]
    heights = points[sheet, 1].reshape(2, -1, 5)
    assert shade.reshape(heights.shape)[..., [0, -1]].max() < 0.02
    assert 0.15 < shade.max() < 0.6


@pytest.mark.parametrize("name", ["natural", "full", "thin", "straight"])
def test_a_brow_thins_out_at_both_ends(root: Path, name: str) -> None:
    """With as many hairs there as in its middle it was a painted bar."""
    with np.load(root / "assets" / "cast" / "parts" / f"brows_{name}.npz") as data:
        points, corners = data["vertices"] * float(data["vertex_step"]), data["loops"].reshape(-1, 4)
        card = data["uv"][:, 1].reshape(-1, 4).min(1) / 65535 < CARD_SHARE - 0.01
    quads = points[corners[card]]
    area = np.linalg.norm(np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1]), axis=1)
    x = np.abs(quads[:, :, 0].mean(1))
    amount, _ = np.histogram(x, np.linspace(x.min(), x.max(), 11), weights=area)
    assert max(amount[0], amount[-1]) < 0.42 * amount.max()
    assert amount[2:8].min() > 0.45 * amount.max()


@pytest.mark.parametrize("name", ["long", "bowl", "ponytail"])
def test_cards_do_not_cut_through_the_curve_of_the_head(root: Path, name: str) -> None:
    """Light that spreads below the skin meets such cards, and shows them as pale patches beside the hairline."""
    character = load_character()
    starts = np.cumsum(character.sizes) - character.sizes
    skins = [character.material_names.index(each) for each in ("skin", "face skin")]
    faces = np.isin(character.materials, skins) & (character.sizes == 4)
    quads = character.loops[starts[faces, None] + np.arange(4)]
    vertices = character.vertices.astype(float)
    with np.load(root / "assets" / "cast" / "parts" / f"hair_{name}.npz") as data:
        middles = (data["vertices"] * float(data["vertex_step"]))[data["loops"].reshape(-1, 4)].mean(1)
        v = data["uv"][:, 1].reshape(-1, 4).min(1) / 65535
    rows = closest_rows(middles, vertices, quads)
    away = middles - rows @ vertices
    height = (away * (rows @ vertex_normals(vertices, quads))).sum(1)
    inside = (height < 0) & (np.linalg.norm(away, axis=1) < 0.01) & (v > 0.01) & (v < CARD_SHARE - 0.01)
    assert inside.mean() < 0.0042


def test_all_files_stay_small(root: Path) -> None:
    files = [root / "assets" / "cast" / "parts" / f"{name}.npz" for name in FILES]
    assert sum(path.stat().st_size for path in files) <= 2.1e6
    assert (root / "assets" / "cast" / "maps" / "hair.png").stat().st_size <= 0.4e6


def test_cards_start_on_the_skin_and_the_hairline_is_no_line(part: Any, skin: tuple[np.ndarray, np.ndarray]) -> None:
    name, data = part
    loops, v = data["loops"], data["uv"][:, 1] / 65535
    # A card's root row has the lowest v of the picture's lower part; sheets of short roots lie above it.
    rooted = np.unique(loops[v < 0.02 * CARD_SHARE])
    points = data["vertices"][rooted] * float(data["vertex_step"])
    nearest = cKDTree(skin[0]).query(points)[1]
    away = np.abs(((points - skin[0][nearest]) * skin[1][nearest]).sum(1))
    loose = 0.25 if name in ("hair_ponytail", "hair_bun") else 0.02
    assert len(rooted) > 100
    assert (away > 0.004).mean() <= loose
    if not name.startswith("hair"):
        return
    front = points[points[:, 2] > 0.06]
    strips = [front[np.abs(front[:, 0] - x) < 0.004] for x in np.linspace(-0.04, 0.04, 11)]
    lowest = np.array([strip[:, 1].min() for strip in strips if len(strip)])
    assert len(lowest) >= 8
    assert np.diff(lowest).std() > 0.0005


def test_strands_know_the_locks_of_the_picture() -> None:
    pytest.importorskip("bpy")
    from soliloquy.rigs.character.strands import guides

    assert sum(len(locks) for locks in LOCKS.values()) == guides.COLUMNS == COLUMNS
    assert tuple(lock.tone for locks in LOCKS.values() for lock in locks) == guides.TONES
    assert {kind: columns(kind) for kind in LOCKS} == guides.KINDS
