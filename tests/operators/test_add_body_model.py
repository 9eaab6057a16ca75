"""Add Body Model, Add VRM Character, Update Joints as an artist meets them: chosen, at the cursor, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from body_model_files import smplx_arrays, write_smplx_model

bpy = pytest.importorskip("bpy")

from soliloquy.operators.choice import chosen_rig


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(write_smplx_model(tmp_path / "SMPLX_FEMALE.npz", smplx_arrays()))


def test_it_stands_at_the_cursor_and_is_the_chosen_character(blank_scene: Any, model: str) -> None:
    blank_scene.cursor.location = (1.0, -2.0, 0.0)
    assert bpy.ops.soliloquy.add_body_model(filepath=model, correctives="JAW", expressions=3) == {"FINISHED"}
    armature = blank_scene.soliloquy.character
    assert armature.name == "SMPLX-female"
    assert tuple(armature.location)[:2] == (1.0, -2.0)
    rig = chosen_rig(bpy.context)
    assert rig is not None
    assert rig.armature == armature


def test_update_joints_moves_the_bones_of_a_body_model_alone(blank_scene: Any, model: str) -> None:
    bpy.ops.soliloquy.add_body_model(filepath=model, correctives="OFF")
    armature = blank_scene.soliloquy.character
    before = np.array([bone.head_local for bone in armature.data.bones])
    armature.children[0].data.shape_keys.key_blocks["Shape002"].value = 3.0
    assert bpy.ops.soliloquy.update_joints() == {"FINISHED"}
    after = np.array([bone.head_local for bone in armature.data.bones])
    assert np.abs(after - before).max() > 1e-3
    bpy.ops.soliloquy.add_character()
    with pytest.raises(RuntimeError, match="not added from a model file"):
        bpy.ops.soliloquy.update_joints()


def test_what_is_no_model_is_said_in_one_sentence(blank_scene: Any, tmp_path: Path) -> None:
    (tmp_path / "page.pkl").write_bytes(b"<html>Please log in</html>")
    with pytest.raises(RuntimeError, match="damaged"):
        bpy.ops.soliloquy.add_body_model(filepath=str(tmp_path / "page.pkl"))
    with pytest.raises(RuntimeError, match="No model file is chosen"):
        bpy.ops.soliloquy.add_body_model()
    assert not bpy.data.objects


def test_a_vrm_character_stands_at_the_cursor_faces_the_front_and_has_its_mouths(
    blank_scene: Any, rig_files: Path
) -> None:
    blank_scene.cursor.location = (1.0, -2.0, 0.0)
    assert bpy.ops.soliloquy.add_vrm(filepath=str(rig_files / "vrm0_godette.vrm")) == {"FINISHED"}
    rig = chosen_rig(bpy.context)
    assert rig is not None
    assert rig.armature == blank_scene.soliloquy.character == bpy.context.view_layer.objects.active
    assert tuple(rig.armature.matrix_world.translation) == pytest.approx((1.0, -2.0, 0.0), abs=1e-5)
    ahead = np.array(rig.armature.matrix_world.to_3x3()) @ rig.frame.axes @ (0.0, 0.0, 1.0)
    assert ahead == pytest.approx((0.0, -1.0, 0.0), abs=0.02)
    assert rig.skeleton == "vrm"
    assert "jawOpen" in {name for drive in rig.drives for name in drive.coefficients}
    assert not any("lost their names" in note for note in rig.notes)
    assert not [item.name for item in bpy.data.objects if item.name.startswith("Icosphere")]
    assert rig.armature.data.display_type == "STICK"


def test_what_is_no_vrm_is_said_in_one_sentence(blank_scene: Any, tmp_path: Path) -> None:
    (tmp_path / "page.vrm").write_bytes(b"<html>Please log in</html>")
    with pytest.raises(RuntimeError, match=r"page\.vrm"):
        bpy.ops.soliloquy.add_vrm(filepath=str(tmp_path / "page.vrm"))
    with pytest.raises(RuntimeError, match="No VRM file is chosen"):
        bpy.ops.soliloquy.add_vrm()
    assert not bpy.data.objects
