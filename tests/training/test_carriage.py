"""How arms are carried is measured as one would say it of a person in a pose."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.body.upper_body import UPPER_BODY_INDEX
from soliloquy.inference.character import load_character
from soliloquy.inference.layers.arms import rest_turns
from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.metrics.carriage import carriage


def posed(**turns: tuple[float, float, float]) -> np.ndarray:
    poses = np.zeros((1, 55, 3))
    for joint, turn in turns.items():
        poses[0, JOINT_INDEX[joint]] = np.radians(turn)
    return poses.reshape(1, 165)


def test_arms_held_out_or_hanging_are_told_apart_on_both_sides() -> None:
    joints = load_character().joints
    out = carriage(posed(), joints)
    assert out.off_trunk[0] == pytest.approx([90, 90], abs=2)
    assert out.bend[0] == pytest.approx([0, 0], abs=3)
    hanging = carriage(posed(left_shoulder=(0, 0, -80), right_shoulder=(0, 0, 80)), joints)
    assert hanging.off_trunk[0] == pytest.approx([10, 10], abs=1)
    assert (hanging.height[0] < 0.1).all()
    assert hanging.outside[0] == pytest.approx(hanging.outside[0, ::-1], abs=0.01)


def test_hands_are_measured_with_left_and_right_alike() -> None:
    bent = {f"{side}_{finger}{joint}": (0, 0, sign * 30) for side, sign in (("left", -1), ("right", 1))
            for finger in ("index", "middle", "ring", "pinky") for joint in (1, 2, 3)}  # fmt: skip
    limp = {"left_wrist": (0, 0, -40), "right_wrist": (0, 0, 40)}
    found = carriage(posed(**bent, **limp, left_elbow=(0, -70, 0), right_elbow=(0, 70, 0)), load_character().joints)
    assert found.curl[0] == pytest.approx([30, 30])
    assert found.sag[0] == pytest.approx([40, 40])
    assert found.bend[0] == pytest.approx([70, 70], abs=3)


@pytest.mark.parametrize("rest", ["ready", "together", "sides"])
def test_elbows_at_rest_are_near_the_ribs_and_hands_neither_limp_nor_flat(rest: str) -> None:
    poses = np.zeros((1, 55, 3))
    poses[:, list(UPPER_BODY_INDEX[3:])] = rest_turns(rest)
    found = carriage(poses.reshape(1, 165), load_character().joints)
    # A hand that is about to gesture has its elbow where recorded performers have theirs: 15 to 26 degrees off.
    assert (found.off_trunk[0] < (22 if rest == "ready" else 17)).all()
    assert (found.sag[0] < 6).all()
    assert (found.curl[0] > 10).all()
