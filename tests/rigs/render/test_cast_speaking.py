"""The moment that shows somebody speaking: eyes open, mouth speaking, hands up."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("bpy")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.looks import looks
from soliloquy.inference.performance import Performance
from soliloquy.inference.settings import EMOTIONS
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.rigs.render.cast_speaking import PARTS, telling_frame


def test_the_telling_frame_has_the_hands_up_open_eyes_and_a_speaking_mouth() -> None:
    poses, arkit = np.zeros((6, 55, 3), np.float32), np.zeros((6, 52), np.float32)
    poses[:, JOINT_INDEX["left_shoulder"], 2] = [-1.2, 0.9, 0.8, 0.7, 0.2, -1.2]
    arkit[:, ARKIT_INDEX["jawOpen"]] = [0.2, 0.0, 0.2, 0.2, 0.2, 0.2]  # in the second the mouth is shut
    arkit[2, ARKIT_INDEX["eyeBlinkRight"]] = 0.9
    made = Performance(30.0, poses.reshape(6, -1), np.zeros((6, 3), np.float32), arkit, np.zeros(6, np.float32))
    assert telling_frame(made) == 3


def test_everybody_plays_a_part_and_moods_differ() -> None:
    assert sorted(part.person for part in PARTS) == sorted(looks())
    moods = [part.emotion for part in PARTS]
    assert set(moods) <= set(EMOTIONS)
    assert len(set(moods)) >= 4
