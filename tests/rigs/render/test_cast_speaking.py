"""The moment that shows somebody speaking: eyes open, mouth speaking, hands up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
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
    poses[:, JOINT_INDEX["left_shoulder"], 2] = [-1.2, 0.5, 0.4, 0.3, -0.2, -1.2]
    poses[:, JOINT_INDEX["left_elbow"], 1] = -2.2  # the forearm before the chest
    arkit[:, ARKIT_INDEX["jawOpen"]] = [0.2, 0.0, 0.2, 0.2, 0.2, 0.2]  # in the second the mouth is shut
    arkit[2, ARKIT_INDEX["eyeBlinkRight"]] = 0.9
    assert telling_frame(made(poses, arkit)) == 3
    poses[3, JOINT_INDEX["left_elbow"], 1] = 0.0  # higher than any, and so far aside that it is cut off
    poses[3, JOINT_INDEX["left_shoulder"], 2] = 0.6
    assert telling_frame(made(poses, arkit)) == 4


def made(poses: npt.NDArray[np.float32], arkit: npt.NDArray[np.float32]) -> Performance:
    """A performance of some frames."""
    count = len(poses)
    return Performance(
        30.0, poses.reshape(count, -1), np.zeros((count, 3), np.float32), arkit, np.zeros(count, np.float32)
    )


def test_everybody_plays_a_part_and_moods_differ() -> None:
    assert sorted(part.person for part in PARTS) == sorted(looks())
    moods = [part.emotion for part in PARTS]
    assert set(moods) <= set(EMOTIONS)
    assert len(set(moods)) >= 4
