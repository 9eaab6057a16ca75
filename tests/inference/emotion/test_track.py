"""Emotion track files: read in order of time, refused in words that name the key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from soliloquy.inference.emotion.track import read_emotion_track, thinned, write_emotion_track
from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.settings import EMOTIONS, AnimateSettings


def row(time: float, **weights: float) -> tuple[float, ...]:
    return (time, *(weights.get(name, 0.0) for name in EMOTIONS))


def test_keys_come_in_order_of_time_with_full_intensity_by_default(tmp_path: Path) -> None:
    path = tmp_path / "track.json"
    path.write_text('{"keys": [{"time": 2.5, "emotion": "happy", "intensity": 0.8}, {"time": 0, "emotion": "sad"}]}')
    assert read_emotion_track(path) == (row(0.0, sad=1.0), row(2.5, happy=0.8))


def test_a_key_may_be_a_mixture_or_a_place_on_the_plane_of_affect(tmp_path: Path) -> None:
    path = tmp_path / "track.json"
    path.write_text(
        '{"keys": [{"time": 0, "emotions": {"happy": 0.4, "surprised": 0.5}}, '
        '{"time": 1, "valence": -0.82, "arousal": -0.4}, {"time": 2, "valence": 0, "arousal": 0}]}'
    )
    mixed, unhappy, calm = read_emotion_track(path)
    assert mixed == row(0.0, happy=0.4, surprised=0.5)
    assert unhappy[1 + EMOTIONS.index("sad")] > 0.9
    assert calm == row(2.0, neutral=1.0)
    assert AnimateSettings(emotion_curves=(mixed, unhappy, calm)).emotion_curves[1] == unhappy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("keys: happy", "is not JSON"),
        ("[]", "no list of keys"),
        ('{"keys": []}', "no list of keys"),
        ('{"keys": ["happy"]}', "Key 1 .* is not an object"),
        ('{"keys": [{"time": 0, "emotion": "sad"}, {"emotion": "sad"}]}', "Key 2 .* no time"),
        ('{"keys": [{"time": 0, "emotion": "joyful"}]}', "unknown emotion 'joyful'"),
        ('{"keys": [{"time": -1, "emotion": "sad"}]}', "before the start"),
        ('{"keys": [{"time": ' + "9" * 400 + "}]}", "400 digits"),
        ('{"keys": [{"time": 1e7, "emotion": "sad"}]}', "where no recording reaches"),
        ('{"keys": [{"time": 0, "emotion": ["sad"]}]}', "that is no word"),
        ('{"keys": ' + "[" * 100_000, "too deeply"),
        ('{"keys": [' + "0," * 200_001 + "0]}", "holds 200002 keys"),
        ('{"keys": [{"time": NaN, "emotion": "sad"}]}', "no time"),
        ('{"keys": [{"time": 0, "emotion": "sad", "intensity": 7}]}', "intensity 7"),
        ('{"keys": [{"time": 0, "emotion": "sad", "intensity": "much"}]}', "no number"),
        ('{"keys": [{"time": 0, "emotions": ["sad"]}]}', "Key 1 .* no object"),
        ('{"keys": [{"time": 0, "emotions": {"sad": 2}}]}', "Key 1 .* gives sad the strength 2"),
        ('{"keys": [{"time": 0, "emotions": {"sad": null}}]}', "Key 1 .* gives sad a strength that is no number"),
        ('{"keys": [{"time": 0, "emotions": {"glum": 0.2}}]}', "Key 1 .* unknown emotion 'glum'"),
        ('{"keys": [{"time": 0, "valence": 0.5}]}', "Key 1 .* no arousal"),
        ('{"keys": [{"time": 0, "arousal": 0.5}]}', "Key 1 .* no valence"),
        ('{"keys": [{"time": 0, "valence": -1.5, "arousal": 0}]}', "valence -1.5"),
        ('{"keys": [{"time": 0, "emotion": "sad", "valence": 0, "arousal": 0}]}', "both"),
    ],
)
def test_wrong_files_are_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "track.json"
    path.write_text(text)
    with pytest.raises(SoliloquyError, match=words) as error:
        read_emotion_track(path)
    assert error.value.hint


def test_missing_and_binary_files_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match="cannot be read"):
        read_emotion_track(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(SoliloquyError, match="is not JSON"):
        read_emotion_track(tmp_path / "binary.json")


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    rows = (row(0.0, neutral=1.0), row(1.5, happy=0.25, sad=0.5))
    write_emotion_track(tmp_path / "a.json", rows)
    assert read_emotion_track(tmp_path / "a.json") == rows


def test_thinning_keeps_the_curve_and_drops_what_lies_on_a_line() -> None:
    times = np.arange(0, 60, 0.1)
    happy = np.interp(times, [0, 5, 5.4, 30, 60], [0, 0, 0.8, 0.8, 0.1])
    few = thinned(tuple(row(float(t), happy=float(h)) for t, h in zip(times, happy, strict=True)))
    assert len(few) < 12
    back = np.interp(times, [key[0] for key in few], [key[1 + EMOTIONS.index("happy")] for key in few])
    assert np.abs(back - happy).max() < 0.01
