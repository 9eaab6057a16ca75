"""Shoulders lead, hands and fingers come after, and a hand hangs back behind the forearm that swings it."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.gestures.overlap import drag, late
from soliloquy.inference.gestures.phrases import HandUse

USE = HandUse(1.0, 1.0, 1.6, 3.0, 3.8)
TIMES = np.arange(0.0, 5.0, 1 / 60)
NAMES = ("right_shoulder", "right_elbow", "right_wrist", "right_index1", "right_index3")


def _half_way(rising: bool) -> list[float]:
    """Return the second at which each joint is half way up, or half way back."""
    weights = late(USE, TIMES, np.array([UPPER_BODY.index(name) for name in NAMES]))
    inside = TIMES < 2.3 if rising else TIMES > 2.3
    return [float(TIMES[inside][np.abs(weights[inside, row] - 0.5).argmin()]) for row in range(len(NAMES))]


def test_joints_of_an_arm_set_off_and_turn_back_one_after_the_other() -> None:
    for rising in (True, False):
        found = _half_way(rising)
        assert found == sorted(found)
        assert 0.06 < found[-1] - found[0] < 0.2, "fingertips against the shoulder"


def test_a_hand_hangs_back_while_it_is_swung_and_hangs_no_more_when_it_is_held() -> None:
    # Palms that face each other bend with the elbow sideways, palms up to the palm's side.
    way = np.tile([0.0, -1.2, 0.0], (len(TIMES), 1))
    for turned, axis in ((0.0, 1), (np.pi / 2, 2)):
        bent = drag(USE, TIMES, np.tile([turned, -1.4, 0.0], (len(TIMES), 1)), way)
        up, held, back = (
            bent[(first < TIMES) & (last > TIMES)] for first, last in ((1.0, 1.6), (1.7, 2.9), (3.0, 3.8))
        )
        assert np.abs(held).max() < 1e-9
        assert np.degrees(np.abs(up[:, axis]).max()) > 1.5
        assert np.sign(up[np.abs(up[:, axis]).argmax(), axis]) == -np.sign(back[np.abs(back[:, axis]).argmax(), axis])
        assert np.degrees(np.abs(bent).max()) < 16.0
    ahead = drag(USE, TIMES, np.tile([0.0, -1.4, 0.0], (len(TIMES), 1)), way)
    assert ahead[np.abs(ahead[:, 1]).argmax(), 1] > 0, "the elbow bends to the negative side, the hand stays behind"


def test_what_vanishes_under_the_next_phrase_swings_nothing() -> None:
    covered = HandUse(1.0, 1.0, 1.6, 3.0, 3.001)
    way = np.tile([0.0, -1.2, 0.0], (len(TIMES), 1))
    bent = drag(covered, TIMES, np.tile([0.0, -1.4, 0.0], (len(TIMES), 1)), way)
    assert np.abs(bent[TIMES > 1.7]).max() < 1e-9
