"""Directing emotion in Blender: keyed sliders, valence and arousal, markers, files, scripts, and what is heard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.settings import EMOTIONS, AnimateSettings
from soliloquy.operators import emotion_hearing, request, session


def settings(speech: Path, **given: Any) -> AnimateSettings:
    """Return what would be ordered from the worker for speech that starts at frame 50, at 24 fps."""
    return request.build(bpy.context, {"filepath": str(speech), "first_frame": 50.0, **given}).order.settings


def weight_at(made: AnimateSettings, name: str, time: float) -> float:
    table = np.array(made.emotion_curves)
    return float(np.interp(time, table[:, 0], table[:, 1 + EMOTIONS.index(name)]))


def key(scene: Any, name: str, **values: float) -> None:
    for frame, value in ((int(word[1:]), value) for word, value in values.items()):
        setattr(scene.soliloquy.emotion_mix, name, value)
        scene.keyframe_insert(f"soliloquy.emotion_mix.{name}", frame=frame)


def test_keyed_sliders_reach_the_settings_in_the_speechs_own_time(
    blank_scene: Any, client: Any, speech_wav: Path
) -> None:
    blank_scene.soliloquy.emotion_mode = "MIX"
    key(blank_scene, "happy", f50=0.0, f74=0.8)
    key(blank_scene, "angry", f74=0.0, f122=0.5)
    blank_scene.soliloquy.emotion_mix.sad = 0.2
    blank_scene.soliloquy.voice_emotion = 0.25
    made = settings(speech_wav)
    assert weight_at(made, "happy", 0.0) == pytest.approx(0.0)
    assert weight_at(made, "happy", 0.5) == pytest.approx(0.4, abs=0.02)
    assert weight_at(made, "happy", 1.0) == pytest.approx(0.8, abs=0.01)
    assert weight_at(made, "angry", 3.0) == pytest.approx(0.5, abs=0.01)
    assert weight_at(made, "sad", 2.0) == pytest.approx(0.2)
    assert made.voice_emotion == 0.25
    assert len(made.emotion_curves) < 40


def test_a_strip_is_sampled_over_its_own_length(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    pytest.importorskip("aud", reason="This Blender was built without sound.")
    blank_scene.render.fps = 24
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), first_frame=31)
    blank_scene.soliloquy.emotion_mode = "AFFECT"
    mix = blank_scene.soliloquy.emotion_mix
    for frame, valence, arousal in ((31, 0.0, 0.0), (79, 0.9, 0.16), (900, -0.9, -0.4)):
        mix.valence, mix.arousal = valence, arousal
        for name in ("valence", "arousal"):
            blank_scene.keyframe_insert(f"soliloquy.emotion_mix.{name}", frame=frame)
    made = request.build(bpy.context, {}).order.settings
    assert weight_at(made, "neutral", 0.0) == pytest.approx(1.0)
    assert weight_at(made, "happy", 2.0) > 0.8
    assert 5.0 < made.emotion_curves[-1][0] < 8.0  # The recording lasts six seconds.


def test_markers_direct_and_unreadable_ones_are_told(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    blank_scene.soliloquy.emotion_mode = "MARKERS"
    for name, frame in (("Angry 0.8", 74), ("happy 9", 90), ("F_100", 95)):
        blank_scene.timeline_markers.new(name, frame=frame)
    made = settings(speech_wav)
    assert weight_at(made, "neutral", 0.5) == 1.0
    assert weight_at(made, "angry", 1.5) == 0.8
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    assert "'happy 9'" in session.notice()
    assert "F_100" not in session.notice()


def test_scripts_say_emotion_in_every_way(blank_scene: Any, client: Any, speech_wav: Path, tmp_path: Path) -> None:
    blank_scene.timeline_markers.new("fear", frame=1)
    track = tmp_path / "track.json"
    track.write_text('{"keys": [{"time": 0, "emotions": {"contempt": 0.5}}]}')
    for given, name, weight in (
        ({"emotion_mix": "happy 0.5 + surprised 0.3"}, "surprised", 0.3),
        ({"valence": -0.82, "arousal": -0.4}, "sad", 0.9),
        ({"use_markers": True}, "fear", 1.0),
        ({"emotion_track": str(track)}, "contempt", 0.5),
    ):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav), voice_emotion=0.5, **given)
        made = client.orders[-1].settings
        assert weight_at(made, name, 1.0) == pytest.approx(weight, abs=0.1), given
        assert made.voice_emotion == 0.5
    blank_scene.soliloquy.emotion_mode = "MARKERS"
    made = settings(speech_wav, emotion="SAD", intensity=0.5)
    assert (made.emotion, made.intensity, made.emotion_curves) == ("sad", 0.5, ())
    with pytest.raises(SoliloquyError, match="two ways"):
        settings(speech_wav, emotion="SAD", emotion_mix="happy")


def heard_file(path: str) -> None:
    keys = [{"time": 0.25 * n, "emotions": {"angry": 0.75} if n >= 8 else {"neutral": 1.0}} for n in range(24)]
    Path(path).write_text(json.dumps({"keys": keys}))


@pytest.fixture
def listening(client: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The worker that answers at once hears anger from second 2 on."""
    submit = client.submit

    def hear(order: Any) -> Any:
        handle = submit(order)
        if order.kind == "hear":
            heard_file(order.output)
            handle.state = "done"
            handle.notes.append("'speech.flac' is silent here.")
        return handle

    monkeypatch.setattr(client, "submit", hear)
    return client


@pytest.mark.parametrize("target", ["MARKERS", "MIX", "AFFECT"])
def test_what_is_heard_is_written_and_directs_from_then_on(
    blank_scene: Any, listening: Any, speech_wav: Path, target: str
) -> None:
    blank_scene.timeline_markers.new("Cut", frame=60)
    hear = {"filepath": str(speech_wav), "first_frame": 50.0, "target": target}
    assert bpy.ops.soliloquy.hear_emotion(**hear) == {"FINISHED"}
    assert blank_scene.soliloquy.emotion_mode == target
    assert not emotion_hearing.listening()
    assert "is silent here" in session.notice()
    made = settings(speech_wav)
    assert weight_at(made, "angry", 1.0) < 0.05
    assert weight_at(made, "angry", 4.0) > 0.5
    # What an artist has edited is not thrown away unasked.
    with pytest.raises(RuntimeError, match="already"):
        bpy.ops.soliloquy.hear_emotion(**hear)
    assert bpy.ops.soliloquy.hear_emotion(**hear, replace=True) == {"FINISHED"}
    assert sorted(marker.name for marker in blank_scene.timeline_markers if marker.name == "Cut") == ["Cut"]
    assert len(blank_scene.timeline_markers) == (3 if target == "MARKERS" else 1)


def test_a_failure_to_listen_is_said_and_writes_nothing(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    def fail(order: Any) -> Any:
        handle = type(client).submit(client, order)
        handle.fail(SoliloquyError("No ears."))
        return handle

    client.submit = fail
    with pytest.raises(RuntimeError, match="No ears"):
        bpy.ops.soliloquy.hear_emotion(filepath=str(speech_wav))
    assert len(blank_scene.timeline_markers) == 0
    assert session.last_error() is not None
