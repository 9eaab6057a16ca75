"""Glasses of the cast on every head: before the eyes, clear of the skin, still while the face moves."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.cast import compose, part_names
from soliloquy.inference.character_model import Character
from soliloquy.inference.skeleton import JOINT_INDEX

PEOPLE = ("default", "woman", "man", "black_woman", "east_asian_man", "older_woman", "child", "stylised")


def made_of(character: Character, *materials: str) -> np.ndarray:
    """Return the vertices of materials."""
    numbers = [character.material_names.index(name) for name in materials if name in character.material_names]
    return np.unique(character.loops[np.repeat(np.isin(character.materials, numbers), character.sizes)])


@pytest.mark.parametrize("glasses", ["round", "square"])
@pytest.mark.parametrize("person", PEOPLE)
def test_glasses_sit_before_the_eyes_and_not_in_the_face(person: str, glasses: str) -> None:
    character = compose(person, glasses=glasses)
    points = character.vertices.astype(np.float64)
    lenses, frame = points[made_of(character, "lens")], points[made_of(character, "acetate", "metal")]
    skin = points[made_of(character, "skin", "face skin")]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        eye = character.joints[JOINT_INDEX[f"{side}_eye_smplhf"]]
        ball = points[(character.weight_joints[:, 0] == JOINT_INDEX[f"{side}_eye_smplhf"])]
        lens = lenses[np.sign(lenses[:, 0]) == sign]
        low, high = lens.min(0), lens.max(0)
        assert low[0] + 0.006 < eye[0] < high[0] - 0.006, "one looks through the lens"
        assert low[1] + 0.006 < eye[1] < high[1] - 0.006
        middle = lens[np.linalg.norm(lens[:, :2] - eye[:2], axis=1) < 0.01]
        assert 0.004 < middle[:, 2].mean() - ball[:, 2].max() < 0.022
        temple = frame[np.sign(frame[:, 0]) == sign]
        assert temple[:, 2].min() < character.joints[JOINT_INDEX["head"], 2] - 0.01, "the arm goes behind the ear"
    # Nothing of the face stands out before the rims but the nose between them, by the depth of their pads.
    rims = frame[frame[:, 2] > frame[:, 2].max() - 0.02]
    for point in rims[::7]:
        before = skin[(np.linalg.norm(skin[:, :2] - point[:2], axis=1) < 0.0015)]
        assert not len(before) or before[:, 2].max() < point[2] + 0.0025


def test_a_face_moves_behind_its_glasses() -> None:
    character = compose("default", glasses="square")
    frame = made_of(character, "acetate", "lens")
    for name, key in zip(ARKIT_NAMES, character.arkit, strict=True):
        moved = np.isin(key.indices, frame)
        if moved.any():
            assert np.linalg.norm(key.offsets[moved], axis=1).max() < 0.0025, name


def test_the_menu_offers_them() -> None:
    assert {"round", "square"} <= set(part_names("glasses"))
