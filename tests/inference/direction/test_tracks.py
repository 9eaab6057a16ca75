"""Energy, openness, eye contact and head over time: from keys to what the performance does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")

from soliloquy.inference.arkit import ARKIT_NAMES
from soliloquy.inference.body.body import directed_poses, ground_track
from soliloquy.inference.character import load_character
from soliloquy.inference.direction.tracks import jumps, over_time
from soliloquy.inference.emotion.track import read_track
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.face.track import FaceTrack
from soliloquy.inference.gestures.settings import GestureSettings
from soliloquy.inference.layers import gaze
from soliloquy.inference.layers.noise import layer_rng
from soliloquy.inference.perform import perform
from soliloquy.inference.performance import Performance
from soliloquy.inference.prosody import analyse
from soliloquy.inference.settings import AnimateSettings
from soliloquy.inference.skeleton import JOINT_INDEX

FPS, SECONDS = 30.0, 12.0
TIMES = np.arange(int(FPS * SECONDS)) / FPS
EARLY, LATE = TIMES < 4.5, TIMES > 7.0


def _voice() -> np.ndarray:
    """Return a voice that rises and falls, with pauses."""
    times = np.arange(int(16000 * SECONDS)) / 16000
    loud = (np.sin(2 * np.pi * times / 1.7) > -0.6) * (0.55 + 0.45 * np.sin(2 * np.pi * 2.9 * times))
    tone = np.sin(2 * np.pi * (140 + 25 * np.sin(2 * np.pi * times / 0.8)) * times)
    return (0.3 * loud * tone).astype(np.float32)


def _performed(**settings: object) -> Performance:
    chosen = AnimateSettings(upper_face="rules", seed=5, **settings)  # type: ignore[arg-type]
    face = FaceTrack(np.zeros((len(TIMES), len(ARKIT_NAMES)), np.float32), np.zeros((len(TIMES), 3), np.float32))
    return perform(face, analyse(_voice()), chosen, load_character())


def _joint(performance: Performance, name: str) -> np.ndarray:
    return performance.poses.reshape(len(TIMES), -1, 3)[:, JOINT_INDEX[name]]


def _change(name: str, before: float, after: float) -> tuple[tuple[float, str, float], ...]:
    return (5.5, name, before), (6.0, name, after)


def test_a_name_without_keys_is_the_constant_setting_and_keys_hold_beyond_their_ends() -> None:
    settings = AnimateSettings(openness=0.3, direction_track=_change("head_motion", 0.5, 2.0))
    assert over_time(TIMES, settings, "openness") == 0.3
    head = np.asarray(over_time(TIMES, settings, "head_motion"))
    np.testing.assert_allclose(head[EARLY], 0.5, atol=1e-3)
    np.testing.assert_allclose(head[LATE], 2.0, atol=1e-3)
    assert jumps(settings, "head_motion", 0.25) == (5.75,)
    assert jumps(settings, "head_motion", 2.0) == ()


def test_the_head_stops_where_it_is_told_to() -> None:
    turned = _joint(_performed(direction_track=_change("head_motion", 1.0, 0.0), gaze_target=((0, 1.6, 9.0),)), "head")
    assert turned[EARLY].std(0).max() > 20 * turned[LATE].std(0).max()


def test_the_back_opens_where_it_is_told_to() -> None:
    opened = _joint(_performed(direction_track=_change("openness", -1.0, 1.0)), "spine3")[:, 0]
    plain = _joint(_performed(), "spine3")[:, 0]
    assert (opened - plain)[EARLY].mean() == pytest.approx(np.radians(2.0), abs=0.01)
    assert (opened - plain)[LATE].mean() == pytest.approx(-np.radians(2.0), abs=0.01)


@pytest.mark.parametrize(("before", "after"), [(1.0, 0.0), (0.0, 1.0)])
def test_the_eyes_leave_and_come_back_where_they_are_told_to(before: float, after: float) -> None:
    settings = AnimateSettings(direction_track=_change("eye_contact", before, after))
    changes = jumps(settings, "eye_contact", 0.25)
    contact = over_time(TIMES, settings, "eye_contact")
    mood = gaze.mood_of(np.zeros((len(TIMES), 8)), contact, changes)
    for seed in range(8):
        plan = gaze.plan_gaze(SECONDS, analyse(_voice()), layer_rng(seed, "gaze"), mood)
        away = plan.away[np.searchsorted(plan.starts, TIMES, side="right") - 1]
        assert away[EARLY].mean() == pytest.approx(1 - before, abs=0.15), seed
        assert away[LATE].mean() == pytest.approx(1 - after, abs=0.15), seed


def test_gestures_are_as_large_as_their_moment_says() -> None:
    ground = ground_track(TIMES, analyse(_voice()), AnimateSettings(), load_character(), np.eye(8)[[0] * len(TIMES)])
    drawn = ground.poses.copy()
    shoulder = slice(3 * JOINT_INDEX["left_shoulder"], 3 * JOINT_INDEX["left_shoulder"] + 3)
    drawn[:, shoulder] += [0.0, 0.0, 0.4]
    energy = np.asarray(over_time(TIMES, AnimateSettings(direction_track=_change("energy", 1.0, 0.0)), "energy"))
    made = directed_poses(drawn, ground.poses, GestureSettings(), energy)
    np.testing.assert_allclose(made[EARLY][:, shoulder], drawn[EARLY][:, shoulder], atol=1e-6)
    np.testing.assert_allclose(made[LATE][:, shoulder], ground.poses[LATE][:, shoulder], atol=1e-3)


def test_a_track_file_directs_both(tmp_path: Path) -> None:
    path = tmp_path / "track.json"
    keys = [{"time": 0, "emotion": "sad"}, {"time": 2, "energy": 1.3}, {"time": 3, "emotion": "happy", "openness": -1}]
    path.write_text(json.dumps({"keys": keys}), encoding="utf-8")
    found = read_track(path)
    assert [row[0] for row in found.emotion] == [0, 3]
    assert found.direction == ((2.0, "energy", 1.3), (3.0, "openness", -1.0))
    AnimateSettings(**found.fields())


@pytest.mark.parametrize("key", [{"energy": 3}, {"energy": "x"}, {"openness": -1.1}, {"eye_contact": None}])
def test_a_value_out_of_range_is_refused_in_words(tmp_path: Path, key: dict[str, object]) -> None:
    path = tmp_path / "track.json"
    path.write_text(json.dumps({"keys": [{"time": 1, **key}]}), encoding="utf-8")
    with pytest.raises(SoliloquyError, match="Key 1 of the emotion track 'track.json'") as refused:
        read_track(path)
    assert refused.value.hint


@pytest.mark.parametrize("row", [(0.0, "energy", 2.5), (0.0, "jaw", 1.0), (float("nan"), "energy", 1.0), (0.0, 1.0)])
def test_rows_that_cannot_be_are_refused(row: tuple[object, ...]) -> None:
    with pytest.raises(SoliloquyError, match="Row 1 of direction_track"):
        AnimateSettings(direction_track=(row,))  # type: ignore[arg-type]
