"""What a VRM file says is read in both versions, and damaged files are refused in words."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from soliloquy.inference.errors import BadFile
from soliloquy.inference.glb import read_glb, write_glb
from soliloquy.rigs.vrm.file import name_apart, read_vrm

MESHES = [{"name": "Face", "primitives": [{"targets": [{}, {}, {}], "extras": {"targetNames": ["ah", "ah", "shut"]}}]}]
NODES = [{"name": "hips"}, {"name": "arm"}, {"name": "arm"}, {"name": "Face", "mesh": 0}]


def _file(extension: str, said: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps({"nodes": NODES, "meshes": MESHES, "extensions": {extension: said}}))


def test_version_0_is_read_with_shares_of_mixed_expressions() -> None:
    data = _file("VRM", {
        "humanoid": {"humanBones": [{"bone": "hips", "node": 0}, {"bone": "leftThumbProximal", "node": 2}]},
        "blendShapeMaster": {"blendShapeGroups": [
            {"name": "Joy", "presetName": "joy", "binds": [
                {"mesh": 0, "index": 0, "weight": 50}, {"mesh": 0, "index": 2, "weight": 100}, {"mesh": 7, "index": 0},
                {"mesh": 0, "index": 9, "weight": 100}, {"mesh": 0, "index": 1, "weight": "much"},
            ]},
        ]},
        "firstPerson": {"lookAtTypeName": "BlendShape"},
    })  # fmt: skip
    name_apart(data)
    vrm = read_vrm(data, "x.vrm")
    assert vrm.version == "0"
    assert set(vrm.bones) == {"hips", "leftThumbMetacarpal"}
    assert vrm.bones["leftThumbMetacarpal"] != data["nodes"][1]["name"]
    (joy,) = vrm.expressions
    names = data["meshes"][0]["extras"]["targetNames"]
    assert len(set(names)) == 3
    assert joy.preset == "happy"
    assert [(bind.mesh, bind.key, bind.weight) for bind in joy.binds] == [
        (0, "ah", 0.5), (0, "shut", 1.0), (0, names[1], 1.0)
    ]  # fmt: skip
    assert vrm.gaze.by_keys


def test_version_1_is_read_with_overrides_and_custom_expressions() -> None:
    data = _file("VRMC_vrm", {
        "humanoid": {"humanBones": {"hips": {"node": 0}, "leftThumbProximal": {"node": 2}, "head": {"node": 99}}},
        "expressions": {
            "preset": {"happy": {
                "morphTargetBinds": [{"node": 3, "index": 2, "weight": 0.4}], "overrideMouth": "block",
                "overrideBlink": "sideways", "materialColorBinds": [{}],
            }},
            "custom": {"Smug": {"morphTargetBinds": [{"node": 3, "index": 0, "weight": 1.0}, {"node": 0, "index": 0}]}},
        },
        "lookAt": {"type": "bone"},
    })  # fmt: skip
    data["extensionsRequired"] = ["VRMC_vrm"]
    name_apart(data)
    vrm = read_vrm(data, "x.vrm")
    assert "extensionsRequired" not in data
    assert set(vrm.bones) == {"hips", "leftThumbProximal"}
    happy, smug = vrm.expressions
    assert (happy.preset, happy.mouth, happy.blink, happy.materials) == ("happy", "block", "none", True)
    assert (smug.name, smug.preset, len(smug.binds)) == ("Smug", "", 1)
    assert not vrm.gaze.by_keys


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "ends early"),
        (b"glTF\x01\0\0\0\0\0\0\0", "binary glTF"),
        (b"solid cube and some more text", "binary glTF"),
        (struct.pack("<4sIIII", b"glTF", 2, 99, 1 << 30, 0x4E4F534A), "description"),
        (struct.pack("<4sIIII", b"glTF", 2, 99, 40, 0x4E4F534A) + b"{}", "ends early"),
        (struct.pack("<4sIIII", b"glTF", 2, 99, 4, 0x4E4F534A) + b"[[[[", "damaged"),
    ],
)
def test_damaged_files_are_refused_in_words(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "hero.vrm"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=word) as error:
        read_glb(path)
    assert "hero.vrm" in error.value.message


def test_a_file_without_vrm_is_refused_and_a_written_one_is_read_again(tmp_path: Path) -> None:
    write_glb(tmp_path / "plain.glb", b'{"asset": {}}', b"rest")
    data, rest = read_glb(tmp_path / "plain.glb")
    assert (data, rest) == ({"asset": {}}, b"rest")
    with pytest.raises(BadFile, match="nothing about a VRM"):
        read_vrm(data, "plain.glb")


@pytest.mark.parametrize("wrong", [None, 3, "x", [], [None], {"a": None}, [[1]]])
def test_malformed_parts_are_left_out(wrong: Any) -> None:
    for extension, said in (
        ("VRM", {"humanoid": wrong, "blendShapeMaster": {"blendShapeGroups": wrong}, "firstPerson": wrong}),
        ("VRM", {"humanoid": {"humanBones": wrong}, "blendShapeMaster": {"blendShapeGroups": [{"binds": wrong}]}}),
        ("VRMC_vrm", {"humanoid": wrong, "expressions": wrong, "lookAt": wrong}),
        ("VRMC_vrm", {"humanoid": {"humanBones": wrong}, "expressions": {"preset": wrong, "custom": {"a": wrong}}}),
    ):
        data = {"nodes": wrong, "meshes": [{"primitives": wrong, "extras": wrong}], "extensions": {extension: said}}
        name_apart(data)
        assert read_vrm(data, "x.vrm").bones == {}
