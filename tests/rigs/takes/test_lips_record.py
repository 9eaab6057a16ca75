"""The lips a take carries: exact again and again, small, and nothing but numbers."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest

pytest.importorskip("bpy")

from small_character import small_performance

from soliloquy.inference.arkit import ARKIT_INDEX, REGION_COEFFICIENTS
from soliloquy.inference.label_track import LabelTrack
from soliloquy.rigs.takes.lips_record import PROPERTY, LipsRecord, read

HOW = {"first": 1.5, "step": 0.8, "interpolation": "BEZIER", "tolerance": {"rotation": 0.001, "coefficient": 0.003}}
LIPS = [ARKIT_INDEX[name] for name in REGION_COEFFICIENTS["lips"]]


def test_what_is_read_is_what_was_written() -> None:
    performance = small_performance(300)
    record = LipsRecord.of(performance, **HOW)
    assert np.abs(record.onto(performance).arkit - performance.arkit).max() < 2e-5
    assert np.abs(record.jaw - performance.joint("jaw")).max() < 5e-5
    again = LipsRecord.from_bytes(record.to_bytes())
    assert again.coefficients.tobytes() == record.coefficients.tobytes()
    assert again.jaw.tobytes() == record.jaw.tobytes()
    assert (again.fps, again.first, again.step, again.tolerance) == (30.0, 1.5, 0.8, HOW["tolerance"])
    assert again.frames[10] == pytest.approx(9.5)


def test_only_the_lips_are_carried() -> None:
    performance = small_performance(60)
    alone = LipsRecord.of(performance, **HOW).performance()
    others = [i for name, i in ARKIT_INDEX.items() if i not in LIPS]
    assert not alone.arkit[:, others].any()
    assert not np.delete(alone.poses, [66, 67, 68], 1).any()
    assert np.array_equal(
        LipsRecord.of(performance, **HOW).onto(performance).arkit[:, others], performance.arkit[:, others]
    )


def test_what_the_lips_say_goes_with_them() -> None:
    said = {"visemes": LabelTrack(("PP", "aa"), np.array([[0.1, 0.2], [0.2, 0.5]]))}
    record = LipsRecord.of(dataclasses.replace(small_performance(60), tracks=said), **HOW)
    assert LipsRecord.from_bytes(record.to_bytes()).performance().tracks == said


def test_a_minute_takes_about_a_hundred_kilobytes() -> None:
    """Every coefficient in lively motion: speech, where most rest, takes half of it."""
    assert len(LipsRecord.of(small_performance(1800), **HOW).to_bytes()) < 120_000


@pytest.mark.parametrize("data", [b"", b"nothing", "text", 3])
def test_what_is_no_record_is_none(data: object) -> None:
    assert read({PROPERTY: data}) is None


def test_objects_are_never_loaded() -> None:
    stream = io.BytesIO()
    np.savez(stream, version=np.int32(1), names=np.array([object()], dtype=object))
    assert read({PROPERTY: stream.getvalue()}) is None
    whole = LipsRecord.of(small_performance(20), **HOW).to_bytes()
    assert read({PROPERTY: whole[: len(whole) // 2]}) is None
    assert read({PROPERTY: whole}) is not None


def test_records_edited_by_hand_are_none() -> None:
    record = LipsRecord.of(small_performance(20), **HOW)
    with np.load(io.BytesIO(record.to_bytes())) as archive:
        data = {name: archive[name] for name in archive.files}
    for name, value in (
        ("how", np.array('{"fps": 30.0}')),
        ("how", np.array('{"fps": 0, "first": 0, "step": 1, "interpolation": "BEZIER", "tolerance": {}}')),
        ("how", np.array("{" * 60_000)),
        ("names", np.array(["jawOpen"])),
        ("low", np.full_like(data["low"], np.nan)),
        ("scale", np.array("a")),
        ("steps", np.zeros((2, 3), np.uint8)),
        ("steps", data["steps"][:, :0]),
    ):
        stream = io.BytesIO()
        np.savez(stream, **{**data, name: value})
        assert read({PROPERTY: stream.getvalue()}) is None


def test_mouths_of_bones_have_locations_with_a_limit_too() -> None:
    record = LipsRecord.of(small_performance(30), **HOW)
    assert record.limit("rotation") == 0.001
    assert 0 < record.limit("location") < 0.01
