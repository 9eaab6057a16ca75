"""The course of an emotion: bouts that come with phrases, stressed words that lift it, opposites that give way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.emotion.course import body_course, course, opposed, sides
from soliloquy.inference.emotion.names import EMOTIONS
from soliloquy.inference.layers.noise import layer_rng
from soliloquy.inference.prosody import Prosody, analyse

FPS = 30.0
SECONDS = 24.0
TIMES = np.arange(round(SECONDS * FPS)) / FPS


@pytest.fixture(scope="module")
def talk() -> Prosody:
    """Phrases of 4 s with pauses of 2 s, every second one with a strong accent 2.9 s into it."""
    time = np.arange(round(16000 * SECONDS)) / 16000
    heard = analyse((0.2 * np.sin(2 * np.pi * 140 * time) * (time % 6 < 4)).astype(np.float32))
    accents = np.array([2.9, 14.9])
    return dataclasses.replace(heard, accent_times=accents, accent_strengths=np.ones(2, np.float32))


def _weights(**strengths: float) -> np.ndarray:
    weights = np.zeros((len(TIMES), len(EMOTIONS)))
    for name, strength in strengths.items():
        weights[:, EMOTIONS.index(name)] = strength
    return weights


def _shown(talk: Prosody, name: str, **options: object) -> np.ndarray:
    return course(TIMES, _weights(**{name: 1.0}), talk, **options)[:, EMOTIONS.index(name)]  # type: ignore[arg-type]


def test_a_smile_comes_in_half_a_second_goes_more_slowly_and_leaks_after_the_sentence(talk: Prosody) -> None:
    smile = _shown(talk, "happy")
    # The second phrase begins at 6 s.
    coming = smile[round(4.9 * FPS) : round(6.3 * FPS)]
    low, high = coming.min(), coming.max()
    start = int(coming.argmin())
    rise = [np.flatnonzero(coming[start:] > low + part * (high - low))[0] / FPS for part in (0.1, 0.9)]
    assert 0.2 < rise[1] - rise[0] < 0.8
    after = smile[round(4.3 * FPS) : round(6 * FPS)]
    assert after.max() > 0.65  # shown once more when the mouth is free
    assert after.min() < 0.55


def test_the_face_is_in_it_before_the_voice_begins_and_while_the_first_words_are_said(talk: Prosody) -> None:
    for name in ("happy", "sad", "surprised", "fear", "disgusted", "angry", "contempt"):
        shown = _shown(talk, name)
        for start in (6.0, 12.0):
            before, begun = (shown[round((start + second) * FPS)] for second in (-0.3, 0.0))
            top = shown[round((start - 1) * FPS) : round((start + 1.5) * FPS)].max()
            assert begun > 0.85 * top, name
            assert before > (0.45 if name == "surprised" else 0.65) * top, name
    # A take that begins with the voice has no time for it: the face is in it from the first frame on.
    assert _shown(talk, "angry")[0] > 0.7
    # What comes early does not go early.
    assert _shown(talk, "happy")[round(6.8 * FPS)] > 0.75


def test_a_short_pause_is_not_filled_with_the_next_phrase(talk: Prosody) -> None:
    phrases = np.array([[0.0, 4.0], [4.5, 8.5]])
    quick = dataclasses.replace(
        talk, phrases=phrases, accent_times=np.zeros(0), accent_strengths=np.zeros(0, np.float32)
    )
    smile = _shown(quick, "happy")
    assert smile[round(3.5 * FPS)] < 0.6
    assert smile[round(4.6 * FPS)] > 0.75


def test_a_stressed_word_lifts_it(talk: Prosody) -> None:
    for name in ("happy", "angry"):
        shown = _shown(talk, name)
        with_accent, without = (shown[round((start + 2.9) * FPS)] for start in (0, 6))
        assert with_accent > without + 0.2


@pytest.mark.parametrize("name", ["happy", "angry", "disgusted"])
def test_it_comes_back_soon_without_a_stressed_word_and_falls_far_in_between(talk: Prosody, name: str) -> None:
    quiet = np.zeros(0, np.float32)
    long = dataclasses.replace(talk, phrases=np.array([[0.0, 20.0]]), accent_times=np.zeros(0), accent_strengths=quiet)
    shown = _shown(long, name)[: round(20 * FPS)]
    assert shown.max() - shown.min() > 0.4
    low = np.diff(np.flatnonzero(np.concatenate([[True], shown > 0.65, [True]])))
    assert len(low[low > 2]) >= 3  # it fell, again and again,
    assert low.max() / FPS < 2.0  # and never stayed away for long
    assert (shown > 0.65).mean() > 0.4


def test_strongly_stressed_words_hold_it_but_not_for_good(talk: Prosody) -> None:
    times = np.arange(0.7, 20.0, 0.7)
    loud = np.ones(len(times), np.float32)
    alone = np.array([[0.0, 20.0]])
    stressed = dataclasses.replace(talk, phrases=alone, accent_times=times, accent_strengths=loud)
    calm = dataclasses.replace(stressed, accent_strengths=0.5 * loud)
    held, fallen = (_shown(given, "happy")[: round(20 * FPS)] for given in (stressed, calm))
    stands, falls = (
        np.diff(np.flatnonzero(np.concatenate([[True], shown < 0.7, [True]]))).max() / FPS for shown in (held, fallen)
    )
    assert stands > falls + 0.3
    assert stands < 5.5
    assert held.min() < 0.55


def test_surprise_is_gone_within_a_second(talk: Prosody) -> None:
    shown = _shown(talk, "surprised")
    top = int(shown[: 2 * round(FPS)].argmax())
    assert shown[top] > 0.75
    assert shown[top + round(FPS)] < 0.4
    assert (shown[: top + 1] > 0.5).sum() / FPS < 0.5


def test_dynamics_hold_and_widen_it(talk: Prosody) -> None:
    ranges = [np.ptp(_shown(talk, "happy", dynamics=level)) for level in (0.0, 1.0, 2.0)]
    assert ranges[0] == 0.0
    assert ranges[2] > ranges[1] > 0.4


def test_another_seed_is_another_course_and_none_is_always_the_same(talk: Prosody) -> None:
    first, second = (_shown(talk, "sad", rng=layer_rng(seed, "emotion")) for seed in (0, 1))
    assert np.abs(first - second).max() > 0.02
    np.testing.assert_array_equal(_shown(talk, "sad"), _shown(talk, "sad"))


def test_opposites_give_way_and_relatives_do_not() -> None:
    joy_and_anger = opposed(_weights(happy=0.5, angry=0.5))[0]
    assert joy_and_anger[EMOTIONS.index("happy")] < 0.35
    little = opposed(_weights(happy=0.9, angry=0.1))[0]
    assert little[EMOTIONS.index("angry")] < 0.03
    assert little[EMOTIONS.index("happy")] > 0.8
    np.testing.assert_array_equal(opposed(_weights(happy=0.5, surprised=0.5)), _weights(happy=0.5, surprised=0.5))


def test_the_body_follows_more_slowly_and_stays(talk: Prosody) -> None:
    column = EMOTIONS.index("angry")
    face, body = _shown(talk, "angry"), body_course(TIMES, _weights(angry=1.0), talk)[:, column]
    assert np.ptp(body) < 0.6 * np.ptp(face)
    assert np.abs(np.diff(body)).max() < 0.5 * np.abs(np.diff(face)).max()
    assert body.min() > 0.55


def test_neutral_is_left_alone(talk: Prosody) -> None:
    np.testing.assert_array_equal(course(TIMES, _weights(neutral=1.0), talk), _weights(neutral=1.0))


def test_a_person_has_a_side_that_shows_more_and_it_is_mostly_the_left() -> None:
    drawn = np.array([sides(TIMES, layer_rng(seed, "sides")) for seed in range(60)])
    assert 0.5 < (drawn.mean(1) > 0).mean() < 0.85
    assert np.abs(drawn).max() <= 0.1
    assert np.abs(drawn).mean() > 0.03
    assert np.ptp(drawn, axis=1).min() > 0.02  # and not always equally
