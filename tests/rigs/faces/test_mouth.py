"""A mouth is found where a movement parts points that touch, and measured whatever the mesh."""

from __future__ import annotations

import numpy as np
import pytest
from small_mouth import COLUMNS, HALF, small_mouth

pytest.importorskip("bpy")

from soliloquy.rigs.faces.mouth import MEASURES, find_mouth

FRAME = np.eye(3, 4)


def _opening(share: np.ndarray) -> np.ndarray:
    return np.stack([0 * share, -0.03 * share, 0 * share], axis=1)


@pytest.mark.parametrize("rest_gap", [0.0, 0.002])
def test_the_lips_are_found_and_not_the_teeth_behind_them(rest_gap: float) -> None:
    points, share = small_mouth(rest_gap)
    mouth = find_mouth(None, points, _opening(share), FRAME)
    assert mouth is not None
    assert set(mouth.upper) <= set(range(COLUMNS))
    assert set(mouth.lower) <= set(range(5 * COLUMNS, 6 * COLUMNS))
    assert mouth.rest_gap == pytest.approx(rest_gap, abs=1e-6)
    assert mouth.gap(_opening(share)) == pytest.approx(0.03, rel=0.05)
    assert 1.4 * HALF < mouth.width <= 2 * HALF


def test_a_turned_mesh_in_centimetres_measures_the_same() -> None:
    points, share = small_mouth()
    frame = 0.01 * np.array([[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0.0]])
    turned, opening = 100.0 * points[:, [2, 0, 1]], 100.0 * _opening(share)[:, [2, 0, 1]]
    mouth, straight = find_mouth(None, turned, opening, frame), find_mouth(None, points, _opening(share), FRAME)
    assert mouth is not None
    assert straight is not None
    assert mouth.width == pytest.approx(straight.width)
    assert mouth.gap(opening) == pytest.approx(float(straight.gap(_opening(share))))


def test_measures_tell_movements_apart() -> None:
    points, share = small_mouth()
    mouth = find_mouth(None, points, _opening(share), FRAME)
    assert mouth is not None
    wide = np.stack([0.2 * points[:, 0], 0 * share, 0 * share], axis=1)
    out = np.tile([0.0, 0.0, 0.005], (len(points), 1))
    gap, width, protrusion, _, _ = range(len(MEASURES))
    found = mouth.measures(np.stack([_opening(share), wide, out]))
    assert found[1, width] == pytest.approx(0.2, abs=1e-6)
    assert abs(found[1, gap]) < 1e-9
    assert found[2, protrusion] == pytest.approx(0.005 / mouth.width)
    assert found[0, gap] > 0.025
    assert np.allclose(mouth.measures(_opening(share) + wide), found[0] + found[1])


def test_what_parts_nothing_is_no_mouth() -> None:
    points, share = small_mouth()
    assert find_mouth(None, points, 0 * points, FRAME) is None
    assert find_mouth(None, points, np.tile([0.0, -0.03, 0.0], (len(points), 1)), FRAME) is None
    smooth = np.stack([0 * share, 0.2 * points[:, 1] - 0.01, 0 * share], axis=1)
    assert find_mouth(None, points, smooth, FRAME) is None
