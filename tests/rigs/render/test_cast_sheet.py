"""A sheet of the cast shows every emotion and every pose that it promises."""

from __future__ import annotations

import numpy as np

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.settings import EMOTIONS
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.rigs.render.cast_sheet import shown


def test_a_sheet_shows_each_emotion_shut_eyes_an_open_mouth_and_a_seated_body() -> None:
    performance = shown()
    poses, arkit = performance.poses.reshape(performance.frames, -1, 3), performance.arkit
    assert len(np.unique(arkit.round(3), axis=0)) == 4 + len(EMOTIONS) - 1
    assert (arkit[:, ARKIT_INDEX["eyeBlinkLeft"]] == 1).sum() == 1
    opened = arkit[:, ARKIT_INDEX["jawOpen"]] > 0.5
    assert (poses[opened, JOINT_INDEX["jaw"], 0] > 0.1).all()
    assert (poses[:, JOINT_INDEX["left_knee"], 0] > 1.4).sum() == 1
    assert (poses[:, JOINT_INDEX["left_shoulder"], 2] > 0.9).sum() == 1
