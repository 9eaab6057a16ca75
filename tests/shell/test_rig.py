"""``soliloquy rig``: one line about a character, everything as JSON, one sentence for what cannot be used."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

pytest.importorskip("bpy")

import bpy
from small_character import add_small_character

from soliloquy.shell.cli import main


def _save(path: Path, *names: str) -> Path:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    for name in names:
        add_small_character(bpy, name)
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    return path


def _complaint(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    return said.err


def test_the_line_and_the_json_of_a_scene(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _save(tmp_path / "hero.blend", "Hero")
    capsys.readouterr()
    assert main(["rig", str(path)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "Hero: SMPL-X skeleton, 55 bones, T-pose; face: ARKit 52/52"
    assert printed[1] == "animated: lips, upper face, eyes, head, body, hands"
    assert main(["rig", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["joints"]["left_wrist"]) == ("smplx", "left_wrist")
    assert found["face"]["meshes"] == ["Hero body"]
    assert found["line"] == printed[0].removeprefix("Hero: ")


def test_several_characters_are_listed_and_one_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _save(tmp_path / "two.blend", "Hero", "Other")
    capsys.readouterr()
    assert main(["rig", str(path)]) == 2
    assert "holds 2 characters: 'Hero', 'Other'. Choose one by --object NAME." in _complaint(capsys)
    assert main(["rig", str(path), "--object", "Other body"]) == 0
    assert capsys.readouterr().out.startswith("Other: SMPL-X skeleton")


def test_a_mapping_file_makes_odd_bones_a_character(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    rig = add_small_character(bpy, "Odd")
    joints = {joint: f"stick {number}" for number, joint in enumerate(rig.joints)}
    for joint, name in joints.items():
        rig.armature.data.bones[joint].name = name
    rig.meshes[0].shape_key_clear()
    path, mapping = tmp_path / "odd.blend", tmp_path / "odd.json"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False)
    mapping.write_text(json.dumps({"soliloquy_mapping": 1, "joints": joints}))
    capsys.readouterr()
    assert main(["rig", str(path), "--mapping", str(mapping), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["joints"] == joints
    mapping.write_text('{"soliloquy_mapping": 1, "joints": {"head": "none"}}')
    assert main(["rig", str(path), "--mapping", str(mapping)]) == 2
    assert "No armature has a bone that 'odd.json' names" in _complaint(capsys)
    assert main(["rig", str(path), "--mapping", str(tmp_path / "none.json")]) == 2
    assert "There is no mapping" in _complaint(capsys)


def _glb(extension: str) -> bytes:
    content = json.dumps({"asset": {"version": "2.0"}, "extensionsUsed": [extension]}).encode()
    content += b" " * (-len(content) % 4)
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(content), len(content), 0x4E4F534A) + content


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.fbx", b"", "'a.fbx' is empty"),
        ("a.fbx", b"; FBX 7.4.0 project file\n", "in text form, which Blender does not read."),
        ("a.glb", _glb("EXT_meshopt_compression"), "compressed with EXT_meshopt_compression"),
        ("a.gltf", b'{"extensionsUsed": ["KHR_meshopt_compression"]}', "compressed with KHR_meshopt_compression"),
        ("a.vrm", _glb("KHR_materials_unlit"), "a.vrm"),
        ("a.blend", b"this is no scene", "'a.blend' cannot be opened"),
        ("a.obj", b"o cube", "is no character file. Use one of .blend, .fbx"),
        ("a.bvh", b"HIERARCHY\n", "a.bvh"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_are_one_sentence_with_the_remedy(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    # In this process, which saves seven starts of Blender.
    from soliloquy.inference.errors import SoliloquyError
    from soliloquy.rigs.open_file import character_in, open_file

    def read() -> None:
        open_file(tmp_path / name)
        character_in(tmp_path / name)

    with pytest.raises(SoliloquyError) as refused:
        read()
    assert words in str(refused.value)
    assert refused.value.hint


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rig", str(tmp_path / "none.fbx")]) == 2
    assert "There is no character file" in _complaint(capsys)


def test_meshes_that_no_bone_moves_are_one_sentence_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    rig = add_small_character(bpy, "Stiff")
    rig.armature.data.bones["jaw"].name = "chin"
    rig.meshes[0].shape_key_clear()
    for bone in rig.armature.data.bones:
        bone.use_deform = False
    path = tmp_path / "stiff.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False)
    capsys.readouterr()
    assert main(["rig", str(path)]) == 2
    said = _complaint(capsys)
    assert "None of the meshes of 'Stiff' is weighted to a bone that deforms" in said
    assert "switch Deform on for its bones" in said


def test_a_linked_character_is_one_sentence_with_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library, path = _save(tmp_path / "cast.blend", "Hero"), tmp_path / "scene.blend"
    with bpy.data.libraries.load(str(library), link=True) as (there, wanted):
        wanted.objects = there.objects
    held = bpy.data.collections.new("Cast")
    for item in wanted.objects:
        held.objects.link(item)
    empty = bpy.data.objects.new("Cast", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", held
    bpy.context.scene.collection.objects.link(empty)
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False)
    capsys.readouterr()
    assert main(["rig", str(path)]) == 2
    said = _complaint(capsys)
    assert "'Cast' shows a linked character, which cannot be keyed." in said
    assert "Object > Library Override > Make" in said


def test_an_instance_of_a_collection_of_the_file_itself_has_a_remedy_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library, path = _save(tmp_path / "cast.blend", "Hero"), tmp_path / "scene.blend"
    with bpy.data.libraries.load(str(library), link=False) as (there, wanted):
        wanted.objects = there.objects
    held = bpy.data.collections.new("Cast")
    for item in wanted.objects:
        held.objects.link(item)
    empty = bpy.data.objects.new("Cast", None)
    empty.instance_type, empty.instance_collection = "COLLECTION", held
    bpy.context.scene.collection.objects.link(empty)
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False)
    capsys.readouterr()
    assert main(["rig", str(path)]) == 2
    assert "'Cast' only shows the collection 'Cast', which is not in the scene itself." in _complaint(capsys)


def test_a_third_arm_and_a_second_armature_are_said_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    rig, other = add_small_character(bpy, "Odd"), bpy.data.objects.new("Cape", bpy.data.armatures.new("Cape"))
    bpy.context.scene.collection.objects.link(other)
    rig.meshes[0].modifiers.new("Second", "ARMATURE").object = other
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    bones = rig.armature.data.edit_bones
    first, copies = bones["left_shoulder"], {}
    for bone in (first, *first.children_recursive):
        copy = copies[bone.name] = bones.new(f"third {bone.name}")
        copy.head, copy.tail = bone.head, bone.tail
        copy.parent = copies.get(bone.parent.name, bones["spine3"])
    bpy.ops.object.mode_set(mode="OBJECT")
    path = tmp_path / "odd.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False)
    capsys.readouterr()
    assert main(["rig", str(path), "--object", "Odd"]) == 0
    said = capsys.readouterr().err
    assert "a further arm at 'third left_shoulder'; it is left alone. Another pair is picked under Mapping." in said
    assert "by 'Odd' and by 'Cape'; only 'Odd' is animated. Remove the other modifier if it is not meant." in said
