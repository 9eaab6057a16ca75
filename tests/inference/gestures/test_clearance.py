"""Arms keep off the body: over the thighs of somebody who sits, however far the trunk sinks."""

from __future__ import annotations

import numpy as np
from made_up_gestures import ground

from soliloquy.inference.character import load_character
from soliloquy.inference.gestures.clearance import over_thighs
from soliloquy.inference.plausibility.kinematics import joint_positions
from soliloquy.inference.skeleton import JOINT_INDEX


def _over_hips(poses: np.ndarray) -> np.ndarray:
    """Return (T, 2) metres of the wrists over the hips."""
    places = joint_positions(poses, np.zeros((len(poses), 3)), load_character().joints)[..., 1]
    wrists, hips = ([JOINT_INDEX[f"{side}_{name}"] for side in ("left", "right")] for name in ("wrist", "hip"))
    return places[:, wrists] - places[:, hips]


def test_a_gesturing_hand_of_somebody_who_sits_and_slumps_stays_over_the_thighs() -> None:
    _, track = ground(1.0, posture="seated")
    poses = np.array(track.poses, np.float64)
    poses[:, 3 * JOINT_INDEX["spine2"]] += 0.25
    raised = np.stack([np.linspace(0, 1, len(poses)), np.zeros(len(poses))], 1)
    moved = poses.copy()
    over_thighs(moved, raised)
    low, now = _over_hips(poses), _over_hips(moved)
    assert low[-1, 0] < 0.12
    assert now[-1, 0] > 0.14
    np.testing.assert_allclose(now[:, 1], low[:, 1], atol=1e-9)
    assert np.abs(np.diff(now[:, 0], 2)).max() < 0.002
