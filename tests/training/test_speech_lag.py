"""The lag between sound and picture shows in what the lips do elsewhere on the same phones."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("librosa")
pytest.importorskip("pocketsphinx")
from soliloquy.training.face.corpora import Clip
from soliloquy.training.speech.lag import clip_lags

HEIGHTS = {"B": 0.0, "IH": 0.06, "N": 0.05, "AW": 0.16}


def speaking(name: str, lag: float, pace: float, held_out: bool = False) -> Clip:
    """A clip of two seconds whose lips follow the phones and whose picture comes late by ``lag`` s."""
    starts = 0.4 + pace * np.array([0.0, 0.1, 0.25, 0.4, 0.9])
    order = ["B", "IH", "N", "AW"]
    phones = [(0.0, float(starts[0]), "SIL")]
    phones += [(float(a), float(b), phone) for a, b, phone in zip(starts[:-1], starts[1:], order, strict=True)]
    phones.append((float(starts[-1]), 2.0, "SIL"))
    knots = [0.0, starts[0] - 0.1, *(0.5 * (starts[:-1] + starts[1:])), starts[-1] + 0.1, 2.0]
    heights = [0.002, 0.002, *(HEIGHTS[phone] for phone in order), 0.002, 0.002]
    aperture = np.interp(np.arange(51) / 25 - lag, knots, heights)
    geometry = np.stack([aperture, *[np.zeros(51)] * 4], axis=1).astype(np.float32)
    return Clip(name, "grid_s1", "s1", np.zeros(32_000, np.float32), held_out, phones, geometry)


def test_every_clip_s_own_lag_is_found() -> None:
    lags = [0.0, 0.0, 0.0, 0.01, -0.01, 0.02, -0.02, 0.05]
    clips = [speaking(f"clip{i}", lag, 0.9 + 0.03 * i) for i, lag in enumerate(lags)]
    clips.append(speaking("unheard", -0.04, 1.0, held_out=True))
    found = clip_lags(clips)
    for index, lag in enumerate(lags):
        assert found[f"clip{index}"][0] == pytest.approx(lag, abs=0.0151)
        assert found[f"clip{index}"][1] > 0.9
    assert found["unheard"][0] == pytest.approx(-0.04, abs=0.0151)


def test_held_out_clips_lend_nothing_to_the_averages() -> None:
    clips = [speaking(f"clip{i}", 0.0, 0.9 + 0.03 * i) for i in range(5)]
    alone = clip_lags(clips)
    crowd = [speaking(f"unheard{i}", 0.06, 1.0, held_out=True) for i in range(20)]
    together = clip_lags(clips + crowd)
    assert {name: together[name] for name in alone} == alone


def test_a_clip_whose_face_was_lost_has_no_lag() -> None:
    clips = [speaking(f"clip{i}", 0.0, 1.0) for i in range(3)]
    assert clips[0].geometry is not None
    clips[0].geometry[10] = np.nan
    assert "clip0" not in clip_lags(clips)
