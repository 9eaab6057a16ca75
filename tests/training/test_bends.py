"""Bends keep their flesh, and fold no more than linear blending does."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.archive import read_arrays
from soliloquy.inference.cast import compose
from soliloquy.inference.character import Character
from soliloquy.inference.character_pack import MOST_BYTES, PACK
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.benchmarks.bends import BENDS, UNCORRECTED, Bend, Flesh, pose_of
from soliloquy.training.character.flesh import Flesh as Skinning


@pytest.fixture(scope="module")
def bare() -> Character:
    return compose(outfit="none", hair="none", brows="none")


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: bend.name)
def test_a_bend_keeps_its_flesh(bare: Character, bend: Bend) -> None:
    flesh = Flesh(bare)
    blended = flesh.left(bend, dataclasses.replace(bare, pose_correctives=(), pose_keys=()).skin(pose_of(bend)))
    corrected = flesh.left(bend, bare.skin(pose_of(bend)))
    assert corrected.volume > blended.volume
    assert 0.90 < corrected.volume < 1.05
    assert corrected.girth > 0.87
    assert corrected.turned <= blended.turned + 5


def test_what_has_no_correctives_would_bend_no_better_to_the_eye() -> None:
    bent = sorted({JOINT_INDEX[name] for bend in UNCORRECTED for name in bend.turns})
    better = Skinning(read_arrays(PACK, most_bytes=MOST_BYTES), bent)
    for bend in UNCORRECTED:
        assert np.linalg.norm(better.missing(pose_of(bend))[1], axis=1).max() < 0.0035, bend.name
