"""A written direction never touches the lips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("av")
pytest.importorskip("torch")

from soliloquy.inference import pipeline
from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.performance import Performance
from soliloquy.inference.settings import AnimateSettings, AudioRange, recorded_settings

DEMO = Path(__file__).parents[3] / "assets" / "demo_speech.flac"
MOUTH = [index for index, name in enumerate(ARKIT_NAMES) if name.startswith(("mouth", "tongue"))]


def _made(**settings: object) -> Performance:
    chosen = AnimateSettings(seed=3, **settings)  # type: ignore[arg-type]
    return pipeline.animate(AnimateJob(AudioRange(str(DEMO), 0.0, 4.0), chosen, ""))


def test_without_an_emotion_in_it_every_mouth_shape_stays_bit_for_bit() -> None:
    plain = _made()
    acted = _made(direct="lively, open, looks away until 2 s, then still head, energy 0.2, seated, hands together")
    assert not np.array_equal(plain.poses, acted.poses)
    np.testing.assert_array_equal(acted.arkit[:, MOUTH], plain.arkit[:, MOUTH])
    # The jaw makes up for what brows and lids do to the lips on the mesh, as under every setting of theirs.
    np.testing.assert_allclose(acted.lip_aperture, plain.lip_aperture, atol=1e-5)


def test_acts_leave_every_mouth_shape_bit_for_bit_and_are_in_the_plan() -> None:
    plain = _made()
    acted = _made(direct="nods at 1 s, raises her eyebrows, waves at 2 s, looks down at 3 s, arms crossed from 3 s")
    np.testing.assert_array_equal(acted.arkit[:, MOUTH], plain.arkit[:, MOUTH])
    np.testing.assert_allclose(acted.lip_aperture, plain.lip_aperture, atol=1e-5)
    assert [row["why"] for row in acted.meta["gestures"] if row["pinned"]] == ["from the direction: waves at 2 s"]
    assert recorded_settings(acted.meta).gestures.rest_track == ((3.0, "crossed"),)


def test_an_emotion_in_it_does_what_the_same_emotion_does_by_other_ways() -> None:
    said = _made(direct="starts calm, gets angry at 1.5 s, ends sad and quiet")
    recorded = recorded_settings(said.meta)
    assert recorded.emotion_curves
    assert recorded.craft == AnimateSettings().craft
    assert recorded.diction == AnimateSettings.diction
    keyed = _made(emotion_curves=recorded.emotion_curves, direction_track=recorded.direction_track)
    np.testing.assert_array_equal(said.arkit, keyed.arkit)
    np.testing.assert_array_equal(said.poses, keyed.poses)
    assert said.meta["direction"]["read"][1] == "From 1.5 s: angry 0.7"
    assert said.meta["warnings"] == []
