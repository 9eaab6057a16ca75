"""Bends keep their flesh, and fold no more than linear blending does."""

from __future__ import annotations

import dataclasses

import pytest

pytest.importorskip("scipy")

from soliloquy.inference.cast import compose
from soliloquy.inference.character import Character
from soliloquy.training.benchmarks.bends import BENDS, Bend, Flesh, pose_of


@pytest.fixture(scope="module")
def bare() -> Character:
    return compose(outfit="none", hair="none", brows="none")


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: bend.name)
def test_a_bend_keeps_its_flesh(bare: Character, bend: Bend) -> None:
    flesh = Flesh(bare)
    blended = flesh.left(bend, dataclasses.replace(bare, pose_correctives=(), pose_keys=()).skin(pose_of(bend)))
    corrected = flesh.left(bend, bare.skin(pose_of(bend)))
    assert corrected.volume > blended.volume
    assert 0.87 < corrected.volume < 1.05
    assert corrected.girth > 0.84
    assert corrected.turned <= blended.turned + 5
