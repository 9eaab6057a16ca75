"""Timeline markers that direct emotion, and keyed properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

from soliloquy.inference.settings import EMOTIONS, AnimateSettings
from soliloquy.rigs.emotion_markers import emotion_markers_between, read_markers, write_markers
from soliloquy.rigs.takes.property_curves import keys_between, sample_properties, write_keys


def row(time: float, **weights: float) -> tuple[float, ...]:
    return (time, *(weights.get(name, 0.0) for name in EMOTIONS))


def at(rows: Any, time: float) -> dict[str, float]:
    table = np.array(rows)
    found = {name: float(np.interp(time, table[:, 0], table[:, 1 + index])) for index, name in enumerate(EMOTIONS)}
    return {name: round(value, 3) for name, value in found.items() if value > 1e-3}


def test_an_emotion_holds_from_its_marker_to_the_next(blank_scene: Any) -> None:
    for name, frame in (("Happy", 60), ("F_012", 70), ("angry 0.8", 90), ("happy 0.5 + surprise 0.3", 120)):
        blank_scene.timeline_markers.new(name, frame=frame)
    found = read_markers(blank_scene)
    assert found.complaint == ""
    rows = found.rows(30.0, 30.0, 10.0)
    assert at(rows, 0.5) == {"neutral": 1.0}
    assert at(rows, 1.5) == {"happy": 1.0}
    assert at(rows, 2.5) == {"angry": 0.8}
    assert at(rows, 9.0) == {"happy": 0.5, "surprised": 0.3}
    AnimateSettings(emotion_curves=rows)


def test_a_marker_before_the_speech_is_in_force_and_one_after_it_is_not(blank_scene: Any) -> None:
    for name, frame in (("sad", 5), ("fear", 10), ("angry", 400)):
        blank_scene.timeline_markers.new(name, frame=frame)
    assert read_markers(blank_scene).rows(100.0, 25.0, 4.0) == (row(0.0, fear=1.0),)


def test_markers_that_look_like_an_emotion_are_named_when_they_cannot_be_read(blank_scene: Any) -> None:
    for name in ("angry 8", "Camera", "hapy 0.5", "sad 0.4"):
        blank_scene.timeline_markers.new(name, frame=1)
    found = read_markers(blank_scene)
    assert len(found.markers) == 1
    assert "'angry 8', 'hapy 0.5'" in found.complaint
    assert "Camera" not in found.complaint


def test_what_was_heard_becomes_markers_that_read_back(blank_scene: Any) -> None:
    rows = tuple(row(0.25 * n, neutral=1 - 0.1 * (n < 3), happy=0.1 * (n < 3)) for n in range(12))
    rows += tuple(row(0.25 * n, neutral=0.3, angry=0.72) for n in range(12, 40))
    assert write_markers(blank_scene, rows, 11.0, 24.0) == 2
    names = {marker.frame: marker.name for marker in blank_scene.timeline_markers}
    assert names == {11: "neutral", 83: "angry 0.7"}
    assert len(emotion_markers_between(blank_scene, 0, 50)) == 1
    assert at(read_markers(blank_scene).rows(11.0, 24.0, 10.0), 5.0) == {"angry": 0.7}


def test_keyed_properties_are_sampled_in_the_speechs_own_time(blank_scene: Any) -> None:
    paths = ["audio_volume", "audio_doppler_factor"]
    blank_scene.audio_doppler_factor = 6
    frames = np.array([20.0, 44.0])
    assert write_keys(blank_scene, paths[:1], frames, np.array([[1.0], [3.0]])) == 2
    times, values = sample_properties(blank_scene, paths, 20.0, 24.0, 1.0)
    assert (times[0], times[-1], len(times)) == (0.0, 1.0, 11)
    assert values[0, 0] == pytest.approx(1.0)
    assert values[5, 0] == pytest.approx(2.0, abs=0.05)
    assert values[-1, 0] == pytest.approx(3.0)
    assert (values[:, 1] == 6).all()
    # Without a length: to the last key. Without keys: one row.
    assert sample_properties(blank_scene, paths, 20.0, 24.0, None)[0][-1] == pytest.approx(1.0)
    assert sample_properties(blank_scene, paths[1:], 20.0, 24.0, 1.0)[1].tolist() == [[6.0]]


def test_writing_again_replaces_the_keys_along_the_speech_only(blank_scene: Any) -> None:
    paths = ["audio_volume"]
    write_keys(blank_scene, paths, np.array([1.0, 50.0, 200.0]), np.array([[1.0], [2.0], [5.0]]))
    write_keys(blank_scene, paths, np.array([40.0, 60.0]), np.array([[3.0], [4.0]]))
    assert keys_between(blank_scene, paths, 0, 300) == 4
    _, values = sample_properties(blank_scene, paths, 40.0, 20.0, 1.0)
    assert (values[0, 0], values[-1, 0]) == (pytest.approx(3.0), pytest.approx(4.0))
