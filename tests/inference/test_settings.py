"""Settings travel as JSON and refuse what cannot be meant."""

from __future__ import annotations

import json

import pytest

from soliloquy.inference.arkit import ARKIT_NAMES, REGION_COEFFICIENTS, REGION_JOINTS
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.settings import AnimateJob, AnimateSettings, AudioRange
from soliloquy.inference.skeleton import JOINT_NAMES, PARENTS


def test_job_survives_json() -> None:
    job = AnimateJob(
        AudioRange("a.wav", 1.5, 3.0),
        AnimateSettings(emotion="angry", emotion_track=((0.0, "sad", 0.5),), gaze_target=((0.0, 1.0, 2.0),), seed=9),
        "out.npz",
    )
    assert AnimateJob.from_json(json.loads(json.dumps(job.to_json()))) == job


@pytest.mark.parametrize(
    "values",
    [
        {"emotion": "bored"},
        {"fps": 0},
        {"intensity": 1.5},
        {"regions": ("lips", "tail")},
        {"emotion_track": ((0.0, "glad", 1.0),)},
        {"colour": "red"},
    ],
)
def test_nonsense_is_refused_in_words(values: dict) -> None:
    with pytest.raises(SoliloquyError) as caught:
        AnimateSettings.from_json(values)
    assert caught.value.hint


def test_regions_cover_every_channel_once() -> None:
    joints = [name for names in REGION_JOINTS.values() for name in names]
    coefficients = [name for names in REGION_COEFFICIENTS.values() for name in names]
    assert sorted(joints) == sorted(JOINT_NAMES)
    assert sorted(coefficients) == sorted(ARKIT_NAMES)


def test_skeleton_is_smplx() -> None:
    assert len(JOINT_NAMES) == len(PARENTS) == 55
    assert JOINT_NAMES[22] == "jaw"
    assert JOINT_NAMES[25] == "left_index1"
    assert JOINT_NAMES[54] == "right_thumb3"
    assert PARENTS[25:31] == (20, 25, 26, 20, 28, 29)
    assert PARENTS[40:46] == (21, 40, 41, 21, 43, 44)
    assert all(parent < index for index, parent in enumerate(PARENTS))
