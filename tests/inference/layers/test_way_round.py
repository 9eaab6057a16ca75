"""Arms go round the body on their way between rests, and to gestures and back."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.body.track import BodyTrack, RestSpan
from soliloquy.inference.character import load_character
from soliloquy.inference.layers import posture
from soliloquy.inference.layers.way_round import GESTURE, swing_away, swing_between
from soliloquy.inference.plausibility.capsules import capsules_of, penetration
from soliloquy.inference.prosody import analyse

FPS = 30.0
PLACES = ("together", "wrist", "hip", "sides", "behind")
"""Rests between which hands change; ``gestures/rests.py`` sends those from before the body behind it by the sides."""
CHANGES = [pair for pair in itertools.permutations(PLACES, 2) if "behind" not in pair or {*pair} == {"behind", "sides"}]


def changing(first: str, second: str, *, mirrored: bool = False) -> BodyTrack:
    times = np.arange(round(4 * FPS)) / FPS
    spans = (RestSpan(0.0, 1.0, first, mirrored), RestSpan(1.0, 1.5, second, mirrored))
    return posture.posture_layer(
        times, analyse(np.zeros(64000, np.float32)), load_character().joints, 0, weight_shift=0.0, rests=spans
    )


def depth(track: BodyTrack) -> np.ndarray:
    return penetration(track.poses, track.trans, capsules_of(load_character()))


@pytest.mark.parametrize(("first", "second"), CHANGES)
def test_hands_change_place_without_going_through_the_body(first: str, second: str) -> None:
    for mirrored in (False, True):
        assert depth(changing(first, second, mirrored=mirrored)).max() < 0.028  # straight, up to 8 cm


def test_hands_behind_the_back_lie_beside_each_other() -> None:
    assert depth(changing("behind", "behind")).max() < 0.006


def test_an_arm_swings_no_further_than_it_must() -> None:
    assert swing_between("left", "sides", "sides", False, False, False) == (0.0, 0.0)
    assert swing_between("left", "lap", GESTURE, False, False, True) == (0.0, 0.0)
    from_sides, from_behind = (swing_between("left", name, GESTURE, False, False, True) for name in ("sides", "behind"))
    assert np.linalg.norm(from_sides) < 0.2 < np.linalg.norm(from_behind)


def test_nothing_swings_where_the_arm_is_at_either_end() -> None:
    share, times = np.array([0.0, 0.5, 1.0]), np.array([2.0, 2.5, 3.0])
    left, right = (
        swing_away(side, GESTURE, (RestSpan(0.0, 1.0, "behind"),), times, share) for side in ("left", "right")
    )
    assert not left[[0, 2]].any()
    assert left[1, 2] > 0.2  # aside, about Z
    assert right[1, 2] < -0.2
