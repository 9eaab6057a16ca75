"""Directing in Blender by a line of text, by keyed sliders and by markers in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.settings import DIRECTED, EMOTIONS, AnimateSettings
from soliloquy.operators import request
from soliloquy.rigs.takes.property_curves import property_curves


def settings(speech: Path, **given: Any) -> AnimateSettings:
    """Return what would be ordered from the worker for speech that starts at frame 50, at 24 fps."""
    return request.build(bpy.context, {"filepath": str(speech), "first_frame": 50.0, **given}).order.settings


def value_at(made: AnimateSettings, name: str, time: float) -> float:
    keys = [(key, value) for key, word, value in made.direction_track if word == name]
    return float(np.interp(time, *np.array(keys).T))


def test_the_text_reaches_the_order(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    blank_scene.soliloquy.direct = "calm, then angry"
    assert settings(speech_wav).direct == "calm, then angry"
    assert settings(speech_wav, direct="sad").direct == "sad"
    assert settings(speech_wav).direction_track == ()


def test_keyed_sliders_are_sampled_and_what_a_script_says_goes_before(
    blank_scene: Any, client: Any, speech_wav: Path
) -> None:
    panel = blank_scene.soliloquy
    for frame, value in ((50, 0.5), (98, 1.5)):
        panel.energy = value
        blank_scene.keyframe_insert("soliloquy.energy", frame=frame)
    panel.eye_contact = 0.4
    made = settings(speech_wav)
    assert {name for _, name, _ in made.direction_track} == {"energy"}
    assert value_at(made, "energy", 0.0) == pytest.approx(0.5)
    assert value_at(made, "energy", 1.0) == pytest.approx(1.0, abs=0.02)
    assert value_at(made, "energy", 3.0) == pytest.approx(1.5)
    assert made.eye_contact == pytest.approx(0.4)
    assert settings(speech_wav, energy=0.7).direction_track == ()


def test_markers_in_words_direct_from_their_frame_on(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    for name, frame in (("sad", 40), ("@energy 1.3", 74), ("@furious, looks away", 98), ("@blargly", 110)):
        blank_scene.timeline_markers.new(name, frame=frame)
    job = request.build(bpy.context, {"filepath": str(speech_wav), "first_frame": 50.0, "use_markers": True})
    made = job.order.settings
    table = np.array(made.emotion_curves)
    sad, angry = (table[:, 1 + EMOTIONS.index(name)] for name in ("sad", "angry"))
    assert np.interp([0.5, 1.9], table[:, 0], sad) == pytest.approx(1.0)
    assert np.interp(2.6, table[:, 0], angry) == pytest.approx(1.0)
    assert value_at(made, "energy", 0.9) == pytest.approx(1.0)
    assert value_at(made, "energy", 1.8) == pytest.approx(1.3)
    assert value_at(made, "eye_contact", 2.8) == pytest.approx(0.05)
    assert any("blargly" in remark for remark in job.remarks)


def test_a_track_file_directs_the_sliders_too(blank_scene: Any, client: Any, speech_wav: Path, tmp_path: Path) -> None:
    track = tmp_path / "track.json"
    track.write_text('{"keys": [{"time": 1, "emotion": "happy"}, {"time": 2, "openness": -0.5}]}', encoding="utf-8")
    made = settings(speech_wav, emotion_track=str(track))
    assert made.direction_track == ((2.0, "openness", -0.5),)
    assert made.emotion_curves


def test_the_direction_is_written_as_keys_and_directs_alike(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    pytest.importorskip("aud", reason="This Blender was built without sound.")
    blank_scene.render.fps = 24
    bpy.ops.soliloquy.animate(filepath=str(speech_wav), first_frame=50)
    panel = blank_scene.soliloquy
    panel.source = "STRIP"
    panel.direct = "energy 0.4, then angry, looks away, zzyzx"
    assert bpy.ops.soliloquy.write_direction() == {"FINISHED"}
    assert panel.direct == ""
    assert panel.emotion_mode == "MIX"
    curves = property_curves(blank_scene, [f"soliloquy.{name}" for name in DIRECTED])
    assert set(curves) == {"soliloquy.energy", "soliloquy.eye_contact"}
    made = request.build(bpy.context, {}).order.settings
    length = made.emotion_curves[-1][0]
    assert value_at(made, "energy", 0.1 * length) == pytest.approx(0.4, abs=0.02)
    assert value_at(made, "eye_contact", length) == pytest.approx(0.05, abs=0.02)
    assert made.emotion_curves[-1][1 + EMOTIONS.index("angry")] == pytest.approx(0.7, abs=0.02)
    panel.direct = "energy 1.2, angry"
    with pytest.raises(RuntimeError, match="keys along the speech"):
        bpy.ops.soliloquy.write_direction()
    assert panel.direct == "energy 1.2, angry"
    assert bpy.ops.soliloquy.write_direction(replace=True) == {"FINISHED"}


def test_the_settings_of_a_take_bring_its_direction_along(blank_scene: Any) -> None:
    from types import SimpleNamespace

    from soliloquy.operators.emotion_properties import direction_of
    from soliloquy.operators.take_settings import use

    made = AnimateSettings(direct="calm, then sad", emotion_curves=((0.0, *[0.0] * 8), (1.0, *[0.1] * 8)))
    panel = blank_scene.soliloquy
    panel.direct = "angry"
    take: Any = SimpleNamespace(meta={"settings": made.to_json()})
    assert not use(direction_of(None, blank_scene), take)
    assert panel.direct == "calm, then sad"


def test_style_and_rest_are_keyed_by_their_menus(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    panel = blank_scene.soliloquy
    for frame, rest in ((50, "HIP"), (98, "CROSSED")):
        panel.rest = rest
        panel.keyframe_insert("rest", frame=frame)
    made = settings(speech_wav).gestures
    assert (made.rest, made.rest_track) == ("hip", ((2.0, "crossed"),))
    assert made.style_track == ()
    assert settings(speech_wav, rest="POCKETS").gestures.rest_track == ()


def test_a_marker_directs_an_act_and_a_rest(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    for name, frame in (("@nods", 74), ("@crosses her arms", 98)):
        blank_scene.timeline_markers.new(name, frame=frame)
    made = settings(speech_wav, use_markers=True)
    assert [row[:2] for row in made.acts] == [(1.0, "nod")]
    assert (made.gestures.rest, made.gestures.rest_track) == ("auto", ((2.0, "crossed"),))
