"""A VRM file opens with its humanoid bones, names of keys and expressions, and keeps them when the scene is saved."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from spoken_lips import spoken_lips

from soliloquy.inference.arkit import ARKIT_INDEX
from soliloquy.inference.errors import BadFile
from soliloquy.inference.glb import write_glb
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.vrm.opening import import_vrm
from soliloquy.rigs.vrm.properties import EXPRESSIONS_PROPERTY, HUMANOID_PROPERTY, expressions_of, humanoid_of


def _write(path: Path, extensions: dict[str, Any], keys: list[str]) -> None:
    """Write a skinned triangle with keys as binary glTF, two bones called alike."""
    points = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0]], np.float32)
    joints, weights = np.zeros((3, 4), np.uint8), np.tile(np.array([1, 0, 0, 0], np.float32), (3, 1))
    moved = np.full((3, 3), 0.01, np.float32)
    inverse = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
    parts = [points.tobytes(), joints.tobytes(), weights.tobytes(), moved.tobytes(), inverse.tobytes()]
    views, offset = [], 0
    for part in parts:
        views.append({"buffer": 0, "byteOffset": offset, "byteLength": len(part)})
        offset += len(part)

    def accessor(view: int, kind: str, component: int, count: int) -> dict[str, Any]:
        found: dict[str, Any] = {"bufferView": view, "componentType": component, "count": count, "type": kind}
        return {**found, "min": [0, 0, 0], "max": [0.1, 0.1, 0.1]} if kind == "VEC3" else found

    data = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0, 2]}],
        "nodes": [
            {"name": "bone", "children": [1], "translation": [0, 1, 0]}, {"name": "bone", "translation": [0, 0.5, 0]},
            {"name": "Face", "mesh": 0, "skin": 0},
        ],
        "skins": [{"joints": [0, 1], "inverseBindMatrices": 4}],
        "meshes": [{"name": "Face", "primitives": [{
            "attributes": {"POSITION": 0, "JOINTS_0": 1, "WEIGHTS_0": 2}, "targets": [{"POSITION": 3}] * len(keys),
            "extras": {"targetNames": keys},
        }]}],
        "accessors": [
            accessor(0, "VEC3", 5126, 3), accessor(1, "VEC4", 5121, 3), accessor(2, "VEC4", 5126, 3),
            accessor(3, "VEC3", 5126, 3), accessor(4, "MAT4", 5126, 2),
        ],
        "bufferViews": views, "buffers": [{"byteLength": offset}],
        "extensionsUsed": list(extensions), "extensionsRequired": list(extensions), "extensions": extensions,
    }  # fmt: skip
    content = b"".join(parts)
    content += b"\0" * (-len(content) % 4)
    write_glb(path, json.dumps(data).encode(), struct.pack("<II", len(content), 0x004E4942) + content)


VRM_1 = {
    "specVersion": "1.0",
    "humanoid": {"humanBones": {"hips": {"node": 0}, "head": {"node": 1}}},
    "expressions": {
        "preset": {
            "aa": {"morphTargetBinds": [{"node": 2, "index": 0, "weight": 1.0}]},
            "blink": {"morphTargetBinds": [{"node": 2, "index": n, "weight": 1.0} for n in (1, 2)]},
            "happy": {
                "morphTargetBinds": [{"node": 2, "index": 1, "weight": 0.7}, {"node": 2, "index": 3, "weight": 1.0}],
                "overrideMouth": "block",
            },
            **{n: {"morphTargetBinds": [{"node": 2, "index": 0, "weight": w}]} for n, w in (("ih", 0.4), ("oh", 0.6))},
        },
    },
}


def test_a_file_opens_with_what_gltf_leaves_out(blank_scene: Any, tmp_path: Path) -> None:
    _write(tmp_path / "hero.vrm", {"VRMC_vrm": VRM_1}, ["open", "shut", "shut", "grin"])
    made = import_vrm(tmp_path / "hero.vrm")
    armature = next(obj for obj in made if obj.type == "ARMATURE")
    mesh = next(obj for obj in made if obj.type == "MESH" and obj.data.shape_keys is not None)
    bones = humanoid_of(armature)
    assert set(bones) == {"hips", "head"}
    assert armature.data.bones[bones["head"]].parent.name == bones["hips"]
    names = mesh.data.shape_keys.key_blocks.keys()[1:]
    assert names[0] == "open"
    assert len(set(names)) == 4
    found = {item.preset: [(part[1], part[2]) for part in parts] for item, parts in expressions_of(armature, [mesh])[0]}
    assert [weight for _, weight in found["blink"]] == [1.0, 1.0]
    assert found["happy"] == [("shut", pytest.approx(0.7)), ("grin", 1.0)]
    assert {HUMANOID_PROPERTY, EXPRESSIONS_PROPERTY} <= set(armature.keys())
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    again = next(obj for obj in bpy.data.objects if obj.type == "ARMATURE")
    again.children[0].name = "Renamed"
    assert humanoid_of(again) == bones
    assert {item.preset: len(parts) for item, parts in expressions_of(again, list(again.children))[0]}["happy"] == 2


def _happy_values(
    tmp_path: Path, scene: Any, rule: str, blink: str = "none", more: Any = ()
) -> dict[str, tuple[float, float]]:
    """Bake a smile over speech that ends after 1.5 s; returns the values of two keys in speech, a pause, a blink."""
    preset = dict(VRM_1["expressions"]["preset"])
    preset["happy"] = {**preset["happy"], "overrideMouth": rule, "overrideBlink": blink, **dict(more)}
    _write(
        tmp_path / "hero.vrm",
        {"VRMC_vrm": {**VRM_1, "expressions": {"preset": preset}}},
        ["open", "shut", "shut", "grin"],
    )
    armature = next(obj for obj in import_vrm(tmp_path / "hero.vrm") if obj.type == "ARMATURE")
    scene.render.fps = 30
    rig, performance = find_rig(armature), spoken_lips(150)
    assert rig is not None
    performance.arkit[45:, [ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthPucker"]]] = 0.0
    performance.joint("jaw")[45:] = 0.0
    for side in ("Left", "Right"):
        performance.coefficient(f"mouthSmile{side}")[:] = 0.9
        performance.coefficient(f"eyeBlink{side}")[:] = 0.0
        performance.coefficient(f"eyeBlink{side}")[120:124] = 1.0
    bake(performance, rig, BakeOptions(tolerance=0.0))
    keys, found = rig.meshes[0].data.shape_keys.key_blocks, {}
    for name, frame in (("speech", 22), ("pause", 100), ("blink", 123)):
        scene.frame_set(frame)
        found[name] = keys["shut"].value, keys["grin"].value
    return found


@pytest.mark.parametrize(("rule", "share"), [("none", 1.0), ("blend", 0.5), ("block", 0.0)])
def test_an_expression_that_hides_the_mouth_waits_for_the_pause(
    blank_scene: Any, tmp_path: Path, rule: str, share: float
) -> None:
    found = _happy_values(tmp_path, blank_scene, rule)
    assert found["speech"] == pytest.approx((0.7 * share, share), abs=0.02)
    assert found["pause"] == pytest.approx((0.7, 1.0), abs=0.02)
    assert found["blink"] == pytest.approx((1.0, 1.0), abs=0.02), "what shares a key is summed up to its end"


@pytest.mark.parametrize("rule", ["block", "blend"])
def test_an_expression_that_hides_the_lids_does_not_blink(blank_scene: Any, tmp_path: Path, rule: str) -> None:
    assert _happy_values(tmp_path, blank_scene, "none", rule)["blink"] == pytest.approx((0.7, 1.0), abs=0.02)


@pytest.mark.parametrize("binary", [True, False])
def test_a_binary_expression_is_there_whole_or_not_at_all(blank_scene: Any, tmp_path: Path, binary: bool) -> None:
    happy = {"isBinary": True} if binary else {}
    values = _happy_values(tmp_path, blank_scene, "blend", more=happy)
    assert values["pause"][1] > 0.9
    assert (values["speech"][1] < 0.01 or values["speech"][1] > 0.99) == binary


def test_what_is_no_vrm_file_is_refused_and_nothing_is_added(blank_scene: Any, tmp_path: Path) -> None:
    _write(tmp_path / "plain.vrm", {}, ["open"])
    with pytest.raises(BadFile, match="nothing about a VRM"):
        import_vrm(tmp_path / "plain.vrm")
    assert not bpy.data.objects


def test_a_file_of_others_opens(blank_scene: Any, rig_files: Path) -> None:
    made = import_vrm(rig_files / "vrm0_godette.vrm")
    armature = next(obj for obj in made if obj.type == "ARMATURE")
    assert len(humanoid_of(armature)) == 45
    meshes = [obj for obj in made if obj.type == "MESH"]
    found = {item.preset: parts for item, parts in expressions_of(armature, meshes)[0]}
    assert [part[1:] for part in found["happy"]] == [("oh", 0.5), ("look_up", 0.25)]
