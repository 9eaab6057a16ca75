"""Eyes shut as eyes do: the crease of the upper lid unfolds, and no ball shows between the lids."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("PIL")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.cast import compose
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.character.skin_maps.charts import rasterise

_PEOPLE = ("default", "woman", "man", "black_woman", "east_asian_man", "older_woman", "child", "stylised")
_SIZE = 256
_WIDE = 0.036
"""Metres across the picture."""
_BALL = ("eye", "iris", "pupil")


def _seen(person: str, side: str) -> np.ndarray:
    """Return the (size, size, 4) picture of a shut eye from the front, rows going up: whether the ball is seen, and
    the place from the middle of the eye, metres."""
    character = compose(person, hair="none", brows="none", outfit="none")
    centre = character.joints[JOINT_INDEX[f"{side.lower()}_eye_smplhf"]]
    arkit = np.zeros(52)
    arkit[ARKIT_INDEX[f"eyeBlink{side}"]] = 1.0
    moved = character.skin(np.zeros((55, 3)), arkit) - centre
    starts = np.cumsum(character.sizes) - character.sizes
    four = np.nonzero(character.sizes == 4)[0]
    names = np.array(character.material_names)[character.materials[four]]
    shown = np.isin(names, ("face skin", *_BALL))
    quads = character.loops[starts[four[shown]][:, None] + np.arange(4)]
    ball = np.repeat(np.isin(names[shown], _BALL), 2)
    corners = moved[quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)]
    near = np.abs(corners[..., :2]).max((1, 2)) < 0.03
    front = np.argsort(corners[near].mean(1)[:, 2])  # what is nearer is painted over what is further away
    corners, ball = corners[near][front], ball[near][front]
    values = np.dstack([np.repeat(ball[:, None], 3, 1), corners])
    picture, _ = rasterise(corners[..., :2] / _WIDE + 0.5, values, _SIZE)
    return picture


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize("person", _PEOPLE)
def test_no_ball_shows_between_shut_lids(person: str, side: str) -> None:
    """Of texels .14 mm wide, slivers at the inner corner were 130 (woman), 600 (child) and 2300 (stylised)."""
    picture = _seen(person, side)
    assert (picture[..., 0] > 0.5).sum() <= 100


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize("person", _PEOPLE)
def test_a_shut_upper_lid_has_no_ridge_over_a_hollow(person: str, side: str) -> None:
    """Down from the brow the lid comes nearer to the middle of the eye all the way, as skin over a ball does."""
    middle = _seen(person, side)[:, _SIZE // 2 - 12 : _SIZE // 2 + 13, 1:]
    worst = []
    for column in middle.transpose(1, 0, 2):
        far = np.linalg.norm(column[np.abs(column[:, 1]) < 0.0060], axis=1)  # the lid, from its edge up
        worst.append((np.maximum.accumulate(far) - far).max())
    assert np.median(worst) < 0.0005
