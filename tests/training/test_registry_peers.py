"""Packages of the registry get a fair chance: the sentence that was said, the aperture that suits their channels."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("pocketsphinx")
pytest.importorskip("soundfile")

from soliloquy.training.benchmarks.registry_peers import grid_text, measured
from soliloquy.training.face.corpora import Clip


def test_a_clip_of_grid_is_named_after_its_sentence() -> None:
    assert grid_text("lbax4n") == "lay blue at x four now"
    assert grid_text("id2_vcd_swwp2s") == "set white with p two soon"
    assert grid_text("lwbsza") == "lay white by s zero again"


def test_channels_that_follow_the_lips_are_found_to_follow_them_whatever_their_scale() -> None:
    def clip(seed: int, speaker: str) -> Clip:
        aperture = np.abs(np.sin(np.arange(75) / (3 + seed))).astype(np.float32) / 10
        geometry = np.stack([aperture] * 5, 1)
        return Clip(f"clip {seed}", "faces", speaker, np.zeros(48_000, np.float32), False, geometry=geometry)

    def hear(one: Clip, times: np.ndarray) -> np.ndarray:
        assert one.geometry is not None
        return np.stack([3 * one.geometry[:, 0], np.cos(7 * times) ** 2], 1).astype(np.float64)

    found, factor = measured(hear, [clip(0, "s1"), clip(1, "s1")], [clip(2, "a"), clip(3, "b")])
    assert set(found) == {"a", "b"}
    for r, f1, opening in found.values():
        assert r > 0.99
        assert f1 > 0.95
        assert opening == pytest.approx(1, abs=0.02)
    assert factor >= 0
