"""Emotions from the body alone: what the classifier sees, and that it tells postures apart."""

from __future__ import annotations

import numpy as np
import pytest

from soliloquy.inference.skeleton import JOINT_INDEX
from soliloquy.training.metrics.body_emotions import body_features, confusion, train_discriminant

FPS = 30.0


def _moving(seed: int, joint: str, degrees: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    poses = np.cumsum(rng.normal(0, 0.004, (300, 165)), 0)
    poses -= poses.mean(0)
    poses[:, 3 * JOINT_INDEX[joint]] += np.radians(degrees)
    return poses


def _told(joint: str, **seen: bool) -> float:
    """Share of windows of new takes in which a bend of the joint by 20 degrees is told from none."""
    views = [
        [body_features(_moving(2 * seed + label, joint, 20 * label), np.zeros((300, 3)), FPS, **seen) for seed in seeds]
        for seeds in (range(8), range(50, 56))
        for label in (0, 1)
    ]
    sets = [np.concatenate(view) for view in views]
    labels = [np.concatenate([np.zeros(len(one), int), np.ones(len(other), int)]) for one, other in
              ((sets[0], sets[1]), (sets[2], sets[3]))]  # fmt: skip
    model = train_discriminant(np.concatenate(sets[:2]), labels[0])
    table = confusion(model, np.concatenate(sets[2:]), labels[1], 2)
    return table.trace() / table.sum()


def test_a_bent_back_is_told_from_a_straight_one_by_posture_only() -> None:
    assert _told("spine2") > 0.9
    assert _told("spine2", posture=False) < 0.8


@pytest.mark.parametrize("joint", ["jaw", "left_eye_smplhf"])
def test_the_face_is_not_seen(joint: str) -> None:
    poses = _moving(0, "spine1", 0)
    other = poses.copy()
    other[:, 3 * JOINT_INDEX[joint] : 3 * JOINT_INDEX[joint] + 3] += 1.0
    trans = np.zeros((300, 3))
    np.testing.assert_array_equal(body_features(poses, trans, FPS), body_features(other, trans, FPS))


def test_the_head_is_seen_only_when_asked() -> None:
    poses = _moving(0, "spine1", 0)
    other = poses.copy()
    other[:, 3 * JOINT_INDEX["head"]] += 0.5
    trans = np.zeros((300, 3))
    assert np.abs(body_features(poses, trans, FPS) - body_features(other, trans, FPS)).max() > 0.4
    np.testing.assert_array_equal(
        body_features(poses, trans, FPS, head=False), body_features(other, trans, FPS, head=False)
    )
