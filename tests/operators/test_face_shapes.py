"""The button that gives a head face keys: what it adds, what it says."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from head_alone import head_alone


def test_lids_alone_are_added_beside_other_keys(blank_scene: Any) -> None:
    body = head_alone()
    body.shape_key_add(name="Basis")
    body.shape_key_add(name="Exp000")
    assert bpy.ops.soliloquy.add_face_shapes(object=body.name, lids_only=True) == {"FINISHED"}
    assert [block.name for block in body.data.shape_keys.key_blocks] == [
        "Basis", "Exp000", "eyeBlinkLeft", "eyeBlinkRight",
    ]  # fmt: skip


def test_what_is_no_head_is_refused_in_words(blank_scene: Any) -> None:
    bpy.ops.mesh.primitive_uv_sphere_add()
    with pytest.raises(RuntimeError, match=r"eye openings|No face"):
        bpy.ops.soliloquy.add_face_shapes()
    with pytest.raises(RuntimeError, match="There is no object 'Nobody'"):
        bpy.ops.soliloquy.add_face_shapes(object="Nobody")
