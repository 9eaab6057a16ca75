"""Every format of the list holds the take: presets of FBX, USD, Alembic, VRM, motion alone."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import SmallRig, add_small_character, small_performance

from soliloquy.inference.errors import BadRig, NotSaved
from soliloquy.inference.glb import read_glb
from soliloquy.inference.motion_files.register import writable
from soliloquy.rigs.export_formats import FORMATS
from soliloquy.rigs.export_take import export_take
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.take import Take

FPS, FRAMES = 30, 8


@pytest.fixture
def rig(blank_scene: Any) -> SmallRig:
    blank_scene.render.fps = FPS
    return add_small_character(bpy)


def _take(rig: SmallRig) -> Take:
    return bake(small_performance(FRAMES), find_rig(rig.armature), BakeOptions(first_frame=1, tolerance=0.0)).take


def _contents() -> dict[str, int]:
    kinds = ("objects", "meshes", "armatures", "actions", "scenes", "collections", "materials", "cache_files", "images")
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "VRM"])
def test_every_format_is_written_and_leaves_the_scene_alone(rig: SmallRig, tmp_path: Path, name: str) -> None:
    take, found = _take(rig), find_rig(rig.armature)
    before, scene = _contents(), bpy.context.scene
    report = export_take(found, take, tmp_path / "a", name)
    assert [path.name for path in tmp_path.iterdir()] == [f"a{FORMATS[name].suffix}"]
    assert report.seconds == pytest.approx((FRAMES - 1) / FPS, abs=1e-3)
    assert _contents() == before
    assert bpy.context.scene is scene


def test_every_format_of_motion_has_its_line() -> None:
    assert {item.motion for item in FORMATS.values() if item.motion} == {item.name for item in writable()}


def test_formats_and_presets_that_are_none_are_said(rig: SmallRig, tmp_path: Path) -> None:
    take, found = _take(rig), find_rig(rig.armature)
    with pytest.raises(NotSaved, match="no format 'WMF'"):
        export_take(found, take, tmp_path / "a", "WMF")
    with pytest.raises(NotSaved, match="no preset 'lightwave'"):
        export_take(found, take, tmp_path / "a", "FBX", "lightwave")


def _again(path: Path) -> tuple[Any, Any]:
    """Import a file into an empty scene; returns armature and mesh."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.context.scene.render.fps = FPS
    if path.suffix == ".fbx":
        bpy.ops.import_scene.fbx(filepath=str(path), anim_offset=0.0)
    else:
        bpy.ops.wm.usd_import(filepath=str(path))
    kinds = {item.type: item for item in bpy.context.scene.objects}
    return kinds["ARMATURE"], kinds["MESH"]


def _shown(armature: Any, mesh: Any, frame: int) -> tuple[np.ndarray, np.ndarray]:
    """Return heads of all bones in the world, by name, and the values of the keys, by name."""
    bpy.context.scene.frame_set(frame)
    heads = {bone.name: np.array(armature.matrix_world @ bone.head) for bone in armature.pose.bones}
    keys = {block.name: block.value for block in mesh.data.shape_keys.key_blocks[1:]}
    return np.array([heads[name] for name in sorted(heads)]), np.array([keys[name] for name in sorted(keys)])


@pytest.mark.parametrize("file", ["unity.fbx", "unreal.fbx", "maya.fbx", "a.usdc"])
def test_bones_and_keys_come_back_where_they_were(rig: SmallRig, tmp_path: Path, file: str) -> None:
    take, found = _take(rig), find_rig(rig.armature)
    wanted = {frame: _shown(rig.armature, rig.meshes[0], frame) for frame in (1, 4, 8)}
    kind = "FBX" if file.endswith("fbx") else "USD"
    export_take(found, take, tmp_path / file, kind, file.partition(".")[0] if kind == "FBX" else "standard")
    armature, mesh = _again(tmp_path / file)
    for frame, (heads, keys) in wanted.items():
        back = _shown(armature, mesh, frame)
        assert np.abs(back[0] - heads).max() < 2e-3
        assert np.abs(back[1] - keys).max() < 0.01
    assert np.abs(wanted[1][1] - wanted[8][1]).max() > 0.05


def test_alembic_holds_every_vertex_of_every_frame(rig: SmallRig, tmp_path: Path) -> None:
    take, found = _take(rig), find_rig(rig.armature)

    def points(mesh: Any, frame: int) -> np.ndarray:
        bpy.context.scene.frame_set(frame)
        shown = mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
        return np.array([shown.matrix_world @ vertex.co for vertex in shown.data.vertices])

    wanted = {frame: points(rig.meshes[0], frame) for frame in (1, 8)}
    export_take(found, take, tmp_path / "a.abc", "ALEMBIC")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.context.scene.render.fps = FPS
    bpy.ops.wm.alembic_import(filepath=str(tmp_path / "a.abc"), as_background_job=False)
    mesh = next(item for item in bpy.context.scene.objects if item.type == "MESH")
    for frame, vertices in wanted.items():
        assert np.abs(points(mesh, frame) - vertices).max() < 1e-3


def test_a_control_rig_goes_out_as_its_deforming_bones(rig: SmallRig, tmp_path: Path) -> None:
    """Deforming bones copied from controls: only the copies are in the file, and move as the controls do."""
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    edit = rig.armature.data.edit_bones
    names = [bone.name for bone in edit]
    for name in names:
        copy = edit.new(f"DEF-{name}")
        copy.head, copy.tail, copy.roll = edit[name].head, edit[name].tail, edit[name].roll
        copy.use_deform, edit[name].use_deform = True, False
    bpy.ops.object.mode_set(mode="OBJECT")
    for name in names:
        hold = rig.armature.pose.bones[f"DEF-{name}"].constraints.new("COPY_TRANSFORMS")
        hold.target, hold.subtarget = rig.armature, name
    for group in rig.meshes[0].vertex_groups:
        group.name = f"DEF-{group.name}"
    take, found = _take(rig), find_rig(rig.armature)
    bpy.context.scene.frame_set(8)
    wanted = {f"DEF-{name}": np.array(rig.armature.pose.bones[name].matrix.to_3x3()) for name in names}
    export_take(found, take, tmp_path / "a.fbx", "FBX", "unity")
    armature, _ = _again(tmp_path / "a.fbx")
    assert {bone.name for bone in armature.data.bones} == set(wanted)
    bpy.context.scene.frame_set(8)
    world = np.array(armature.matrix_world.to_3x3().normalized())
    for name, turn in wanted.items():
        assert world @ np.array(armature.pose.bones[name].matrix.to_3x3().normalized())[:, 1] == pytest.approx(
            turn[:, 1], abs=0.01
        ), name


def test_what_masks_hide_is_not_in_the_file(rig: SmallRig, tmp_path: Path) -> None:
    take, found = _take(rig), find_rig(rig.armature)
    count, name = len(rig.meshes[0].data.vertices), rig.meshes[0].data.name
    rig.meshes[0].vertex_groups.new(name="under clothes").add([0, 1], 1.0, "REPLACE")
    mask = rig.meshes[0].modifiers.new("Hide", "MASK")
    mask.vertex_group, mask.invert_vertex_group = "under clothes", True
    report = export_take(found, take, tmp_path / "a.fbx", "FBX")
    assert report.warnings == ()
    assert (len(rig.meshes[0].data.vertices), rig.meshes[0].data.name) == (count, name)
    _, mesh = _again(tmp_path / "a.fbx")
    assert len(mesh.data.vertices) < count
    bpy.context.scene.frame_set(1)
    first = [block.value for block in mesh.data.shape_keys.key_blocks]
    bpy.context.scene.frame_set(8)
    assert first != [block.value for block in mesh.data.shape_keys.key_blocks]


def test_without_the_bones_of_an_avatar_no_vrm_is_written(rig: SmallRig, tmp_path: Path) -> None:
    take, found = _take(rig), find_rig(rig.armature)
    found = dataclasses.replace(found, joints={name: j for name, j in found.joints.items() if name != "left_wrist"})
    with pytest.raises(BadRig, match="no bone for 'leftHand'"):
        export_take(found, take, tmp_path / "a.vrm", "VRM")
    assert not list(tmp_path.iterdir())


def test_an_avatar_has_humanoid_bones_and_expressions(blank_scene: Any, tmp_path: Path) -> None:
    from soliloquy.rigs.character.default_character import add_character

    rig = add_character(bpy.context)
    take = bake(small_performance(3), rig, BakeOptions(first_frame=1)).take
    bpy.context.scene.frame_set(2)
    export_take(rig, take, tmp_path / "a.vrm", "VRM")
    data, _ = read_glb(tmp_path / "a.vrm")
    said, nodes = data["extensions"]["VRMC_vrm"], data["nodes"]
    bones = {name: nodes[item["node"]]["name"] for name, item in said["humanoid"]["humanBones"].items()}
    assert len(bones) == 54 or len(bones) == 55
    assert (bones["hips"], bones["leftUpperArm"], bones["rightThumbMetacarpal"]) == (
        "pelvis",
        "left_shoulder",
        "right_thumb1",
    )
    assert "animations" not in data
    blink = said["expressions"]["preset"]["blink"]["morphTargetBinds"]
    names = data["meshes"][nodes[blink[0]["node"]]["mesh"]]["extras"]["targetNames"]
    assert {names[bind["index"]] for bind in blink} == {"eyeBlinkLeft", "eyeBlinkRight"}
    assert {"aa", "ih", "ou", "ee", "oh", "happy", "sad", "lookLeft"} <= set(said["expressions"]["preset"])
    assert "mouthPucker" in said["expressions"]["custom"]
    assert not any(any(node.get("weights", ())) for node in (*nodes, *data["meshes"]))
    assert json.dumps(said["meta"])


def test_an_avatar_that_faces_back_is_turned(blank_scene: Any, tmp_path: Path) -> None:
    from soliloquy.rigs.character.default_character import add_character

    rig = add_character(bpy.context)
    rig.armature.rotation_euler.z = np.pi / 2
    bpy.context.view_layer.update()
    take = bake(small_performance(3), rig, BakeOptions(first_frame=1)).take
    export_take(rig, take, tmp_path / "a.vrm", "VRM")
    data, _ = read_glb(tmp_path / "a.vrm")
    root = data["nodes"][data["scenes"][0]["nodes"][0]]
    turns = [root["rotation"], data["nodes"][root["children"][0]]["rotation"]]
    assert root["name"] == "Facing"
    assert turns[0][1] == pytest.approx(-turns[1][1], abs=1e-4)
