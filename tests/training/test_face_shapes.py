"""No shape of the shipped character folds its face, and lids stay outside the eyeballs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.cast import compose
from soliloquy.inference.character import SparseDelta, load_character
from soliloquy.inference.person import load_people
from soliloquy.training.benchmarks.face_shapes import ShapeAudit, cases

_PEOPLE = ("woman", "man", "black_woman", "east_asian_man", "older_woman", "child", "stylised")


def test_no_shape_folds_the_face() -> None:
    audit = ShapeAudit(load_character())
    found = {name: audit.look(coefficients) for name, coefficients in cases().items()}
    assert len(audit.triangles) > 5000
    assert not {name: item for name, item in found.items() if not item.sound}


@pytest.mark.parametrize("person", _PEOPLE)
def test_no_shape_folds_the_face_of_anybody_in_the_cast(person: str) -> None:
    audit = ShapeAudit(compose(person, hair="none", brows="none", outfit="none"))
    found = {name: audit.look(coefficients) for name, coefficients in cases().items()}
    assert not {name: item for name, item in found.items() if not item.sound}


def test_everybody_of_the_cast_is_audited_above() -> None:
    assert set(load_people()) == set(_PEOPLE)


def test_the_audit_sees_a_lid_that_is_pushed_into_the_ball_and_turned_over() -> None:
    character = load_character()
    keys = list(character.arkit)
    blink = keys[ARKIT_INDEX["eyeBlinkLeft"]]
    keys[ARKIT_INDEX["eyeBlinkLeft"]] = SparseDelta(blink.indices, 1.7 * blink.offsets)
    found = ShapeAudit(dataclasses.replace(character, arkit=tuple(keys))).look({"eyeBlinkLeft": 1.0})
    assert not found.sound
    assert found.flipped > 4


def test_a_mouth_shuts_only_what_the_jaw_opens() -> None:
    character = load_character()
    pose, arkit = np.zeros((55, 3)), np.zeros(52)
    arkit[ARKIT_INDEX["mouthClose"]] = 1.0
    moved = np.linalg.norm(character.skin(pose, arkit) - character.vertices, axis=1)
    assert moved.max() < 0.005, "the lips do not reach the nose"


def test_the_gaze_adds_nothing_to_lids_that_are_shut() -> None:
    character = load_character()
    pose, arkit = np.zeros((55, 3)), np.zeros(52)
    arkit[ARKIT_INDEX["eyeBlinkLeft"]] = 1.0
    shut = character.skin(pose, arkit)
    arkit[ARKIT_INDEX["eyeLookDownLeft"]] = 1.0
    np.testing.assert_allclose(character.skin(pose, arkit), shut, rtol=0, atol=5e-4)
