"""Forward kinematics agree with the skinning that the mesh follows."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.character import load_character
from soliloquy.inference.lbs import joint_transforms
from soliloquy.inference.plausibility.kinematics import joint_frames, joint_positions


def test_joints_are_where_skinning_puts_them() -> None:
    rng = np.random.default_rng(0)
    joints = load_character().joints.astype(np.float64)
    poses, trans = rng.normal(0, 0.6, (5, 165)), rng.normal(0, 0.3, (5, 3))
    rotations, positions = joint_frames(poses, trans, joints)
    for frame in range(5):
        moves = joint_transforms(poses[frame].reshape(55, 3), joints, trans[frame])
        expected = np.einsum("jab,jb->ja", moves[:, :, :3], joints) + moves[:, :, 3]
        assert np.allclose(positions[frame], expected, atol=1e-9)
        assert np.allclose(rotations[frame], moves[:, :, :3], atol=1e-9)
    assert np.array_equal(joint_positions(poses, trans, joints), positions)


def test_asking_for_one_joint_brings_all_it_hangs_on_and_nothing_else() -> None:
    rng = np.random.default_rng(1)
    joints = load_character().joints
    poses, trans = rng.normal(0, 0.6, (3, 55, 3)), np.zeros((3, 3))
    whole, part = joint_frames(poses, trans, joints), joint_frames(poses, trans, joints, [20])
    for joint in (0, 3, 6, 9, 13, 16, 18, 20):
        assert np.allclose(whole[1][:, joint], part[1][:, joint], atol=1e-12)
        assert np.allclose(whole[0][:, joint], part[0][:, joint], atol=1e-12)
    assert not part[1][:, 21].any()
