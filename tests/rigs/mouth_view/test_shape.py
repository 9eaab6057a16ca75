"""The drawn mouth is shut when it is shut, opens as far as it is said to, and shows teeth and tongue where they do."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("bpy")

from soliloquy.rigs.mouth_view.shape import WIDTH, Band, mouth

LEAST, MOST = (0, -0.25, -0.1, 0, 0, -1, 0, 0), (0.5, 0.25, 0.2, 0.5, 1, 1, 1, 1)
OPEN = {"aperture": 0.3, "jaw": 0.3, "upper": 0.02}


def area(band: Band) -> float:
    """Return how large a part is."""
    high = band.top - band.bottom
    return float(((high[1:] + high[:-1]) / 2 * np.diff(band.x)).sum())


def test_a_shut_mouth_is_lips_and_nothing_else() -> None:
    shut = mouth({})
    assert {name for name, band in shut.items() if area(band) > 1e-9} == {"upper_lip", "lower_lip"}
    assert np.ptp(shut["upper_lip"].x) == pytest.approx(WIDTH)
    assert next(iter(shut)) == "cavity", "the dark is painted below everything"


@pytest.mark.parametrize("aperture", [0.05, 0.15, 0.3])
def test_the_lips_are_as_far_apart_as_said(aperture: float) -> None:
    dark = mouth({"aperture": aperture, "jaw": aperture})["cavity"]
    assert (dark.top - dark.bottom).max() == pytest.approx(aperture)
    assert dark.top[0] == pytest.approx(dark.bottom[0]), "they meet in the corners"
    assert dark.top[-1] == pytest.approx(dark.bottom[-1])


def test_no_part_is_upside_down_or_leaves_the_mouth() -> None:
    draw = np.random.default_rng(0)
    names = ("aperture", "width", "upper", "jaw", "round", "smile", "tongue", "tuck")
    for _ in range(200):
        row = dict(zip(names, draw.uniform(LEAST, MOST), strict=True))
        parts = mouth(row)
        inside = parts["cavity"]
        for name, band in parts.items():
            assert np.isfinite(band.triangles()).all()
            assert (band.top >= band.bottom - 1e-9).all(), name
            if name not in ("upper_lip", "lower_lip"):
                assert (band.top <= inside.top + 1e-9).all(), name
                assert (band.bottom >= inside.bottom - 1e-9).all(), name


def test_an_open_mouth_shows_upper_teeth_and_a_tongue_that_comes_out() -> None:
    still, out = mouth(OPEN), mouth({**OPEN, "tongue": 1.0})
    assert 0 < area(still["upper_teeth"]) < area(still["cavity"]) / 2
    assert area(out["tongue"]) > 1.5 * area(still["tongue"])
    assert list(out).index("tongue") > list(out).index("lower_teeth"), "it goes over the teeth"
    assert list(still).index("tongue") < list(still).index("lower_teeth")


def test_width_smile_and_roundness_show() -> None:
    wide, narrow = mouth({"width": 0.1}), mouth({"width": -0.2, "round": 1.0})
    assert np.ptp(wide["lower_lip"].x) > np.ptp(narrow["lower_lip"].x) + 0.25
    assert mouth({"smile": 1.0})["upper_lip"].bottom[0] > mouth({"smile": -1.0})["upper_lip"].bottom[0] + 0.1
    assert (narrow["lower_lip"].top - narrow["lower_lip"].bottom).max() > 0.12


def test_triangles_fill_a_part_without_gaps() -> None:
    band = mouth(OPEN)["cavity"]
    a, b, c = band.triangles().reshape(-1, 3, 2).transpose(1, 0, 2)
    ab, ac = b - a, c - a
    filled = np.abs(ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]).sum() / 2
    assert filled == pytest.approx(area(band))
