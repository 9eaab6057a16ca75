"""Exports carry the character's surface: pictures, base colours, roughness and normals, in files of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import small_performance

from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.export import export_fbx, export_gltf
from soliloquy.rigs.export_take import export_take
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake

PAINTED = {"Face skin", "Skin", "Eye", "Iris", "Pupil", "Teeth", "Mouth"}
SKIN = {"Face skin", "Skin"}


def _exported(scene: Any, write: Any, path: Path) -> Path:
    scene.render.fps = 30
    made = add_character(bpy.context)
    # A surface needs no face: exporters spend most of their time on shape keys.
    made.meshes[0].shape_key_clear()
    rig = find_rig(made.armature)
    assert rig is not None
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


_READ_FBX = """
import json, os, sys
import ufbx
kept = [ufbx.load_file(sys.argv[1])]  # frees nothing on the way: the binding does not survive the order
scene = kept[0]
materials = {}
for material in scene.materials:
    maps = [material.fbx.diffuse_color, material.fbx.normal_map, material.pbr.roughness]
    textures = [item.texture for item in maps]
    materials[material.name] = [texture is not None for texture in textures]
    kept += [material, *maps, *textures]
videos = list(scene.videos)
print(json.dumps({"materials": materials, "sizes": [len(bytes(video.content)) for video in videos]}))
sys.stdout.flush()
os._exit(0)
"""


def test_fbx_holds_pictures_and_how_materials_use_them(blank_scene: Any, tmp_path: Path) -> None:
    pytest.importorskip("ufbx")
    path = _exported(blank_scene, export_fbx, tmp_path / "a.fbx")
    assert [item.name for item in tmp_path.iterdir()] == ["a.fbx"]
    command = [sys.executable, "-c", _READ_FBX, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    read = json.loads(done.stdout)
    assert len([size for size in read["sizes"] if size > 500]) >= 8
    by_name = {name.removeprefix("Soliloquy "): used for name, used in read["materials"].items()}
    assert by_name.keys() >= PAINTED
    for name, (base, normal, rough) in by_name.items():
        assert base or name not in PAINTED, name
        assert (normal and rough) or name not in SKIN, name
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.import_scene.fbx(filepath=str(path))
    found = _imported_pictures()
    assert all(found[name] for name in PAINTED)
    assert all(len(found[name]) >= 3 for name in SKIN)
    mean = np.array(next(i for i in bpy.data.images if "Default Head" in i.name).pixels[:400]).mean()
    assert mean > 0.1
