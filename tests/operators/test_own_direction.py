"""A direction of a character's own: of two in one scene each goes by its own, by the scene's where it has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy

from soliloquy.inference.settings import AnimateSettings
from soliloquy.operators import request
from soliloquy.operators.emotion_properties import OWN, direction_of, own_direction
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.property_curves import property_curves


@pytest.fixture
def pair(blank_scene: Any, client: Any) -> tuple[Any, Any]:
    """Two characters; the first one is chosen."""
    blank_scene.render.fps = 24
    found = []
    for _ in range(2):
        bpy.ops.soliloquy.add_character()
        found.append(bpy.context.object)
    choose(found[0])
    return found[0], found[1]


def choose(item: Any) -> None:
    for other in bpy.context.selected_objects:
        other.select_set(False)
    item.select_set(True)
    bpy.context.view_layer.objects.active = item
    bpy.context.scene.soliloquy.character = item


def ordered(item: Any, speech: Path, **given: Any) -> AnimateSettings:
    order = request.build(bpy.context, {"filepath": str(speech), "first_frame": 1.0, "character": item.name, **given})
    return order.order.settings


def test_each_of_two_characters_keeps_its_own_direction(pair: tuple[Any, Any], speech_wav: Path) -> None:
    one, other = pair
    scene = bpy.context.scene
    scene.soliloquy.direct = "sad"
    assert [ordered(item, speech_wav).direct for item in pair] == ["sad", "sad"], "the scene's, where they have none"
    assert bpy.ops.soliloquy.own_direction() == {"FINISHED"}
    assert one.data.soliloquy_direction.direct == "sad", "it begins with what the scene says"
    one.data.soliloquy_direction.direct = "happy, nods at 1 s"
    one.data.soliloquy_direction.style = "FORMAL"
    one.data.soliloquy_direction.emotion = "ANGRY"
    made = ordered(one, speech_wav)
    assert (made.direct, made.gestures.style, made.emotion) == ("happy, nods at 1 s", "formal", "angry")
    made = ordered(other, speech_wav)
    assert (made.direct, made.gestures.style, made.emotion) == ("sad", "explaining", "neutral")
    assert ordered(one, speech_wav, direct="calm").direct == "calm", "what a script says goes before"


def test_keys_are_copied_as_they_are_and_then_go_their_own_way(pair: tuple[Any, Any], speech_wav: Path) -> None:
    one, other = pair
    panel = bpy.context.scene.soliloquy
    for frame, value in ((1, 0.2), (49, 1.4)):
        panel.energy = value
        panel.keyframe_insert("energy", frame=frame)
    panel.style = "FORMAL"
    panel.keyframe_insert("style", frame=1)
    panel.style = "AGITATED"
    panel.keyframe_insert("style", frame=25)
    for curve in property_curves(bpy.context.scene, ["soliloquy.energy"]).values():
        for key in curve.keyframe_points:
            key.interpolation = "LINEAR"
    bpy.ops.soliloquy.own_direction()
    assert ordered(one, speech_wav).direction_track == ordered(other, speech_wav).direction_track
    made = ordered(one, speech_wav).gestures
    assert (made.style, made.style_track) == ("formal", ((1.0, "agitated"),))
    path = "soliloquy_direction.energy"
    property_curves(one.data, [path])[path].keyframe_points[1].co[1] = 0.4
    assert max(value for _, _, value in ordered(one, speech_wav).direction_track) < 0.5
    assert max(value for _, _, value in ordered(other, speech_wav).direction_track) > 1.3
    action = one.animation_data and one.animation_data.action
    assert action is None or not action.name.startswith("Soliloquy Emotion"), "the takes' action holds none of it"


def test_pressed_again_the_scene_counts_and_its_own_waits(pair: tuple[Any, Any], speech_wav: Path) -> None:
    one, _ = pair
    bpy.context.scene.soliloquy.direct = "sad"
    bpy.ops.soliloquy.own_direction()
    one.data.soliloquy_direction.direct = "happy"
    bpy.ops.soliloquy.own_direction()
    assert ordered(one, speech_wav).direct == "sad"
    bpy.ops.soliloquy.own_direction()
    assert ordered(one, speech_wav).direct == "happy"


def test_it_is_copied_and_saved_with_the_character(pair: tuple[Any, Any], tmp_path: Path, speech_wav: Path) -> None:
    one, _ = pair
    name = one.name
    bpy.ops.soliloquy.own_direction()
    one.data.soliloquy_direction.direct = "happy"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "own.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "own.blend"))
    item = bpy.data.objects[name]
    rig = find_rig(item)
    assert rig is not None
    assert direction_of(rig, bpy.context.scene).value("direct") == "happy"


def test_presets_and_keys_from_text_go_to_the_characters_own(pair: tuple[Any, Any], speech_wav: Path) -> None:
    pytest.importorskip("aud", reason="This Blender was built without sound.")
    one, _ = pair
    scene = bpy.context.scene
    bpy.ops.soliloquy.own_direction()
    bpy.ops.soliloquy.preset(preset="SALESMAN")
    assert own_direction(find_rig(one)).style == "ENTHUSIASTIC"
    assert scene.soliloquy.style == "EXPLAINING"
    scene.soliloquy.source, scene.soliloquy.filepath = "FILE", str(speech_wav)
    assert all(hasattr(one.data.soliloquy_direction, item) and hasattr(scene.soliloquy, item) for item in OWN)


def test_others_are_directed_as_one_at_one_press_and_keep_their_own_way_then(
    pair: tuple[Any, Any], speech_wav: Path
) -> None:
    one, other = pair
    assert not bpy.ops.soliloquy.copy_direction.poll(), "the scene directs both"
    assert bpy.ops.soliloquy.own_direction() == {"FINISHED"}
    own = one.data.soliloquy_direction
    own.direct, own.style = "happy, nods at 1 s", "FORMAL"
    for frame, value in ((1, 0.2), (49, 1.4), (60, 0.5)):
        own.energy = value
        own.keyframe_insert("energy", frame=frame)
    choose(other)
    assert bpy.ops.soliloquy.own_direction() == {"FINISHED"}
    other.data.soliloquy_direction.keyframe_insert("energy", frame=5)
    other.data.soliloquy_direction.keyframe_insert("lean", frame=5)
    choose(one)
    assert bpy.ops.soliloquy.copy_direction() == {"FINISHED"}
    bpy.context.scene.frame_set(20)
    made, wanted = ordered(other, speech_wav), ordered(one, speech_wav)
    assert (made.direct, made.gestures) == (wanted.direct, wanted.gestures)
    assert made.direction_track == wanted.direction_track
    own.direct = "sad"
    assert ordered(other, speech_wav).direct == "happy, nods at 1 s"


def test_only_the_selected_get_a_copied_direction(pair: tuple[Any, Any]) -> None:
    one, other = pair
    bpy.ops.soliloquy.add_character()
    third = bpy.context.object
    choose(one)
    bpy.ops.soliloquy.own_direction()
    third.select_set(True)
    assert bpy.ops.soliloquy.copy_direction() == {"FINISHED"}
    assert (other.data.soliloquy_direction.used, third.data.soliloquy_direction.used) == (False, True)


def test_a_linked_duplicate_shares_the_direction_already(pair: tuple[Any, Any]) -> None:
    one, other = pair
    bpy.ops.soliloquy.own_direction()
    other.data = one.data
    with pytest.raises(RuntimeError, match="no other character"):
        bpy.ops.soliloquy.copy_direction()
