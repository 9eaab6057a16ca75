"""The benchmark's peers and its sounds."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("pocketsphinx")

from soliloquy.training.benchmarks import disturbances, headaudio, spoken_emotions
from soliloquy.training.benchmarks.phone_baseline import DominanceModel, PhoneBaseline, phone_classes, segments
from soliloquy.training.face.corpora import Clip


def _clip(seed: int) -> Clip:
    """Return a clip that opens in AA and shuts in M, on 25 fps."""
    rng = np.random.default_rng(seed)
    phones, at = [], 0.2
    for _ in range(5):
        for label in ("M", "AA"):
            stop = at + rng.uniform(0.1, 0.2)
            phones.append((at, stop, label))
            at = stop
    times = np.arange(int((at + 0.3) * 25)) / 25
    opened = np.zeros(len(times))
    for start, stop, label in phones:
        if label == "AA":
            opened += 0.1 * np.exp(-0.5 * ((times - (start + stop) / 2) / 0.05) ** 2)
    geometry = np.stack([opened] * 5, 1).astype(np.float32)
    return Clip(f"clip {seed}", "grid_s1", "s", np.zeros(int((at + 0.3) * 16_000), np.float32), False, phones, geometry)


def test_segments_cover_the_clip_without_holes():
    clip = _clip(0)
    rows = segments(clip, phone_classes())
    assert rows[0, 0] == 0
    np.testing.assert_allclose(rows[1:, 0], rows[:-1, 1])
    assert rows[-1, 1] == pytest.approx(len(clip.samples) / 16_000)


def test_the_baseline_learns_which_phones_shut_the_lips():
    model = PhoneBaseline.fit([_clip(seed) for seed in range(6)], phone_classes(), steps=150)
    unseen = _clip(99)
    assert unseen.geometry is not None
    aperture = model.aperture(unseen, np.arange(len(unseen.geometry)) / 25)
    assert np.corrcoef(aperture, unseen.geometry[:, 0])[0, 1] > 0.9


def test_a_lone_segment_gives_its_own_target():
    import torch

    model = DominanceModel({"SIL": 0, "AA": 1})
    with torch.no_grad():
        model.target[1] = 0.123
    baseline = PhoneBaseline(model)
    clip = Clip("one", "grid_s1", "s", np.zeros(16_000, np.float32), False, [(0.0, 1.0, "AA")])
    np.testing.assert_allclose(baseline.aperture(clip, np.linspace(0, 1, 9)), 0.123, atol=1e-4)


def test_headaudio_says_why_it_is_left_out(monkeypatch, tmp_path):
    monkeypatch.setattr(headaudio.shutil, "which", lambda _: None)
    with pytest.raises(RuntimeError, match="node and npm are not installed"):
        headaudio.install(tmp_path)


@pytest.mark.parametrize("name", disturbances.SOUNDS)
def test_sounds_are_audible_finite_and_repeatable(name):
    make = disturbances.SOUNDS[name]
    first, again = (make(32_000, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (32_000,)
    assert first.dtype == np.float32
    assert np.isfinite(first).all()
    assert np.abs(first).max() <= 1.5
    assert name == "silence" or np.sqrt(np.mean(first**2)) > 0.02


def test_laughter_comes_in_calls():
    wave = disturbances.laughter(64_000, np.random.default_rng(1))
    loud = np.sqrt(np.mean(wave.reshape(-1, 320) ** 2, axis=1))
    assert 6 < ((loud[1:] > 0.1) & (loud[:-1] <= 0.1)).sum() < 40


def test_reversals_count_flaps_and_not_tremor():
    times = np.arange(0, 2, 1 / 30)
    assert spoken_emotions.reversals(0.05 + 0.05 * np.sin(2 * np.pi * 3 * times)) in (11, 12)
    assert spoken_emotions.reversals(0.05 + 0.005 * np.sin(2 * np.pi * 8 * times)) == 0
    assert spoken_emotions.reversals(np.full(60, 0.1)) == 0
