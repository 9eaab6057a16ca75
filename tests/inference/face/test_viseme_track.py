"""From what a network says about frames to which sound is heard when."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.face.viseme_track import viseme_track

NAMES = ("sil", "PP", "aa")


def _said(numbers: list[int], sure: float = 0.9) -> np.ndarray:
    found = np.full((len(numbers), 3), (1 - sure) / 2)
    found[np.arange(len(numbers)), numbers] = sure
    return found


def test_a_span_for_each_sound_and_none_for_silence() -> None:
    track = viseme_track(_said([0] * 5 + [1] * 3 + [2] * 6 + [0] * 4), NAMES, 0.02, 1.0)
    assert track.labels == ("PP", "aa")
    np.testing.assert_allclose(track.spans, [[0.09, 0.15], [0.15, 0.27]], atol=1e-6)


def test_a_flicker_is_no_sound() -> None:
    numbers = [2] * 6 + [1] + [2] * 6
    assert viseme_track(_said(numbers), NAMES, 0.02, 1.0).labels == ("aa",)


def test_nothing_lasts_beyond_the_clip() -> None:
    track = viseme_track(_said([1] * 10), NAMES, 0.02, 0.15)
    np.testing.assert_allclose(track.spans, [[0, 0.15]], atol=1e-6)
    assert viseme_track(_said([2]), NAMES, 0.02, 0.02).labels == ("aa",)
    assert len(viseme_track(_said([0] * 10), NAMES, 0.02, 0.2)) == 0
