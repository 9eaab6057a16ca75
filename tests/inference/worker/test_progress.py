"""How much longer a job takes."""

from __future__ import annotations

import pytest

from soliloquy.inference.worker.progress import EtaEstimate


def test_what_is_left_follows_from_what_is_done() -> None:
    now = 100.0
    estimate = EtaEstimate(lambda: now)
    assert estimate(0.5) is None, "too early to tell"
    now = 103.0
    assert estimate(0.01) is None, "too little to tell"
    assert estimate(0.3) == pytest.approx(7.0)
    now = 110.0
    assert estimate(1.0) == 0.0
