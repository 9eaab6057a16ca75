"""A sheet of the cast shows every emotion and every pose that it promises."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.settings import EMOTIONS
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.rigs.render.cast_sheet import at_ease, shown


def test_a_sheet_shows_each_emotion_shut_eyes_an_open_mouth_and_a_seated_body() -> None:
    performance = shown()
    poses, arkit = performance.poses.reshape(performance.frames, -1, 3), performance.arkit
    assert len(np.unique(arkit.round(3), axis=0)) == 4 + len(EMOTIONS) - 1
    assert (arkit[:, ARKIT_INDEX["eyeBlinkLeft"]] == 1).sum() == 1
    opened = arkit[:, ARKIT_INDEX["jawOpen"]] > 0.5
    assert (poses[opened, JOINT_INDEX["jaw"], 0] > 0.1).all()
    assert (poses[:, JOINT_INDEX["left_knee"], 0] > 1.4).sum() == 1
    assert (poses[:, JOINT_INDEX["left_shoulder"], 2] > 0.9).sum() == 1


def test_who_stands_at_ease_bends_arms_and_fingers_and_looks_at_the_camera() -> None:
    for rest in ("sides", "crossed"):
        poses = at_ease(rest, 3).poses.reshape(-1, 3)
        assert np.linalg.norm(poses[JOINT_INDEX["left_index1"]]) > 0.05
        assert np.linalg.norm(poses[JOINT_INDEX["left_elbow"]]) > 0.1
        assert poses[JOINT_INDEX["left_eye_smplhf"], 1] < -0.1
