"""Which of TalkSHOW's numbers turns which joint; the feet's do not reach the neck and the collar."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.body.talkshow.joints import TRAINED_BODY, upper_body_rotations
from soliloquy.inference.body.upper_body import UPPER_BODY

FLAT = np.zeros((2, 15, 3))


def _moved(channel: int) -> list[str]:
    motion = np.zeros((3, 129))
    motion[1, channel] = 0.3
    return [UPPER_BODY[joint] for joint in np.flatnonzero(np.abs(upper_body_rotations(motion, FLAT)).max((0, 2)))]


def test_trained_order_is_what_the_released_selection_keeps() -> None:
    # The authors' selection of the 165 numbers jaw, eyes, pelvis, joints 1 to 21, hands; every third one of the body.
    removed = {*range(18), *range(21, 27), *range(30, 36), *range(45, 51)}
    kept = [index for index in range(12, 75) if index not in removed]
    from soliloquy.inference.skeleton import JOINT_NAMES

    assert tuple(JOINT_NAMES[(index - 12) // 3 + 1] for index in kept[::3]) == TRAINED_BODY
    assert len(kept) == 39


@pytest.mark.parametrize(
    ("channels", "joints"),
    [
        (range(3), ["spine1"]),
        (range(6, 9), ["spine3"]),
        (range(9, 15), []),  # the feet, which the authors' assembly gives to the neck and the left collar
        (range(15, 18), ["left_collar", "right_collar"]),
        (range(18, 21), []),  # the head has a mover of its own
        (range(21, 24), ["left_shoulder"]),
        (range(30, 33), ["right_elbow"]),
        (range(36, 39), ["right_wrist"]),
        (range(39, 42), ["left_index1"]),
        (range(81, 84), ["left_thumb3"]),
        (range(84, 87), ["right_index1"]),
        (range(126, 129), ["right_thumb3"]),
    ],
)
def test_channels_turn_their_joints(channels: range, joints: list[str]) -> None:
    for channel in channels:
        assert sorted(_moved(channel)) == sorted(joints)


def test_left_collar_stands_as_the_right_one_on_average_mirrored() -> None:
    motion = np.zeros((50, 129))
    motion[:, 15:18] = [0.1, 0.2, -0.3] + 0.05 * np.sin(np.arange(50))[:, None]
    rotations = upper_body_rotations(motion, FLAT)
    left = rotations[:, UPPER_BODY.index("left_collar")]
    np.testing.assert_allclose(left, np.broadcast_to([0.1, -0.2, 0.3], left.shape), atol=5e-3)
    assert np.ptp(left, axis=0).max() == 0
    np.testing.assert_array_equal(rotations[:, UPPER_BODY.index("right_collar")], motion[:, 15:18])


def test_fingers_are_offsets_from_the_mean_hand() -> None:
    hands = np.arange(90).reshape(2, 15, 3) / 100
    motion = np.zeros((2, 129))
    motion[1, 39:] = 0.1
    rotations = upper_body_rotations(motion, hands)[:, 11:]
    np.testing.assert_allclose(rotations[0], hands.reshape(30, 3))
    np.testing.assert_allclose(rotations[1], hands.reshape(30, 3) + 0.1)
