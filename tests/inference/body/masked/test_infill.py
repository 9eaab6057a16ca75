"""A part of a performance drawn anew: the rest stays bit for bit, and nothing snaps where they meet."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("scipy")
pytest.importorskip("safetensors")
pytest.importorskip("soundfile")

import soundfile
from spoken_body import spoken_body

from soliloquy.inference.body.masked.engine import MaskedGesturesEngine
from soliloquy.inference.body.track import SpokenBody
from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.rotation_curves import difference
from soliloquy.inference.skeleton import JOINT_INDEX

FIRST, LAST = 100, 160
LEFT_ARM = ("left_collar", "left_shoulder", "left_elbow", "left_wrist")


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def speech(speech_wav: Path) -> SpokenBody:
    return spoken_body(np.tile(soundfile.read(speech_wav, dtype="float32")[0], 2))


@pytest.fixture(scope="module")
def poses(speech: SpokenBody) -> np.ndarray:
    return MaskedGesturesEngine().animate(speech, GestureSettings()).poses


def anew(
    poses: np.ndarray, speech: SpokenBody, joints: tuple[str, ...] = UPPER_BODY, seed: int = 5, **span: int
) -> np.ndarray:
    asked = {"first": FIRST, "last": LAST, **span}
    speech = dataclasses.replace(speech, seed=seed)
    return MaskedGesturesEngine().infill(poses, speech, GestureSettings(), joints=joints, **asked)


def bends(poses: np.ndarray) -> np.ndarray:
    """(T - 2,) degrees by which the fastest-bending joint's step differs from the step before."""
    turns = poses.reshape(len(poses), -1, 3)
    steps = difference(turns[1:], turns[:-1])
    return np.degrees(np.linalg.norm(np.diff(steps, axis=0), axis=-1)).max(1)


def test_only_what_was_asked_for_changes(poses: np.ndarray, speech: SpokenBody) -> None:
    made = anew(poses, speech, LEFT_ARM)
    changed = made != poses
    assert set(np.flatnonzero(changed.any(1))) <= set(range(FIRST, LAST))
    assert set(np.flatnonzero(changed.any(0)) // 3) <= {JOINT_INDEX[name] for name in LEFT_ARM}
    arm = [3 * JOINT_INDEX[name] for name in LEFT_ARM[1:3]]
    assert np.degrees(np.abs(made - poses)[FIRST:LAST, arm]).max() > 3


def test_nothing_snaps_at_the_borders(poses: np.ndarray, speech: SpokenBody) -> None:
    bend = bends(anew(poses, speech))
    usual = np.percentile(bends(poses), 99)
    for border in (FIRST, LAST):
        assert bend[border - 3 : border + 2].max() < max(2 * usual, 4.0), "3.3 where a hand leaves its rest"


def test_the_seed_decides(poses: np.ndarray, speech: SpokenBody) -> None:
    made = anew(poses, speech)
    assert (anew(poses, speech) == made).all()
    assert np.degrees(np.abs(anew(poses, speech, seed=6) - made)).max() > 3


def test_it_works_at_the_ends_and_at_another_frame_rate(poses: np.ndarray, speech: SpokenBody) -> None:
    for span in ({"first": 0, "last": 40}, {"first": len(poses) - 40, "last": len(poses)}, {"first": 1, "last": 2}):
        made = anew(poses, speech, first=span["first"], last=span["last"])
        assert np.isfinite(made).all()
        outside = np.r_[0 : span["first"], span["last"] : len(poses)]
        assert (made[outside] == poses[outside]).all()
    slow = spoken_body(speech.samples, fps=25.0)
    made = MaskedGesturesEngine().infill(
        slow.ground.poses, slow, GestureSettings(), first=60, last=120, joints=("right_elbow", "right_shoulder")
    )
    changed = np.flatnonzero((made != slow.ground.poses).any(1))
    # An arm that begins or ends at rest there is where it was to the last bit.
    assert 57 <= len(changed) <= 60
    assert changed.min() >= 60
    assert changed.max() < 120
    assert bends(made).max() < 15


def test_what_cannot_be_done_is_said(poses: np.ndarray, speech: SpokenBody) -> None:
    with pytest.raises(SoliloquyError, match="cannot be made anew"):
        anew(poses, speech, first=100, last=100)
    with pytest.raises(SoliloquyError, match="cannot be made anew"):
        anew(poses, speech, last=len(poses) + 1)
    with pytest.raises(SoliloquyError, match="'left_knee' does not gesture"):
        anew(poses, speech, ("left_knee",))
    with pytest.raises(SoliloquyError, match="frames"):
        anew(poses[:-10], speech, last=120)
