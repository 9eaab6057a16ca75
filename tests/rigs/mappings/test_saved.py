"""Mappings made by hand go before what is detected, stay with the character and serve others of the same skeleton."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from small_character import add_small_character

from soliloquy.inference.errors import BadFile
from soliloquy.rigs.mapping_store import (
    MAPPING_PROPERTY,
    fingerprint,
    forget_mapping,
    presets_folder,
    save_mapping,
    saved_mapping,
)
from soliloquy.rigs.mappings.saved import SavedMapping, read_mapping
from soliloquy.rigs.rig import find_rig


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("soliloquy.rigs.mapping_store.data_folder", lambda: tmp_path / "data")


def _renamed(name: str) -> Any:
    """Return a character whose bones and keys have names that nobody knows, and whose names those were."""
    rig = add_small_character(bpy, name)
    for number, bone in enumerate(rig.armature.data.bones):
        bone.name = f"stick {number}"
    for number, block in enumerate(rig.meshes[0].data.shape_keys.key_blocks[1:]):
        block.name = f"bump {number}"
    return rig


def _mapping(rig: Any) -> SavedMapping:
    bones = rig.armature.data.bones
    joints = dict(zip(rig.joints, (bone.name for bone in bones), strict=True))
    return SavedMapping(joints, {"mouthSmileLeft": "bump 22", "mouthPucker": "bump 3"})


def test_a_mapping_makes_a_character_of_what_nobody_knows(blank_scene: Any) -> None:
    rig = _renamed("Sticks")
    before = find_rig(rig.armature)
    assert before is None or before.skeleton in ("", "humanoid")
    save_mapping(rig.armature, _mapping(rig))
    found = find_rig(rig.armature)
    assert found.bones["left_elbow"] == rig.armature.data.bones[list(rig.joints).index("left_elbow")].name
    assert len(found.joints) == 55
    assert [(key.name, key.shows.mix) for key in found.keys] == [
        ("bump 22", (("mouthSmileLeft", 1.0),)), ("bump 3", (("mouthPucker", 1.0),)),
    ]  # fmt: skip
    assert json.loads(rig.armature[MAPPING_PROPERTY])["joints"]["pelvis"] == "stick 0"


def test_it_serves_others_of_the_same_bones_until_it_is_forgotten(blank_scene: Any) -> None:
    first, second = _renamed("First"), _renamed("Second")
    assert fingerprint(first.armature) == fingerprint(second.armature)
    save_mapping(first.armature, _mapping(first))
    assert find_rig(second.armature).bones == find_rig(first.armature).bones
    other = add_small_character(bpy, "Other")
    assert saved_mapping(other.armature) is None
    assert [path.stem for path in presets_folder().iterdir()] == [fingerprint(first.armature)]
    forget_mapping(first.armature)
    assert saved_mapping(first.armature) is None
    assert saved_mapping(second.armature) is None
    assert list(presets_folder().iterdir()) == []


def test_one_key_and_one_bone_said_by_hand_leave_the_rest_as_detected(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    joints = {joint: bone for joint, bone in rig.bones.items() if joint != "left_thumb1"}
    save_mapping(rig.armature, SavedMapping(joints, {"mouthSmileLeft": "", "browInnerUp": "mouthSmileLeft"}))
    found = find_rig(rig.armature)
    assert found.skeleton == "smplx"
    assert "left_thumb1" not in found.joints
    shown = {key.name: key.shows.mix for key in found.keys}
    assert shown["mouthSmileLeft"] == (("browInnerUp", 1.0),)
    assert "browInnerUp" not in shown
    assert shown["mouthSmileRight"] == (("mouthSmileRight", 1.0),)


def test_visemes_given_by_hand_speak(blank_scene: Any) -> None:
    rig = _renamed("Sticks")
    visemes = {"aa": "bump 1", "O": "bump 2", "PP": "bump 3", "blink": "bump 4"}
    save_mapping(rig.armature, SavedMapping({}, visemes))
    found = find_rig(rig.armature)
    assert found is not None
    (drive,) = [item for item in found.drives if hasattr(item, "poses")]
    assert {pose.role: pose.parts[0][1] for pose in drive.poses} == visemes


def test_bones_that_are_gone_are_said_and_the_rest_is_animated(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    save_mapping(rig.armature, SavedMapping({**rig.bones, "left_elbow": "hook"}))
    found = find_rig(rig.armature)
    assert "left_elbow" not in found.joints
    assert len(found.joints) == 54
    assert any("'hook'" in note and "Mapping" in note for note in found.notes)


def test_a_face_without_bones_has_its_own(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    body = rig.meshes[0]
    bpy.data.objects.remove(rig.armature)
    save_mapping(body, SavedMapping({}, {"mouthSmileLeft": ""}))
    assert "mouthSmileLeft" not in find_rig(body).shape_keys


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no json", "cannot be read"),
        ("[]", "cannot be read"),
        ("{}", "no mapping of this version"),
        ('{"soliloquy_mapping": 1, "joints": []}', "does not name joints"),
        ('{"soliloquy_mapping": 1, "joints": {"tail": "Tail"}}', "'tail', which is no joint"),
        ('{"soliloquy_mapping": 1, "joints": {"head": 7}}', "no name"),
        ('{"soliloquy_mapping": 1, "joints": {"head": "a", "neck": "a"}}', "one bone to two joints"),
        ('{"soliloquy_mapping": 1, "joints": {}, "keys": {"grin": "a"}}', "'grin', which is no joint or expression"),
        ("[" * 100_000, "cannot be read"),
        ('{"a": "' + "x" * 300_000 + '"}', "longer than"),
    ],
)
def test_what_is_no_mapping_is_one_sentence_and_counts_as_none(blank_scene: Any, text: str, words: str) -> None:
    with pytest.raises(BadFile, match=words) as refused:
        read_mapping(text)
    assert refused.value.hint
    rig = add_small_character(bpy)
    rig.armature[MAPPING_PROPERTY] = text
    assert len(find_rig(rig.armature).joints) == 55


def test_it_reads_back_what_it_writes() -> None:
    mapping = SavedMapping({"head": "頭", "left_eye_smplhf": "Eye L"}, {"jawOpen": "mouth open"}, "abc")
    assert read_mapping(mapping.to_json()) == mapping
