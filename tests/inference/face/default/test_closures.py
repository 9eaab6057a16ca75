"""A p, b or m that is heard shuts the lips, however short it is and however few frames a film has."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.face.default.closures import keep_short_ones, sealing


def test_lips_shut_where_both_witnesses_speak() -> None:
    logits, bilabial = np.array([-3.0, 1.0, 1.0, 4.0]), np.array([0.9, 0.0, 0.3, 0.0], np.float32)
    open_, doubtful, both, sure = sealing(logits, bilabial, 1.0, 2.0)
    assert open_ < 0.02
    assert doubtful == pytest.approx(0.5)
    assert both > 0.85
    assert sure > 0.95


@pytest.mark.parametrize("fps", [12.0, 24.0, 25.0, 30.0])
@pytest.mark.parametrize("heard_at", range(10, 20))
def test_a_closure_of_one_moment_is_shown_at_any_frame_rate(fps: float, heard_at: int) -> None:
    sealed, bilabial = np.zeros(40), np.zeros(40)
    sealed[heard_at], bilabial[heard_at] = 0.98, 0.3
    moments, times = np.arange(40) * 0.02, np.arange(int(0.78 * fps)) / fps
    shown, sound = (np.interp(times, moments, curve).astype(np.float32) for curve in (sealed, bilabial))
    keep_short_ones(shown, sound, times, moments, sealed, bilabial)
    assert shown.max() == pytest.approx(0.98, abs=0.05)
    assert sound.max() > 0.2
    assert np.count_nonzero(shown > 0.5) <= 2
    assert abs(times[shown.argmax()] - 0.02 * heard_at) <= 0.5 / fps + 1e-9


def test_what_the_frames_show_stays_as_it_is() -> None:
    sealed = np.clip(np.sin(np.arange(80) / 6), 0, 1)
    bilabial, moments, times = 0.6 * sealed, np.arange(80) * 0.02, np.arange(38) / 25
    shown, sound = (np.interp(times, moments, curve).astype(np.float32) for curve in (sealed, bilabial))
    before = shown.copy(), sound.copy()
    keep_short_ones(shown, sound, times, moments, sealed, bilabial)
    assert np.array_equal(shown, before[0])
    assert np.array_equal(sound, before[1])
    silent = np.zeros(80)
    silent[41] = 1.0
    keep_short_ones(shown, sound, times, moments, silent, np.zeros(80))
    assert np.array_equal(shown, before[0]), "not a p, b or m"
    seldom, sound = np.zeros(2, np.float32), np.zeros(2, np.float32)
    keep_short_ones(seldom, sound, np.arange(2.0), moments, silent, silent)
    assert not seldom.any(), "a look in a second is no film"
