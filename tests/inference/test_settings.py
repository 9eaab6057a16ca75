"""Settings travel as JSON and refuse what cannot be meant."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from soliloquy.inference import engines
from soliloquy.inference.arkit import ARKIT_NAMES, REGION_COEFFICIENTS, REGION_JOINTS
from soliloquy.inference.craft import LipCraft
from soliloquy.inference.errors import BadFile, SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.orders.animate import AnimateJob
from soliloquy.inference.orders.order import Order
from soliloquy.inference.orders.regenerate import RegenerateJob
from soliloquy.inference.orders.register import ORDERS
from soliloquy.inference.setting import settings_of
from soliloquy.inference.settings import AnimateSettings, AudioRange, recorded_settings
from soliloquy.inference.skeleton import JOINT_NAMES, PARENTS


def test_job_survives_json() -> None:
    job = AnimateJob(
        AudioRange("a.wav", 1.5, 3.0),
        AnimateSettings(emotion="angry", emotion_track=((0.0, "sad", 0.5),), gaze_target=((0.0, 1.0, 2.0),), seed=9),
        "out.npz",
    )
    assert AnimateJob.from_json(json.loads(json.dumps(job.to_json()))) == job


NAN, INF, HUGE = float("nan"), float("inf"), 10**400
HAPPY = (0.0, "happy", 0.5)
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"blink_strength": -1}, "blink_strength=-1 cannot be used. Choose a value between 0 and 4."),
    ({"breathing": NAN}, "breathing=nan"),
    ({"head_motion": 1e9}, "head_motion=1e.09"),
    ({"intensity": 1.5}, "intensity=1.5 cannot be used. Choose a value between 0 and 1."),
    ({"intensity": True}, "intensity=True"),
    ({"intensity": "1"}, "intensity='1'"),
    ({"intensity": None}, "intensity=None"),
    ({"voice_emotion": [0.5]}, r"voice_emotion=\[0.5\]"),
    ({"fps": 0}, "fps=0 cannot be used. Choose a value between 1 and 240."),
    ({"fps": INF}, "fps=inf"),
    ({"fps": HUGE}, r"fps=10+\.\.\. cannot"),
    ({"seed": -1}, "seed=-1 cannot be used. Choose a whole number between 0 and 2147483647."),
    ({"seed": 2**31}, "seed=2147483648"),
    ({"seed": 10**5000}, "seed=<int> cannot"),
    ({"seed": 1.5}, "seed=1.5"),
    ({"seed": False}, "seed=False"),
    ({"device": "tpu"}, "There is no device 'tpu'. Choose one of: auto, cpu, cuda, mps."),
    ({"emotion": "bored"}, "There is no emotion 'bored'"),
    ({"emotion": ["happy"]}, r"emotion=\['happy'\]"),
    ({"face": "mask"}, "There is no face engine 'mask'. Choose among: default"),
    ({"body": ""}, "There is no body engine ''. Choose among: phrases"),
    ({"body": 3}, "body=3"),
    ({"upper_face": ""}, "There is no upper face ''. Choose one of: learned, rules."),
    ({"regions": ()}, "regions names no region. Choose among: lips"),
    ({"regions": "lips"}, "regions='lips' cannot be used. Give a list of names"),
    ({"regions": ("lips", "tail")}, "There is no region 'tail'"),
    ({"regions": ("lips", 3)}, "There is no region 3"),
    ({"gestures": None}, "gestures=None|None is no table"),
    ({"craft": 0.5}, "craft=0.5|0.5 is no table"),
    ({"emotion_track": ((0.0, "glad", 1.0),)}, "Row 1 of emotion_track names an unknown emotion 'glad'"),
    ({"emotion_track": (HAPPY, (NAN, "sad", 1.0))}, "Row 2 of emotion_track holds nan"),
    ({"emotion_track": (HAPPY, (1.0, "sad", INF))}, "Row 2 of emotion_track holds inf"),
    ({"emotion_track": ((0.0, "sad", 1.5),)}, "Row 1 of emotion_track holds 1.5. .*between 0 and 1"),
    ({"emotion_track": ((0.0, "sad"),)}, "Row 1 of emotion_track is"),
    ({"emotion_track": (("0", "sad", 1.0),)}, "Row 1 of emotion_track holds '0'"),
    ({"emotion_track": ((0.0, "sad", True),)}, "Row 1 of emotion_track holds True"),
    ({"emotion_track": "happy"}, "emotion_track is 'happy'. Give a list of rows"),
    ({"emotion_curves": ((INF, *[0.0] * 8),)}, "Row 1 of emotion_curves holds inf"),
    ({"emotion_curves": ((0.0, *[0.0] * 7),)}, "Row 1 of emotion_curves is .* eight weights"),
    ({"emotion_curves": ((0.0, -0.1, *[0.0] * 7),)}, "holds -0.1"),
    ({"gaze_target": (0.0, 1.0, 2.0)}, "Row 1 of gaze_target is 0"),
    ({"gaze_target": ((0.0, 1.0, NAN),)}, "Row 1 of gaze_target holds nan"),
    ({"gaze_target": ((0.0, 1.0, HUGE),)}, "Row 1 of gaze_target holds a number too large"),
    ({"gaze_target": ((0.0, 1.0, 1e300),)}, "Row 1 of gaze_target holds 1e.300"),
    ({"gaze_target": ((0.0, 1.0, "2"),)}, "Row 1 of gaze_target holds '2'"),
]


@pytest.mark.parametrize(("values", "words"), REFUSED, ids=[words[:40] for _, words in REFUSED])
@pytest.mark.parametrize("build", [lambda values: AnimateSettings(**values), AnimateSettings.from_json])
def test_nonsense_is_refused_in_a_sentence_with_a_next_step(build: Any, values: dict[str, Any], words: str) -> None:
    with pytest.raises(SoliloquyError, match=words) as caught:
        build(values)
    assert caught.value.hint.endswith(".")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"colour": "red"}, "Unknown setting 'colour'. Known: face"),
        ({"blink_strenght": 1}, "Unknown setting 'blink_strenght'. Did you mean 'blink_strength'"),
        ({3: 4}, "Unknown setting 3"),
        ([], r"\[\] is no table of names and values. Give one, such as {.face"),
        (None, "None is no table"),
        ({"gestures": {"energi": 1}}, "Unknown gesture setting 'energi'. Did you mean 'energy'"),
        ({"gestures": {"energy": NAN}}, "energy=nan"),
        ({"craft": {"offset": 3}}, "offset=3 cannot be used. Choose a value between -0.5 and 0.5"),
    ],
)
def test_tables_of_other_things_are_refused(values: Any, words: str) -> None:
    with pytest.raises(SoliloquyError, match=words):
        AnimateSettings.from_json(values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "'path' is missing"),
        ({"path": ""}, "path of the recording is empty"),
        ({"path": 3}, "path=3"),
        ({"path": "a\0b"}, "path='a"),
        ({"path": "a", "start": NAN}, "start=nan"),
        ({"path": "a", "start": -1}, "start=-1"),
        ({"path": "a", "stop": INF}, "stop=inf"),
        ({"path": "a", "stop": "3"}, "stop='3'"),
        ({"path": "a", "start": 2, "stop": 2}, "does not lie after the start at 2 s"),
        ({"path": "a", "end": 2}, "Unknown setting of the recording 'end'"),
    ],
)
def test_stretches_of_a_recording_that_are_none_are_refused(values: Any, words: str) -> None:
    with pytest.raises(SoliloquyError, match=words) as caught:
        AudioRange.from_json(values)
    assert caught.value.hint


@pytest.mark.parametrize("order", ORDERS.values(), ids=list(ORDERS))
@pytest.mark.parametrize(
    ("values", "words"),
    [
        (None, "None is no table"),
        ([1], r"\[1\] is no table"),
        ({"settings": {}}, "'audio' is missing"),
        ({"audio": "speech.wav"}, "'speech.wav' is no table"),
        ({"audio": {"path": "a", "start": NAN}}, "start=nan"),
        ({"audio": {"path": "a"}, "settings": {"seed": -1}}, "seed=-1"),
        ({"audio": {"path": "a"}, "settings": {"gestures": {"contacts": 1}}}, "contacts=1"),
        ({"audio": {"path": "a"}, "output": None}, "output=None"),
        ({"audio": {"path": "a"}, "outpt": ""}, "'outpt'. Did you mean 'output'"),
    ],
)
def test_messages_that_are_no_order_are_refused(order: type[Order], values: Any, words: str) -> None:
    with pytest.raises(SoliloquyError, match=words):
        order.from_json(values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ranges": [[0, NAN]]}, "Row 1 of ranges holds nan"),
        ({"ranges": [[0, 1], [2]]}, "Row 2 of ranges is"),
        ({"ranges": "0:1"}, "ranges is '0:1'"),
        ({"joints": "left_wrist"}, "joints='left_wrist'"),
        ({"joints": ["tail"]}, "There is no joint 'tail'"),
        ({"keep": 3}, "keep=3"),
    ],
)
def test_parts_that_cannot_be_made_anew_are_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(SoliloquyError, match=words):
        RegenerateJob.from_json({"audio": {"path": "a"}, **values})


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        ({}, "does not say how it was made"),
        ({"settings": None}, "cannot be used: None is no table"),
        ({"settings": {"breathing": NAN}}, "cannot be used: breathing=nan"),
    ],
)
def test_a_performance_that_says_nonsense_about_itself_is_a_bad_file(meta: dict[str, Any], words: str) -> None:
    with pytest.raises(BadFile, match=words) as caught:
        recorded_settings(meta)
    assert caught.value.hint == "Animate the recording again."


def test_engines_that_a_worker_told_of_can_be_ordered_and_gone_ones_do_not_hold_up_a_part() -> None:
    engines.know_elsewhere({("face", "choir")})
    try:
        assert AnimateSettings(face="choir").face == "choir"
        assert recorded_settings({"settings": {"face": "choir", "seed": 3}}) == AnimateSettings(face="choir", seed=3)
        with pytest.raises(SoliloquyError, match="There is no body engine 'choir'"):
            AnimateSettings(body="choir")
    finally:
        engines.know_elsewhere(set())
    assert recorded_settings({"settings": {"face": "choir", "body": "gone", "seed": 3}}) == AnimateSettings(seed=3)


def test_what_is_meant_is_understood() -> None:
    values: dict[str, Any] = {"fps": np.float32(25), "seed": np.int64(3), "head_motion": 2, "gaze_target": np.eye(3)}
    values["regions"] = ["lips", "eyes", "lips"]
    made = AnimateSettings(**values)
    assert (made.fps, made.seed, made.head_motion, made.regions) == (25.0, 3, 2.0, ("lips", "eyes"))
    assert [type(value) for value in (made.fps, made.seed, made.head_motion)] == [float, int, float]
    assert made.gaze_target == ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    assert AnimateSettings.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_rows_over_time_come_in_the_order_of_time() -> None:
    made = AnimateSettings(
        emotion_track=((2.0, "sad", 1.0), (-1.0, "happy", 0.5)), emotion_curves=((1, *[0] * 8), (0, *[1] * 8))
    )
    assert made.emotion_track == ((-1.0, "happy", 0.5), (2.0, "sad", 1.0))
    assert [row[0] for row in made.emotion_curves] == [0.0, 1.0]


def test_every_field_is_a_declared_setting() -> None:
    for cls in (AnimateSettings, GestureSettings, LipCraft, AudioRange):
        assert list(settings_of(cls)) == [item.name for item in dataclasses.fields(cls)]
        for item in settings_of(cls).values():
            assert item.title
            assert item.text[0].isupper() or not item.text[0].isalpha()
            assert not item.text.endswith(".")


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
