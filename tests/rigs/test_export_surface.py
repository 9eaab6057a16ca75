"""Exports carry the character's surface: pictures, base colours, roughness and normals, in files of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import small_performance

from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.export import export_fbx, export_gltf
from soliloquy.rigs.export_take import export_take
from soliloquy.rigs.takes.bake import BakeOptions, bake

PAINTED = {"Face skin", "Skin", "Eye", "Iris", "Pupil", "Teeth", "Mouth"}
SKIN = {"Face skin", "Skin"}


def _exported(scene: Any, write: Any, path: Path) -> Path:
    scene.render.fps = 30
    rig = add_character(bpy.context)
    return write(rig, bake(small_performance(4), rig, BakeOptions(first_frame=1, tolerance=0.0)).take, path).path


def _imported_pictures() -> dict[str, set[str]]:
    """Return per material the names of its pictures that could be loaded."""
    return {
        material.name.removeprefix("Soliloquy "): {
            node.image.name
            for node in (material.node_tree.nodes if material.node_tree else ())
            if node.type == "TEX_IMAGE" and min(node.image.size) > 0
        }
        for material in bpy.data.materials
    }


def test_gltf_holds_pictures_and_how_materials_use_them(blank_scene: Any, tmp_path: Path) -> None:
    pygltflib = pytest.importorskip("pygltflib")
    path = _exported(blank_scene, export_gltf, tmp_path / "a.glb")
    file = pygltflib.GLTF2().load(str(path))
    assert len(file.images) >= 8
    sizes = [file.bufferViews[image.bufferView].byteLength for image in file.images]
    assert min(sizes) > 300  # the even rubber of the soles has 383
    by_name = {material.name.removeprefix("Soliloquy "): material for material in file.materials}
    assert by_name.keys() >= PAINTED
    for name in PAINTED:
        assert by_name[name].pbrMetallicRoughness.baseColorTexture is not None, name
    for name in SKIN:
        assert by_name[name].normalTexture is not None
        assert by_name[name].pbrMetallicRoughness.metallicRoughnessTexture is not None
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.import_scene.gltf(filepath=str(path))
    found = _imported_pictures()
    assert all(found[name] for name in PAINTED)
    assert all(len(found[name]) >= 3 for name in SKIN)


def test_vrm_holds_pictures(blank_scene: Any, tmp_path: Path) -> None:
    pygltflib = pytest.importorskip("pygltflib")
    path = _exported(blank_scene, lambda rig, take, path: export_take(rig, take, path, "VRM"), tmp_path / "a.vrm")
    file = pygltflib.GLTF2().load_binary(str(path))
    assert len(file.images) >= 8


def test_fbx_holds_pictures_and_how_materials_use_them(blank_scene: Any, tmp_path: Path) -> None:
    ufbx = pytest.importorskip("ufbx")
    path = _exported(blank_scene, export_fbx, tmp_path / "a.fbx")
    assert [item.name for item in tmp_path.iterdir()] == ["a.fbx"]
    scene = ufbx.load_file(str(path))
    assert len([video for video in scene.videos if len(bytes(video.content)) > 500]) >= 8
    by_name = {material.name.removeprefix("Soliloquy "): material for material in scene.materials}
    for name in PAINTED:
        assert by_name[name].fbx.diffuse_color.texture is not None, name
    for name in SKIN:
        assert by_name[name].fbx.normal_map.texture is not None
        assert by_name[name].pbr.roughness.texture is not None
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.import_scene.fbx(filepath=str(path))
    found = _imported_pictures()
    assert all(found[name] for name in PAINTED)
    assert all(len(found[name]) >= 3 for name in SKIN)
    mean = np.array(next(i for i in bpy.data.images if "Default Head" in i.name).pixels[:400]).mean()
    assert mean > 0.1
