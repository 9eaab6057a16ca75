"""The lids of an eye are found by what closes them."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("bpy")

from soliloquy.rigs.faces.lids import find_lids

FRAME = np.eye(3, 4)


def _eye() -> tuple[np.ndarray, np.ndarray]:
    x = np.linspace(-0.012, 0.012, 9)
    arch = 0.005 * (1 - (x / 0.012) ** 2)
    rows = [np.stack([x, arch + 0.002 * step, 0 * x], axis=1) for step in range(3)]
    rows += [np.stack([x, -arch - 0.002 * step, 0 * x], axis=1) for step in range(3)]
    closing = [np.stack([0 * x, -2 * arch * (1 - 0.3 * step), 0 * x], axis=1) for step in range(3)]
    return np.concatenate(rows), np.concatenate([*closing, *(np.zeros((9, 3)) for _ in range(3))])


def test_the_lids_that_meet_are_found() -> None:
    points, closing = _eye()
    lids = find_lids(None, points, closing, FRAME)
    assert lids is not None
    assert set(lids.upper) <= set(range(9))
    assert set(lids.lower) <= set(range(27, 36))
    assert lids.rest_gap + lids.gap(closing) == pytest.approx(0.0, abs=5e-4)
    assert lids.gap(0.5 * closing) == pytest.approx(0.5 * lids.gap(closing))


def test_what_closes_nothing_has_no_lids() -> None:
    points, closing = _eye()
    assert find_lids(None, points, 0 * closing, FRAME) is None
    assert find_lids(None, points, -closing, FRAME) is None
