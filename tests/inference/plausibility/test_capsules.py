"""The capsules are the body that the mesh shows."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.character import load_character
from soliloquy.inference.plausibility.capsules import arm_spheres, capsules_of, penetration
from soliloquy.inference.plausibility.distance import depths
from soliloquy.inference.plausibility.flesh import outer_skin
from soliloquy.inference.skeleton import JOINT_INDEX

from .motions import HAND_IN_BELLY, at_rest, with_arm


@pytest.mark.parametrize(
    ("bones", "near"),
    [(("pelvis", "spine1", "spine2"), 0.012), (("head", "jaw"), 0.015), (("left_hip",), 0.015), (("neck",), 0.012)],
)
def test_skin_is_close_to_the_capsules(bones: tuple[str, ...], near: float) -> None:
    character = load_character()
    capsules = capsules_of(character)
    strongest = character.weight_joints[np.arange(len(character.vertices)), character.weights.argmax(1)]
    outer = outer_skin(character, character.vertices.astype(np.float64))
    skin = character.vertices[outer][np.isin(strongest[outer], [JOINT_INDEX[name] for name in bones])]
    rows = capsules.rows("torso", "neck", "head", "left_thigh", "right_thigh")
    depth, _ = depths(
        skin[None].astype(np.float64), np.zeros(len(skin)), capsules.ends[rows][None], capsules.radii[rows]
    )
    outside = -depth[0].max(1)
    assert np.percentile(outside, 95) < near
    assert np.median(outside) > -0.012


def test_capsules_are_the_same_on_both_sides() -> None:
    capsules = capsules_of(load_character())
    for part in ("thigh", "upper_arm", "forearm", "palm", "finger"):
        left, right = capsules.rows(f"left_{part}"), capsules.rows(f"right_{part}")
        assert np.abs(capsules.ends[left] - capsules.ends[right] * [-1, 1, 1]).max() < 0.003
        assert np.abs(capsules.radii[left] - capsules.radii[right]).max() < 0.002
    assert len(arm_spheres(capsules, "left").radii) == len(arm_spheres(capsules, "right").radii) > 15


def test_depth_of_a_ball_in_a_capsule() -> None:
    line = np.array([[[[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]])
    balls = np.array([[[0.15, 0.5, 0.0], [0.0, 1.3, 0.0], [0.05, 0.0, 0.0]]])
    depth, share = depths(balls, np.array([0.1, 0.1, 0.0]), line, np.array([[0.1, 0.2]]))
    assert np.allclose(depth[0, :, 0], [0.15 + 0.1 - 0.15, 0.0, 0.05], atol=1e-6)
    assert np.allclose(share[0, :, 0], [0.5, 1.0, 0.0], atol=1e-6)


def test_frames_do_not_depend_on_each_other() -> None:
    track = with_arm(at_rest(), "left", HAND_IN_BELLY, slice(70, 120))
    capsules = capsules_of(load_character())
    long = penetration(np.tile(track.poses, (3, 1)), np.tile(track.trans, (3, 1)), capsules)
    whole = penetration(track.poses, track.trans, capsules)
    assert whole.max() > 0.05
    assert np.allclose(long, np.tile(whole, 3), atol=1e-6)
    assert penetration(np.zeros((1, 165)), np.zeros((1, 3)), capsules)[0] == 0
