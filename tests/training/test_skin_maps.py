"""Skin is painted where it belongs: maps without gaps and seams, pigments that do what they do in people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("PIL")

from PIL import Image

from soliloquy.inference.character import load_character
from soliloquy.training.character.eyes import chart_radius, polar_angle
from soliloquy.training.character.makehuman import Floats
from soliloquy.training.character.skin_maps.charts import HEAD, Chart, Surface, rasterise
from soliloquy.training.character.skin_maps.noise import speckles
from soliloquy.training.character.skin_maps.pigment import Pigment
from soliloquy.training.character.skin_maps.relief import normal_map
from soliloquy.training.character.skin_maps.tones import TONES, albedo
from soliloquy.training.character.teeth_shown import teeth_shown

SIZE = 64


def test_triangles_leave_no_gap_between_them_and_blend_their_corners() -> None:
    square = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]])
    uv = square[[[0, 1, 2], [0, 2, 3]]]
    image, covered = rasterise(uv, uv.copy(), SIZE)
    rows, columns = np.nonzero(covered)
    assert len(rows) == pytest.approx((0.8 * SIZE) ** 2, rel=0.06)
    assert len(rows) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    middle = (np.column_stack([columns, rows]) + 0.5) / SIZE
    assert np.abs(image[covered] - middle).max() < 1e-5


def test_a_face_is_in_the_heads_chart_only_as_a_whole() -> None:
    inside = np.full((1, 4, 2), 0.7) * [1.0, 0.7]
    across = inside.copy()
    across[0, 0, 0] = HEAD.corner[0] - 0.01
    assert HEAD.holds(inside).all()
    assert not HEAD.holds(across).any()
    assert ((HEAD.moved(inside) > 0) & (HEAD.moved(inside) < 1)).all()


def _flat(metres: float) -> Surface:
    """Return a flat surface, ``metres`` wide, that fills a chart."""
    steps = (np.arange(SIZE) + 0.5) / SIZE * metres
    x, y = np.meshgrid(steps, steps)
    points = np.column_stack([x.ravel(), y.ravel(), np.zeros(SIZE**2)])
    chart = Chart("flat", (0.0, 0.0), 1.0, SIZE)
    return Surface(chart, np.ones((SIZE, SIZE), bool), points, np.tile([0.0, 0.0, 1.0], (SIZE**2, 1)), {})


def test_normals_lean_away_from_what_rises_by_its_slope_in_metres() -> None:
    surface = _flat(0.1)
    normals = normal_map(surface, 0.3 * surface.points[:, 0])[8:-8, 8:-8] * 2 - 1
    wanted = np.array([-0.3, 0, 1]) / np.hypot(0.3, 1)
    assert np.abs(normals - wanted).max() < 1e-3


def test_specks_are_the_same_each_time_and_as_large_as_asked_for() -> None:
    points = _flat(0.1).points
    found = speckles(points, 0.02, 0.004, 5)
    assert np.array_equal(found, speckles(points, 0.02, 0.004, 5))
    assert 0.005 < (found > 0.2).mean() < 0.15
    assert not np.array_equal(found, speckles(points, 0.02, 0.004, 6))


def _pigment(**amounts: float) -> Pigment:
    names = Pigment.__dataclass_fields__
    return Pigment(**{name: np.array([amounts.get(name, 0.0)]) for name in names})


def _colour(tone: str, **amounts: float) -> Floats:
    none = np.zeros(1)
    return albedo(TONES[tone], _pigment(**amounts), none, none, none)[0]


def test_blood_reddens_melanin_darkens_and_stubble_greys() -> None:
    plain, red, brown = _colour("default"), _colour("default", blood=0.5), _colour("default", melanin=0.5)
    assert red[0] / red[1] > 1.1 * plain[0] / plain[1]
    assert brown.sum() < 0.85 * plain.sum()
    assert plain[2] / plain[0] > 1.1 * brown[2] / brown[0]
    bearded = _colour("stubble", shaved=1.0, stubble=1.0)
    assert np.ptp(bearded) / bearded.mean() < 0.9 * np.ptp(_colour("stubble")) / _colour("stubble").mean()
    assert np.allclose(_colour("light", shaved=1.0), _colour("light"))


def test_tones_differ_and_the_throat_is_darker_than_the_lips() -> None:
    looks = {
        tone: tuple(np.round(_colour(tone, freckles=0.5, spots=0.5, stubble=0.5, melanin=0.2), 3)) for tone in TONES
    }
    assert len(set(looks.values())) == len(TONES)
    for tone in TONES:
        front, throat = (_colour(tone, inner_mouth=1.0, depth=depth) for depth in (0.0, 1.0))
        assert throat.sum() < 0.4 * front.sum() < 0.4 * _colour(tone, lips=1.0).sum() * 1.3


def test_the_eyes_picture_gives_the_iris_room_and_can_be_read_back() -> None:
    angles = np.linspace(0, np.pi, 50)
    assert np.allclose(polar_angle(chart_radius(angles)), angles)
    assert 2 * chart_radius(np.radians(27.0)) > 0.3


def test_upper_teeth_show_before_lower_ones() -> None:
    for shown in teeth_shown(load_character()):
        assert shown.lower <= 0.010, shown
        assert 0.030 <= shown.upper <= 0.060, shown


def _redness(root: Path, tone: str) -> Callable[[float, float], float]:
    """Return red over green of a tone's head around a place of the chart."""
    picture = Image.open(root / "assets" / "cast" / "maps" / f"skin_{tone}_head.jpg")
    picture.draft("RGB", (512, 512))
    texels = np.asarray(picture, np.float64)[::-1]

    def redness(u: float, v: float) -> float:
        row, column = int(v * len(texels)), int(u * len(texels))
        red, green, _ = texels[row - 2 : row + 3, column - 2 : column + 3].mean((0, 1))
        return red / green

    return redness


@pytest.mark.parametrize("tone", TONES)
def test_upper_lids_are_redder_than_the_skin_below_the_brow(root: Path, tone: str) -> None:
    """A lid with as little blood as its surroundings is a pale green shell when the eye shuts."""
    redness = _redness(root, tone)
    assert redness(0.538, 0.538) > 1.04 * redness(0.44, 0.545)


@pytest.mark.parametrize("tone", [tone for tone in TONES if tone != "plain"])
def test_the_jaws_edge_has_blood_and_cheeks_and_nose_more(root: Path, tone: str) -> None:
    """With as little as a forehead, the edge of the jaw reads as olive beside the cheeks."""
    redness = _redness(root, tone)
    forehead, jaw, cheek, nose = (redness(*at) for at in ((0.402, 0.497), (0.796, 0.75), (0.654, 0.61), (0.645, 0.453)))
    assert 1.045 * forehead < jaw < min(cheek, nose)
