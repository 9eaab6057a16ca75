"""Add Body Model and Update Joints as an artist meets them: chosen, at the cursor, gone with one undo, in words."""

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
