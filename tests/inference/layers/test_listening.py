"""Listening: answers where what is heard comes to its end, of many kinds, and nothing where one speaks oneself."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.layers.listening import Heard, Listening, listen
from soliloquy.inference.prosody import analyse

FPS = 30.0
TIMES = np.arange(5400) / FPS
QUIET = analyse(np.zeros(16000, np.float32))


def curves(made: Listening) -> np.ndarray:
    return np.concatenate([np.degrees(made.head), 20 * made.face], 1)


def test_three_minutes_have_answers_of_every_kind_and_no_stretch_comes_again() -> None:
    made = listen(TIMES, QUIET, 1.0, 0)
    for name in ("browOuterUpLeft", "mouthSmileLeft", "browDownLeft", "mouthPressLeft"):
        curve = made.face[:, ARKIT_INDEX[name]]
        times = np.count_nonzero((curve[1:] > 0.1) & (curve[:-1] <= 0.1))
        assert 2 <= times <= 20, name
    pitch = np.degrees(made.head[:, 0])
    dips = np.count_nonzero((np.diff(pitch[:-1]) > 0) & (np.diff(pitch[1:]) <= 0) & (pitch[1:-1] > 2.5))
    assert 15 <= dips <= 120
    assert np.degrees(np.abs(made.head)).max() < 16
    assert np.ptp(made.lean) > 3
    windows = curves(made).reshape(18, 300, -1).reshape(18, -1)
    alike = np.corrcoef(windows - windows.mean(0))[np.triu_indices(18, 1)]
    assert alike.max() < 0.8
    left, right = (made.face[:, ARKIT_INDEX[f"mouthSmile{side}"]] for side in ("Left", "Right"))
    assert np.abs(left - right).max() > 0.02


def test_answers_come_where_phrases_end_and_wait_in_long_silences() -> None:
    ends = np.arange(8.0, 170.0, 9.0)
    made = listen(TIMES, QUIET, 1.0, 1, Heard(np.stack([ends - 4.0, ends], 1), np.zeros(0)))
    plain = listen(TIMES, QUIET, 1.0, 1, Heard(np.array([[500.0, 501.0]]), np.zeros(0)))
    answers = np.abs(curves(made) - curves(plain)).max(1)
    answered = [answers[(end - 0.2 < TIMES) & (end + 1.4 > TIMES)].max() > 1.5 for end in ends]
    assert np.mean(answered) > 0.7
    # Between an answer's end and the middle of the next phrase nothing is answered.
    waiting = np.concatenate([np.flatnonzero((end + 4.3 < TIMES) & (end + 5.0 > TIMES)) for end in ends[:-1]])
    assert np.median(answers[waiting]) < 0.2


def test_who_speaks_does_not_listen_and_who_is_low_does_not_smile() -> None:
    voice = np.random.default_rng(0).standard_normal(16000 * 20).astype(np.float32) * 0.1
    times = TIMES[60:540]
    made = listen(times, analyse(voice), 1.0, 0)
    assert np.abs(made.head).max() < 1e-3
    assert made.face.max() == 0
    low = listen(TIMES, QUIET, 1.0, 0, cheer=0.0)
    assert low.face[:, ARKIT_INDEX["mouthSmileLeft"]].max() == 0
    assert low.face[:, ARKIT_INDEX["browOuterUpLeft"]].max() > 0.1


def test_the_eyes_stay_with_who_speaks() -> None:
    made = listen(TIMES, QUIET, 1.0, 0)
    share = np.full(len(TIMES), 0.75)
    assert made.contact(share).mean() > 0.85
    assert made.contact(0 * share).max() == 0
    none = listen(TIMES, QUIET, 0.0, 0)
    np.testing.assert_array_equal(none.contact(share), share)
    assert np.abs(curves(none)).max() == 0
