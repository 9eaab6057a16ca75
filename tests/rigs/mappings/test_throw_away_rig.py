"""A kind of rig that nobody has met is one file: the example of docs/add_a_rig.md, with characters of that kind."""

from __future__ import annotations

import json
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Matrix
from small_character import add_small_character, joint_places, small_performance
from turned_data import hang_arms, joint_heads, roll_bones, turn_data

from soliloquy.inference.skeleton import JOINT_NAMES
from soliloquy.rigs import mappings
from soliloquy.rigs.export import export_gltf
from soliloquy.rigs.reference_skeleton import LEG_LENGTH
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.sample import sample_take
from soliloquy.rigs.takes.bake import BakeOptions, bake

FRAME = 5


@pytest.fixture
def zog(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The mapping of the page, as a file beside the others."""
    text = (root / "docs" / "add_a_rig.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert example is not None
    (tmp_path / "zog.py").write_text(example[1], encoding="utf-8")
    monkeypatch.setattr(mappings, "__path__", [*mappings.__path__, str(tmp_path)])
    import importlib

    importlib.invalidate_caches()
    yield importlib.import_module("soliloquy.rigs.mappings.zog")
    del sys.modules["soliloquy.rigs.mappings.zog"]
    del mappings.zog


def _character(zog: Any) -> Any:
    """Add a character of the kind: hanging arms, rolled bones, Y up in centimetres, two meshes with face keys."""
    armature = add_small_character(bpy).armature
    body = armature.children[0]
    body.shape_key_clear()
    hang_arms(bpy, armature, zog.HANGING)
    roll_bones(bpy, armature)
    turn_data(bpy, find_rig(armature), Matrix.Rotation(-np.pi / 2, 4, "X") @ Matrix.Scale(100, 4))
    for joint, (name,) in zog.SKELETON.bones.items():
        armature.data.bones[joint].name = "Zog:" + name.replace(".", " ").title()
    for mesh, keys in ((body, ("Basis", "Grin", "Gape", "Lid Port")), (_lid(armature), ("Basis", "LID.STARBOARD"))):
        for key in keys:
            block = mesh.shape_key_add(name=key)
            block.slider_max = 10.0
            block.value = 0.0
    return armature


def _lid(armature: Any) -> Any:
    mesh = bpy.data.meshes.new("Lid")
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    lid = bpy.data.objects.new("Lid", mesh)
    bpy.context.scene.collection.objects.link(lid)
    lid.vertex_groups.new(name=armature.data.bones[0].name).add([0, 1, 2], 1.0, "REPLACE")
    lid.modifiers.new("Armature", "ARMATURE").object = armature
    return lid


def test_one_file_makes_a_new_kind_of_rig_work(zog: Any, blank_scene: Any, tmp_path: Path) -> None:
    blank_scene.render.fps = 30
    performance = small_performance(8)
    bake(performance, add_small_character(bpy), BakeOptions(tolerance=0.0))
    wanted = joint_heads(bpy, find_rig(bpy.data.objects["Small"]), FRAME)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.context.scene.render.fps = 30
    rig = find_rig(_character(zog))
    assert rig is not None
    assert (rig.kind, rig.skeleton, rig.face) == ("zog", "zog", "zog")
    assert list(rig.joints) == list(JOINT_NAMES)
    report = bake(performance, rig, BakeOptions(tolerance=0.0))
    shown = joint_heads(bpy, rig, FRAME)
    assert np.abs((shown - shown[0]) - (wanted - wanted[0])).max() < 1e-3
    # Short legs travel less far.
    rest = joint_places()[0]
    legs = float(np.linalg.norm((0.02, 0.3)) * 2 / LEG_LENGTH)
    assert np.abs((shown[0] - rest) - legs * (wanted[0] - rest)).max() < 1e-5
    body, lid = rig.armature.children[0], bpy.data.objects["Lid"]
    shown = {key.name: key.value for mesh in (body, lid) for key in mesh.data.shape_keys.key_blocks}
    assert shown["Gape"] == pytest.approx(10.0 * performance.coefficient("jawOpen")[FRAME - 1], abs=1e-4)
    smile = [performance.coefficient(f"mouthSmile{side}")[FRAME - 1] for side in ("Left", "Right")]
    assert shown["Grin"] == pytest.approx(np.mean(smile), abs=1e-5)
    assert shown["LID.STARBOARD"] == pytest.approx(1.0 - performance.coefficient("eyeBlinkRight")[FRAME - 1], abs=1e-5)
    again = sample_take(rig, report.take)
    assert np.abs(again.poses - performance.poses).max() < 1e-4
    assert np.abs(again.trans - performance.trans).max() < 1e-5
    for name in ("jawOpen", "eyeBlinkLeft", "eyeBlinkRight"):
        assert np.abs(again.coefficient(name) - performance.coefficient(name)).max() < 1e-4
    export_gltf(rig, report.take, tmp_path / "zog.glb")
    data = (tmp_path / "zog.glb").read_bytes()
    gltf = json.loads(data[20 : 20 + struct.unpack("<I", data[12:16])[0]])
    assert len(gltf["meshes"]) == 2
    assert len(gltf["animations"]) == 1


def test_without_the_file_its_body_is_found_by_structure_and_its_face_is_none(blank_scene: Any) -> None:
    from types import SimpleNamespace

    bones = {joint: (f"thing {index}",) for index, joint in enumerate(JOINT_NAMES)}
    armature = _character(SimpleNamespace(HANGING=0.8, SKELETON=SimpleNamespace(bones=bones)))
    rig = find_rig(armature)
    assert rig is None or (rig.skeleton, rig.face) == ("humanoid", "")
