"""The Mapping panel: pick bones and keys, try them, take the test back, detect again, share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw
from small_character import add_small_character, small_performance

from soliloquy.operators import mapping_fields
from soliloquy.operators.choice import forget_seen
from soliloquy.rigs.mapping_store import MAPPING_PROPERTY, presets_folder
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.take import takes_of
from soliloquy.rigs.takes.trial import trial_performance


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("soliloquy.rigs.mapping_store.data_folder", lambda: tmp_path / "data")
    mapping_fields.forget()


def _select(item: Any) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    item.select_set(True)
    bpy.context.view_layer.objects.active = item
    mapping_fields.forget()


def _fields() -> Any:
    return bpy.context.window_manager.soliloquy_mapping


def _sticks() -> Any:
    """Return an armature whose bones nobody knows by name, and that hang together in no way, with a mesh."""
    rig = add_small_character(bpy, "Sticks")
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    for bone in rig.armature.data.edit_bones:
        bone.parent = None
    bpy.ops.object.mode_set(mode="OBJECT")
    for number, bone in enumerate(rig.armature.data.bones):
        bone.name = f"stick {number}"
    rig.meshes[0].shape_key_clear()
    _select(rig.armature)
    return rig


def test_fields_show_what_is_detected_and_change_it(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    _select(rig.meshes[0])
    assert _fields().left_elbow == "left_elbow"
    assert _fields().mouthSmileLeft == "mouthSmileLeft"
    _fields().left_elbow = "left_wrist"
    assert _fields().left_elbow == "left_wrist"
    assert _fields().left_wrist == "", "a bone is one joint's"
    _fields().left_elbow = "nobody"
    assert _fields().left_elbow == "left_wrist", "no such bone"
    _fields().mouthSmileLeft = ""
    found = find_rig(rig.armature)
    assert found.bones["left_elbow"] == "left_wrist"
    assert "mouthSmileLeft" not in found.shape_keys
    assert MAPPING_PROPERTY in rig.armature
    assert len(list(presets_folder().iterdir())) == 1
    bpy.ops.soliloquy.mapping_detect()
    assert _fields().left_elbow == "left_elbow"
    assert MAPPING_PROPERTY not in rig.armature
    assert list(presets_folder().iterdir()) == []


def test_bones_that_nobody_knows_become_a_character(blank_scene: Any, client: Any, speech_wav: Path) -> None:
    sticks = _sticks()
    with pytest.raises(RuntimeError, match="Say under Mapping which bone is which"):
        bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    names = [bone.name for bone in sticks.armature.data.bones]
    for joint in ("pelvis", "spine3", "head", "left_shoulder", "left_elbow", "right_shoulder", "right_elbow"):
        setattr(_fields(), joint, names[list(sticks.joints).index(joint)])
    forget_seen()
    bpy.ops.soliloquy.animate(filepath=str(speech_wav))
    found = find_rig(sticks.armature)
    assert len(takes_of(found)) == 1
    bpy.context.scene.frame_set(15)
    turned = sticks.armature.pose.bones[found.bones["head"]].rotation_quaternion
    assert abs(turned[0]) < 0.999


def test_undo_takes_a_mapping_back_with_its_preset(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    _select(rig.armature)
    bpy.ops.ed.undo_push(message="before")
    _fields().left_elbow = ""
    assert "left_elbow" not in find_rig(rig.armature).joints
    bpy.ops.ed.undo()
    armature = bpy.data.objects["Small"]
    assert MAPPING_PROPERTY not in armature
    assert "left_elbow" in find_rig(armature).joints
    bpy.ops.ed.redo()
    assert "left_elbow" not in find_rig(bpy.data.objects["Small"]).joints


def _state(rig: Any) -> Any:
    bones = [[*bone.rotation_quaternion, *bone.location] for bone in rig.armature.pose.bones]
    keys = [block.value for block in rig.meshes[0].data.shape_keys.key_blocks]
    owners = [rig.armature, rig.meshes[0].data.shape_keys]
    tracks = [
        (track.name, track.mute)
        for owner in owners
        for track in (owner.animation_data.nla_tracks if owner.animation_data is not None else ())
    ]
    return bones, keys, tracks, [owner.animation_data is None for owner in owners], sorted(map(repr, bpy.data.actions))


@pytest.mark.parametrize("takes", [0, 2])
def test_the_test_take_moves_every_part_and_leaves_nothing(blank_scene: Any, takes: int) -> None:
    rig = add_small_character(bpy)
    for number in range(takes):
        bake(small_performance(30), rig, BakeOptions(name=f"Take {number}"))
    blank_scene.frame_set(5)
    if not takes:
        rig.armature.pose.bones["left_elbow"].rotation_quaternion = (0.9, 0.1, 0.0, 0.0)
    bpy.context.view_layer.update()
    before = _state(rig)
    end = blank_scene.frame_end
    _select(rig.armature)
    bpy.ops.soliloquy.mapping_test()
    take = takes_of(rig)[-1]
    assert (take.name, take.active, take.first_frame) == ("Test", True, 5.0)
    assert mapping_fields.has_test(rig)
    assert mapping_fields.light(rig, "left_index2") == "verified"
    assert mapping_fields.light(rig, "jawOpen") == "verified"
    bpy.ops.soliloquy.mapping_test()
    assert [item.name for item in takes_of(rig)].count("Test") == 1, "another test takes the place of the first"
    bpy.ops.soliloquy.mapping_test_end()
    assert len(takes_of(rig)) == takes
    if takes:
        assert takes_of(rig)[-1].active
    after = _state(rig)
    assert after[1:] == before[1:]
    np.testing.assert_allclose(np.array(after[0]), np.array(before[0]), atol=1e-6)
    assert blank_scene.frame_end == end
    assert mapping_fields.light(rig, "left_index2") == "verified", "what it showed is remembered"


def test_what_something_else_holds_is_red(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    held = rig.armature.pose.bones["right_elbow"].constraints.new("LIMIT_ROTATION")
    held.use_limit_y = True
    _select(rig.armature)
    bpy.ops.soliloquy.mapping_test()
    assert mapping_fields.light(rig, "right_elbow") == "failed"
    assert mapping_fields.light(rig, "left_elbow") == "verified"


def test_the_test_tries_fingers_elbows_nod_eyes_jaw_blink_and_closed_lips() -> None:
    performance = trial_performance()
    assert performance.duration == pytest.approx(4.0, abs=0.05)
    for joint in ("left_index2", "right_pinky3", "left_elbow", "head", "right_eye_smplhf", "jaw"):
        assert np.abs(performance.joint(joint)).max() > 0.2, joint
    eyes = performance.joint("left_eye_smplhf")[:, 1]
    assert eyes.max() > 0.3
    assert eyes.min() < -0.3
    shut = performance.lip_aperture < 0.15 * performance.lip_aperture.max()
    syllables = np.flatnonzero(np.diff(shut[91:].astype(int)) == 1)
    assert len(syllables) >= 3


def test_a_mapping_is_shared_as_a_file(blank_scene: Any, tmp_path: Path) -> None:
    rig = add_small_character(bpy)
    _select(rig.armature)
    _fields().left_elbow = ""
    path = tmp_path / "small mapping.json"
    bpy.ops.soliloquy.mapping_export(filepath=str(path))
    assert json.loads(path.read_text())["joints"]["head"] == "head"
    bpy.ops.soliloquy.mapping_detect()
    assert _fields().left_elbow == "left_elbow"
    bpy.ops.soliloquy.mapping_import(filepath=str(path))
    assert _fields().left_elbow == ""
    sticks = _sticks()
    with pytest.raises(RuntimeError, match=r"None of the bones of the mapping is in 'Sticks'"):
        bpy.ops.soliloquy.mapping_import(filepath=str(path))
    path.write_text("[1]")
    with pytest.raises(RuntimeError, match="cannot be read"):
        bpy.ops.soliloquy.mapping_import(filepath=str(path))
    assert MAPPING_PROPERTY not in sticks.armature


@pytest.mark.parametrize("part", ["BODY", "HANDS", "HEAD", "EYES", "LIPS", "EXPRESSIONS", "VISEMES"])
def test_the_panel_lists_every_part(blank_scene: Any, part: str) -> None:
    rig = add_small_character(bpy)
    _select(rig.armature)
    _fields().part = part
    drawn = draw("SOLILOQUY_PT_mapping")
    assert drawn is not None
    listed = {"BODY": 20, "HANDS": 30, "HEAD": 2, "EYES": 2, "LIPS": 1, "EXPRESSIONS": 52, "VISEMES": 24}[part]
    assert len(drawn.properties) == listed + 1
    assert "soliloquy.mapping_test" in drawn.operators
    assert "soliloquy.mapping_detect" not in drawn.operators
    rig.armature[MAPPING_PROPERTY] = '{"soliloquy_mapping": 1, "joints": {"head": "head"}}'
    mapping_fields.forget()
    drawn = draw("SOLILOQUY_PT_mapping")
    assert drawn is not None
    assert "soliloquy.mapping_detect" in drawn.operators
