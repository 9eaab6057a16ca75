"""A performance with other gestures: unchanged plans change no bit, changed ones only their seconds and joints."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("scipy")
pytest.importorskip("torch")

from soliloquy.inference import regenerate, replan
from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.gestures.planned import Planned, moved, pinned, planned_of, removed
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.orders.regenerate import RegenerateJob
from soliloquy.inference.performance import Performance
from soliloquy.inference.pipeline import animate
from soliloquy.inference.settings import AnimateSettings, AudioRange
from soliloquy.inference.skeleton import JOINT_INDEX

REGIONS = ("upper_face", "eyes", "head", "body", "hands")
SETTINGS = AnimateSettings(regions=REGIONS, upper_face="rules", seed=3)
ARRAYS = ("poses", "trans", "arkit", "lip_aperture")
MOVED = [JOINT_INDEX[name] for name in (*UPPER_BODY, "left_eye_smplhf", "right_eye_smplhf")]


@pytest.fixture(scope="module")
def kept(speech_wav: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A performance of the recording with gestures, without the lips, which take longest."""
    path = tmp_path_factory.mktemp("kept") / "kept.npz"
    animate(AnimateJob(AudioRange(str(speech_wav)), SETTINGS, str(path)))
    return path


def plan_in(path: Path) -> Planned:
    planned = planned_of(Performance.load(path).meta)
    assert planned is not None
    return planned


def again(kept: Path, speech_wav: Path, plan: Planned, seed: int = 3, **more) -> Performance:
    settings = dataclasses.replace(SETTINGS, seed=seed)
    return replan.run(RegenerateJob(AudioRange(str(speech_wav)), settings, keep=str(kept), plan=plan, **more))


def test_animating_with_a_performances_own_plan_gives_the_same_performance(kept: Path, speech_wav: Path) -> None:
    before = Performance.load(kept)
    after = animate(AnimateJob(AudioRange(str(speech_wav)), SETTINGS, plan=plan_in(kept)))
    for name in ARRAYS:
        assert (getattr(after, name) == getattr(before, name)).all(), name
    assert planned_of(after.meta) == plan_in(kept)


def test_an_unchanged_plan_changes_no_bit(kept: Path, speech_wav: Path) -> None:
    before, after = Performance.load(kept), again(kept, speech_wav, plan_in(kept))
    for name in ARRAYS:
        assert (getattr(after, name) == getattr(before, name)).all(), name
    assert "regenerated" not in after.meta


def test_a_removed_gesture_changes_its_seconds_and_the_upper_body_alone(kept: Path, speech_wav: Path) -> None:
    before, planned = Performance.load(kept), plan_in(kept)
    after = again(kept, speech_wav, removed(planned, len(planned) - 1))
    assert planned_of(after.meta) is not None
    ((start, _),) = after.meta["regenerated"][-1]["ranges"]
    changed = np.flatnonzero((after.poses != before.poses).any(1))
    assert len(changed)
    assert changed.min() >= round(start * before.fps)
    assert changed.min() > 0.2 * before.frames
    joints = np.flatnonzero((after.poses != before.poses).reshape(before.frames, -1, 3).any((0, 2)))
    assert set(joints.tolist()) <= set(MOVED)
    assert (after.lip_aperture == before.lip_aperture).all()
    # Where it was, the hand stays down.
    bend = np.abs(np.diff(after.poses.astype(np.float64), axis=0)).max()
    assert bend < 1.3 * np.abs(np.diff(before.poses.astype(np.float64), axis=0)).max()


def test_pinned_gestures_outlive_another_seed(kept: Path, speech_wav: Path) -> None:
    planned = plan_in(kept)
    after = again(kept, speech_wav, pinned(planned, 1, True), seed=77, only_pinned=True)
    new = planned_of(after.meta)
    assert new is not None
    assert [(item.time, item.gesture) for item in new if item.pinned] == [(planned[1].time, planned[1].gesture)]
    assert [item.gesture for item in new] != [item.gesture for item in planned]


def test_engines_that_plan_nothing_say_so(kept: Path, speech_wav: Path, tmp_path: Path) -> None:
    plan = plan_in(kept)
    relaxed = dataclasses.replace(SETTINGS, body="relaxed")
    with pytest.raises(SoliloquyError, match="without a plan"):
        animate(AnimateJob(AudioRange(str(speech_wav)), relaxed, plan=plan))
    other = tmp_path / "other.npz"
    animate(AnimateJob(AudioRange(str(speech_wav)), relaxed, str(other)))
    with pytest.raises(SoliloquyError, match="without a plan"):
        again(other, speech_wav, plan)
    assert planned_of(Performance.load(other).meta) is None


def test_a_part_made_anew_is_no_longer_in_the_plan(kept: Path, speech_wav: Path) -> None:
    planned = plan_in(kept)
    item = planned[1]
    part = (max(item.time - 0.3, 0.0), item.time + 0.3)
    job = RegenerateJob(
        AudioRange(str(speech_wav)), dataclasses.replace(SETTINGS, seed=5), keep=str(kept), ranges=(part,)
    )
    assert [one.time for one in planned_of(regenerate.run(job).meta) or ()] == [
        one.time for one in planned if not part[0] <= one.time <= part[1]
    ]


def test_a_moved_gesture_arrives_when_it_shall(kept: Path, speech_wav: Path) -> None:
    planned = plan_in(kept)
    later = planned[-1].time - 0.3
    after = planned_of(again(kept, speech_wav, moved(planned, len(planned) - 1, later)).meta)
    assert after is not None
    assert after[-1].time == later
