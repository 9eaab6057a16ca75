"""A tracked mouth follows another voice that says the same sentence."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
from soliloquy.training.speech.transfer import match_phones, source_times, transfer_geometry

SOURCE = [(0.0, 0.5, "SIL"), (0.5, 0.6, "B"), (0.6, 0.8, "IH"), (0.8, 1.0, "N"), (1.0, 1.4, "AW"), (1.4, 2.0, "SIL")]


def stretched(phones, factor, shift):
    return [(shift + a * factor, shift + b * factor, p) for a, b, p in phones]


def curve(times):
    """A smooth mouth over the source's time, two columns."""
    return np.stack([0.08 + 0.06 * np.sin(3 * times), 0.02 * times], axis=1).astype(np.float32)


GEOMETRY = curve(np.arange(51) / 25)


@pytest.mark.parametrize(("factor", "shift"), [(1.0, 0.0), (1.4, 0.1), (0.8, -0.05)])
def test_a_slower_voice_gets_the_same_movement_slower(factor: float, shift: float) -> None:
    target = stretched(SOURCE, factor, shift)
    moved = transfer_geometry(GEOMETRY, SOURCE, target, 1.4 * factor + shift)
    times = np.arange(len(moved)) / 25
    inside = (times > target[1][1]) & (times < target[4][1])
    expected = curve((times[inside] - shift) / factor)
    assert inside.sum() > 10
    np.testing.assert_allclose(moved[inside], expected, atol=2e-3)


def test_every_phone_is_stretched_by_itself() -> None:
    target = [(0.5, 0.6, "B"), (0.6, 0.7, "IH"), (0.7, 1.1, "N"), (1.1, 1.3, "AW")]
    got = source_times(np.array([0.55, 0.65, 0.8, 0.9, 1.2]), target, SOURCE)
    np.testing.assert_allclose(got, [0.55, 0.7, 0.85, 0.9, 1.2], atol=1e-9)


def test_before_and_after_the_speech_time_runs_at_its_own_pace() -> None:
    target = stretched(SOURCE, 2.0, 0.0)
    got = source_times(np.array([0.9, 2.9]), target, SOURCE)
    np.testing.assert_allclose(got, [0.4, 1.5], atol=1e-9)


def test_nothing_is_known_where_the_voices_say_different_sounds() -> None:
    target = [(0.5, 0.6, "B"), (0.6, 0.8, "UW"), (0.8, 1.0, "N"), (1.0, 1.4, "AW")]
    got = source_times(np.array([0.55, 0.7, 0.9]), target, SOURCE)
    assert np.isnan(got[1])
    assert np.isfinite(got[[0, 2]]).all()


def test_nothing_is_known_in_a_pause_only_one_of_them_makes() -> None:
    target = [(0.5, 0.6, "B"), (0.6, 0.8, "IH"), (0.8, 1.3, "SIL"), (1.3, 1.5, "N"), (1.5, 1.9, "AW")]
    assert np.isnan(source_times(np.array([1.05]), target, SOURCE)).all()


def test_sounds_that_look_alike_match_and_others_do_not() -> None:
    target = [(0, 1, "P"), (1, 2, "IH"), (2, 3, "K"), (3, 4, "AW")]
    source = [(0, 1, "B"), (1, 2, "IH"), (2, 3, "N"), (3, 4, "AW")]
    assert match_phones(target, source) == [(0, 0), (1, 1), (3, 3)]


def test_a_closure_shorter_than_a_video_frame_survives() -> None:
    geometry = np.full((51, 2), 0.1, np.float32)
    geometry[14] = 0.0  # 0.56 s, within the B.
    target = [(a + 0.02, b + 0.02, p) for a, b, p in SOURCE]
    moved = transfer_geometry(geometry, SOURCE, target, 1.4)
    assert moved[:, 0].min() < 0.005
    assert abs(int(moved[:, 0].argmin()) / 25 - 0.58) <= 0.04


def test_a_picture_that_lags_its_sound_is_taken_from_later() -> None:
    moved = transfer_geometry(GEOMETRY, SOURCE, SOURCE, 1.2, lag=0.03)
    np.testing.assert_allclose(moved[15:25], curve(np.arange(15, 25) / 25 + 0.03), atol=2e-3)


def test_frames_without_a_tracked_face_stay_unknown() -> None:
    geometry = GEOMETRY.copy()
    geometry[20] = np.nan
    moved = transfer_geometry(geometry, SOURCE, SOURCE, 1.4)
    assert np.isnan(moved[20]).all()
    assert np.isfinite(moved[15]).all()
