"""What a person may name: parts, joints, ranges of seconds; and the order on its way to the worker."""

from __future__ import annotations

import json

import pytest

from soliloquy.inference.body.upper_body import UPPER_BODY
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.orders.regenerate import RegenerateJob
from soliloquy.inference.regenerate_job import (
    PARTS,
    body_for,
    frame_ranges,
    next_seed,
    read_joints,
    read_range,
)
from soliloquy.inference.settings import AnimateSettings, AudioRange


def test_parts_cover_everything_that_gestures_and_sides_mirror() -> None:
    assert set(PARTS["body"]) == set(UPPER_BODY)
    assert set(PARTS["arms"]) | set(PARTS["hands"]) | set(PARTS["spine"]) == set(UPPER_BODY)
    assert PARTS["left_arm"] == ("left_collar", "left_shoulder", "left_elbow", "left_wrist")
    for part in ("arm", "hand"):
        assert {name.replace("left", "right") for name in PARTS[f"left_{part}"]} == set(PARTS[f"right_{part}"])


def test_names_of_parts_and_joints_mix() -> None:
    assert read_joints("left_wrist, spine,left_wrist") == ("spine1", "spine2", "spine3", "left_wrist")


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "No joint"), ("left_foot", "'left_foot' does not gesture"), ("tail", "no joint or part 'tail'")],
)
def test_joints_that_cannot_be_meant(text: str, words: str) -> None:
    with pytest.raises(SoliloquyError, match=words) as raised:
        read_joints(text)
    assert "left_arm" in raised.value.hint


def test_ranges_are_read_sorted_and_joined() -> None:
    assert read_range("3.2:5.8") == (3.2, 5.8)
    assert frame_ranges(((2.0, 3.0), (0.5, 1.0)), 300, 30.0) == [(15, 30), (60, 90)]
    assert frame_ranges(((0.5, 1.0), (0.9, 2.0)), 300, 30.0) == [(15, 60)]
    assert frame_ranges(((0.0, 10.0),), 300, 30.0) == [(0, 299)]
    # Frames whose instants lie within, for rates that divide no second.
    assert frame_ranges(((0.1, 0.9),), 100, 24 / 1.001) == [(3, 21)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "No range"),
        (((5.0, 3.0),), "5:3 cannot be used"),
        (((-1.0, 3.0),), "cannot be used"),
        (((float("nan"), 3.0),), "cannot be used"),
        (((1.0, 1.1),), "shorter than 0.2 s"),
        (((9.0, 11.0),), "past the end of the performance at 10.00 s"),
    ],
)
def test_ranges_that_cannot_be_used(given: tuple[tuple[float, float], ...], words: str) -> None:
    with pytest.raises(SoliloquyError, match=words) as raised:
        frame_ranges(given, 300, 30.0)
    assert raised.value.hint


@pytest.mark.parametrize("text", ["3", "a:b", "3-5", ":"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(SoliloquyError, match="not a range"):
        read_range(text)


def test_the_order_survives_the_way_to_the_worker() -> None:
    order = RegenerateJob(
        AudioRange("speech.wav", 0.5, 3.0),
        AnimateSettings(seed=4, gestures=GestureSettings("shy")),
        "new.npz",
        keep="old.npz",
        ranges=((0.5, 1.5),),
        joints=("left_elbow",),
    )
    assert RegenerateJob.from_json(json.loads(json.dumps(order.to_json()))) == order


def test_the_engine_that_knows_the_surroundings_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    from soliloquy.inference import regenerate_job

    there = {"masked", "phrases", "sampled"}
    monkeypatch.setattr(regenerate_job, "missing_files", lambda engine: "" if engine.spec.name in there else "Gone.")
    assert body_for("sampled") == "masked"
    there.remove("masked")
    assert body_for("sampled") == "sampled"
    assert body_for("relaxed") == "phrases"
    there.clear()
    assert body_for("relaxed") == "relaxed"
    assert body_for("phrases") == "phrases"


def test_the_next_seed_is_one_that_can_be_used_and_was_not() -> None:
    assert next_seed(4, []) == 5
    assert next_seed(4, [{"seed": 9}, {"seed": 5}]) == 10
    assert next_seed(2**31 - 1, [{"seed": 0}, {"seed": 1}]) == 2
    assert next_seed(4, "nonsense") == 5
    assert next_seed(4, [3, {"seed": "7"}, {}, None]) == 5
