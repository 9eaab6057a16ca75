"""Files of a character with controls: what they do is in them, they themselves are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from saved_scene import save_scene
from small_character import small_performance

from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.control_layer import folded, layer
from soliloquy.rigs.control_layer.board import TRAVEL
from soliloquy.rigs.export import export_fbx, export_gltf
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake


def _shown(rig_mesh: Any, armature: Any, bone: str, frame: int) -> tuple[np.ndarray, float]:
    """Return where a bone is in the world and the smile's value."""
    bpy.context.scene.frame_set(frame)
    place = armature.matrix_world @ armature.pose.bones[bone].head
    return np.array(place), rig_mesh.data.shape_keys.key_blocks["mouthSmileLeft"].value


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build() -> None:
        made = add_character(bpy.context)
        bake(small_performance(20, seed=1, speed=0.2), made, BakeOptions(name="One"))
        layer.add_controls(made)
        made.armature.pose.bones["CTL_hand.L"].location = (-0.06, -0.05, 0.08)
        made.armature.pose.bones["CTL_mouth.L"].location = (0.0, TRAVEL / 4, 0.0)

    return save_scene(tmp_path_factory.mktemp("controls") / "scene.blend", build)


@pytest.mark.parametrize("ending", [".fbx", ".glb"])
def test_what_controls_do_is_in_the_file_and_they_are_not(rig, tmp_path: Path, ending: str) -> None:
    (take,) = takes.takes_of(rig)
    bpy.context.scene.frame_set(10)
    names = [bone.name for bone in rig.armature.data.bones if not bone.name.startswith(("CTL_", "MCH_"))]
    mesh = rig.meshes[0]
    keys = [block.name for block in mesh.data.shape_keys.key_blocks]
    own = mesh.data.shape_keys.key_blocks["mouthSmileLeft"].value
    place, _ = _shown(mesh, rig.armature, "left_wrist", 10)
    meshes, actions = set(bpy.data.meshes.keys()), set(bpy.data.actions.keys())
    path = tmp_path / f"one{ending}"
    (export_fbx if ending == ".fbx" else export_gltf)(rig, take, path)
    assert [block.name for block in mesh.data.shape_keys.key_blocks] == keys, "the scene keeps its board"
    assert (set(bpy.data.meshes.keys()), set(bpy.data.actions.keys())) == (meshes, actions)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    if ending == ".fbx":
        bpy.ops.import_scene.fbx(filepath=str(path), anim_offset=0.0)
    else:
        bpy.ops.import_scene.gltf(filepath=str(path))
    armature = next(item for item in bpy.data.objects if item.type == "ARMATURE")
    body = next(item for item in bpy.data.objects if item.type == "MESH" and item.data.shape_keys is not None)
    assert set(armature.data.bones.keys()) <= set(names)
    assert not [block.name for block in body.data.shape_keys.key_blocks if block.name.endswith("_control")]
    frame = 10 if ending == ".fbx" else 9
    found, smile = _shown(body, armature, "left_wrist", frame)
    assert np.linalg.norm(found - place) < 1e-3
    assert smile == pytest.approx(min(own + 0.25, 1.0), abs=0.01)


def test_a_fold_that_fails_leaves_the_character_as_it_was(rig, monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = rig.meshes[0]
    data, name, actions = mesh.data, mesh.data.name, set(bpy.data.actions.keys())

    def fails(_mesh: Any) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(folded, "remove_keys", fails)
    with pytest.raises(RuntimeError, match="no room"), folded.board_folded(rig, bpy.context.scene, 1, 3):
        pytest.fail("it goes on")
    assert (mesh.data, mesh.data.name) == (data, name)
    assert set(bpy.data.actions.keys()) == actions
