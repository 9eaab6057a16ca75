"""Heads shake on a no and nod on a yes, brows rise in a question, eyes look for words."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.layers.gaze import GazePlan
from soliloquy.inference.words.face import browed, looking_aside, turned
from soliloquy.inference.words.meaning import Meaning

TIMES = np.arange(120) / 30


def _meaning(name: str) -> Meaning:
    return Meaning(name, 2.0, 1.9, 2.3, name, 0.8, "")


def _swings(angle: np.ndarray) -> int:
    beyond = np.sign(angle[np.abs(angle) > np.radians(1.5)])
    return int(np.count_nonzero(np.diff(beyond)))


def test_a_negation_shakes_the_head_and_hushes_its_nods() -> None:
    nods = np.zeros((120, 3))
    nods[:, 0] = np.radians(6) * np.sin(2 * np.pi * 2.5 * TIMES)
    head = turned(TIMES, nods, [_meaning("negate")], 1.0)
    word = (TIMES > 1.8) & (TIMES < 2.7)
    assert _swings(head[word, 1]) >= 2
    assert np.ptp(head[word, 0]) < 0.4 * np.ptp(head[word, 1])
    np.testing.assert_array_equal(head[:20], nods[:20])


def test_an_assent_nods() -> None:
    head = turned(TIMES, np.zeros((120, 3)), [_meaning("assent")], 1.0)
    assert _swings(head[:, 0]) >= 2
    assert np.ptp(head[:, 1]) == 0


def test_a_head_that_is_switched_off_stays_still() -> None:
    still = np.zeros((120, 3))
    np.testing.assert_array_equal(turned(TIMES, still, [_meaning("negate")], 0.0), still)


def test_a_question_raises_the_brows() -> None:
    brows = browed(TIMES, np.zeros((120, 52), np.float32), [_meaning("question")], 1.0)[:, ARKIT_INDEX["browInnerUp"]]
    assert brows[60] > 0.4
    assert brows[0] == brows[-1] == 0


def test_a_filler_looks_aside_and_back() -> None:
    free = GazePlan(np.array([0.0, 2.1, 3.5]), np.array([[0.0, 0], [9, 9], [1, 0]]), np.array([False, True, False]))
    plan = looking_aside(free, [_meaning("think")])
    assert plan.away.sum() == 1
    assert abs(plan.at(np.array([2.2]))[0, 1]) > 10
    np.testing.assert_array_equal(plan.at(np.array([3.2]))[0], [0, 0])
    assert (np.diff(plan.starts) > 0).all()
