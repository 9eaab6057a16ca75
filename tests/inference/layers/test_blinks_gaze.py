"""Eyes: blinks as people blink, gaze that lands where it is asked to."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference import eye_look
from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.layers import blinks, gaze
from soliloquy.inference.layers.noise import layer_rng, smooth_noise
from soliloquy.inference.prosody import analyse

MINUTES = 10


@pytest.fixture(scope="module")
def talk():
    """Ten minutes of a monologue: phrases of 3 s with pauses of 1 s."""
    time = np.arange(16000 * 60 * MINUTES) / 16000
    return analyse((0.2 * np.sin(2 * np.pi * 140 * time) * (time % 4 < 3)).astype(np.float32))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_blink_rate_and_intervals(talk, seed: int) -> None:
    times = blinks.blink_times(60 * MINUTES, talk, layer_rng(seed, "blinks"))
    assert 14 < len(times) / MINUTES < 21
    gaps = np.diff(times)
    assert gaps.min() > 0.6
    assert gaps.max() < 12
    assert gaps.std() / gaps.mean() > 0.3
    at_phrase_ends = np.abs(times[:, None] - talk.phrases[None, :, 1]).min(1) < 0.25
    assert at_phrase_ends.mean() > 0.3  # 12.5 % by chance


def test_lids_are_open_where_the_motion_ends() -> None:
    """A character that stops there would stand with its eyes shut."""
    open_again = []
    for row in range(60):
        seconds = 2.0 + 0.1 * row
        speech = analyse((0.2 * np.sin(np.arange(int(16000 * (seconds - 0.2))) / 18)).astype(np.float32))
        times = blinks.blink_times(seconds, speech, layer_rng(row, "blinks"), gaze_shifts=[seconds - 0.1])
        frames = np.arange(round(30 * seconds)) / 30
        lids = blinks.blink_layer(frames, 30.0, times, 1.0, layer_rng(row, "lids"))
        open_again.append(lids[-1, ARKIT_INDEX["eyeBlinkLeft"]])
    assert max(open_again) < 0.06


@pytest.mark.parametrize("fps", [12.0, 23.976, 30.0, 60.0, 120.0])
def test_a_blink_shuts_the_lids_and_closes_faster_than_it_opens(fps: float) -> None:
    times = np.arange(round(4 * fps)) / fps
    lids = blinks.blink_layer(times, fps, np.array([1.37]), 1.0)[:, ARKIT_INDEX["eyeBlinkLeft"]]
    assert lids.max() == 1.0
    peak = times[lids.argmax()]
    assert abs(peak - 1.37) <= 0.5 / fps + 0.02
    if fps >= 30:
        closing, opening = (lids[times < peak] > 0.02).sum() / fps, (lids[times > peak] > 0.02).sum() / fps
        assert 0.06 < closing < 0.15
        assert closing < opening < 0.36
        # As the tracked blinks: half open 0.12 s after, nine tenths after 0.26 s.
        assert np.interp(peak + 0.12, times, lids) == pytest.approx(0.5, abs=0.1)
        assert np.interp(peak + 0.26, times, lids) == pytest.approx(0.1, abs=0.04)
    assert lids[times < 1.1].max() == 0
    half = blinks.blink_layer(times, fps, np.array([1.37]), 0.5)[:, ARKIT_INDEX["eyeBlinkLeft"]]
    assert half.max() == 0.5


def test_the_lids_are_not_quite_together_but_both_shut() -> None:
    times = np.arange(600 * 30) / 30
    shut = np.arange(2.0, 590.0, 3.0)
    lids = blinks.blink_layer(times, 30.0, shut, 1.0, layer_rng(0, "lids"))
    left, right = (lids[:, ARKIT_INDEX[f"eyeBlink{side}"]] for side in ("Left", "Right"))
    assert 0.005 < np.abs(left - right)[left > 0.05].mean() < 0.06
    for time in shut:
        assert left[round(time * 30)] == right[round(time * 30)] == 1.0


def test_a_mood_changes_how_often_lids_shut(talk) -> None:
    rates = np.where(np.arange(1000) < 500, 0.5, 1.8)
    times = blinks.blink_times(60 * MINUTES, talk, layer_rng(0, "blinks"), rate=rates)
    assert (times > 30 * MINUTES).sum() > 2 * (times < 30 * MINUTES).sum()
    assert np.diff(times).min() > 0.6


def test_layers_draw_from_streams_of_their_own() -> None:
    same = [layer_rng(3, "gaze").standard_normal(5) for _ in range(2)]
    np.testing.assert_array_equal(*same)
    assert np.abs(layer_rng(3, "blinks").standard_normal(5) - same[0]).min() > 0
    assert np.abs(layer_rng(4, "gaze").standard_normal(5) - same[0]).min() > 0


def test_smooth_noise_is_the_same_curve_at_any_rate() -> None:
    slow, fast = np.arange(300) / 30, np.arange(1200) / 120
    a, b = (smooth_noise(times, 1.5, layer_rng(0, "x"), 2) for times in (slow, fast))
    np.testing.assert_allclose(a, b[::4], atol=1e-12)
    long = smooth_noise(np.arange(60000) / 30, 1.5, layer_rng(0, "x"))
    assert abs(long.std() - 1) < 0.1


def _mood(contact: float = 0.75, pace: float = 1.0, aside: tuple[float, float] = (0.0, 0.0)) -> gaze.GazeMood:
    return gaze.GazeMood(np.array([contact]), np.array([pace]), np.array([aside]))


@pytest.mark.parametrize("contact", [0.3, 0.6, 0.75, 0.9])
def test_eyes_are_on_the_listener_for_the_share_that_is_asked_for(talk, contact: float) -> None:
    plan = gaze.plan_gaze(60 * MINUTES, talk, layer_rng(0, "gaze"), _mood(contact))
    times = np.arange(60 * MINUTES * 30) / 30
    degrees = np.linalg.norm(plan.at(times), axis=1)
    assert (degrees < 4.7).mean() == pytest.approx(contact, abs=0.1)
    assert 3 < len(plan.large_shifts()) / MINUTES < 60
    assert degrees.max() < 25
    fixations = np.diff(plan.starts)
    assert 0.4 < np.median(fixations) < 1.6


def test_full_contact_never_looks_away_and_none_never_stays(talk) -> None:
    times = np.arange(60 * MINUTES * 30) / 30
    always, never = (gaze.plan_gaze(60 * MINUTES, talk, layer_rng(0, "gaze"), _mood(share)) for share in (1.0, 0.0))
    assert not always.away.any()
    assert np.linalg.norm(always.at(times), axis=1).max() < 5
    assert (np.linalg.norm(never.at(times), axis=1) > 5).mean() > 0.75


def test_eyes_leave_at_the_start_of_a_turn_and_are_back_at_its_end(talk) -> None:
    times = np.arange(60 * MINUTES * 30) / 30
    away = np.zeros(len(times))
    for seed in range(3):
        plan = gaze.plan_gaze(60 * MINUTES, talk, layer_rng(seed, "gaze"), _mood())
        away += plan.away[np.searchsorted(plan.starts, times, side="right") - 1]
    within = times % 4  # phrases of 3 s, pauses of 1 s
    begin, end = away[within < 0.5].mean(), away[(within > 2.4) & (within < 3)].mean()
    assert begin > 1.5 * end


def test_an_emotion_draws_the_eyes_to_its_side(talk) -> None:
    times = np.arange(60 * MINUTES * 30) / 30
    plan = gaze.plan_gaze(60 * MINUTES, talk, layer_rng(0, "gaze"), _mood(0.4, 0.6, (13.0, 0.0)))
    away = np.linalg.norm(plan.at(times), axis=1) > 5
    assert plan.at(times)[away, 0].mean() > 9


def test_saccades_last_as_long_as_those_of_people(talk) -> None:
    plan = gaze.plan_gaze(60, talk, layer_rng(0, "gaze"), _mood())
    times = np.arange(60 * 1000) / 1000
    moving = np.linalg.norm(np.diff(plan.at(times), axis=0), axis=1) > 1e-6
    edges = np.flatnonzero(np.diff(np.concatenate([[0], moving.astype(int), [0]]))).reshape(-1, 2)
    lasts = np.diff(edges, axis=1)
    assert lasts.min() > 15
    assert lasts.max() <= 82


def test_eyes_and_coefficients_agree() -> None:
    """Left is +X: the left eye looks out, the right eye in."""
    points = np.array([[1.0, 0.0, 1.0], [0.0, -0.2, 1.0], [0.0, 0.3, 1.0], [0.1, 0.0, 2.0]])
    rotation = np.broadcast_to(np.eye(3), (4, 3, 3))
    eyes = np.broadcast_to([[0.03, 0.0, 0.0], [-0.03, 0.0, 0.0]], (4, 2, 3))
    turned = gaze.eye_rotations(points, rotation, eyes)
    arkit = np.zeros((4, 52))
    eye_look.look_coefficients(arkit, turned)
    assert arkit[0, ARKIT_INDEX["eyeLookOutLeft"]] == 1.0
    assert arkit[0, ARKIT_INDEX["eyeLookInRight"]] == 1.0
    assert arkit[0, ARKIT_INDEX["eyeLookInLeft"]] == arkit[0, ARKIT_INDEX["eyeLookOutRight"]] == 0.0
    assert arkit[1, ARKIT_INDEX["eyeLookDownLeft"]] == pytest.approx(np.arctan(0.2) / eye_look.VERTICAL_LIMIT, rel=0.02)
    assert arkit[1, ARKIT_INDEX["eyeLookUpLeft"]] == 0
    assert arkit[2, ARKIT_INDEX["eyeLookUpRight"]] == pytest.approx(np.arctan(0.3) / eye_look.VERTICAL_LIMIT, rel=0.02)
    # Nearer to the middle the eyes converge.
    assert turned[3, 0, 1] < turned[3, 1, 1]


def test_eyes_pass_from_one_listener_to_the_next_in_the_time_of_a_saccade() -> None:
    eyes, fps = np.array([0.0, 1.6, 0.0]), 60.0
    left, right = np.array([1.0, 1.6, 1.0]), np.array([-1.0, 1.6, 1.0])
    path, instants = gaze.turned_to(np.array([left] * 60 + [right] * 60), eyes, fps)
    assert instants.tolist() == [1.0]
    sides = np.degrees(np.arctan2(path[:, 0], path[:, 2]))
    between = np.flatnonzero(np.abs(sides) < 44)
    # 90 degrees take about 0.22 s.
    assert between[0] in (60, 61)
    assert 10 <= len(between) <= 14
    assert np.all(np.diff(sides) <= 0)
    walking = np.stack([np.linspace(-1, 1, 120), np.full(120, 1.6), np.full(120, 1.5)], 1)
    same, none = gaze.turned_to(walking, eyes, fps)
    assert not len(none)
    np.testing.assert_array_equal(same, walking)
