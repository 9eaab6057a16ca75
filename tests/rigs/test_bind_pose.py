"""A skin that does not lie on its bones at rest is named, since it will stretch."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Matrix
from small_character import add_small_character, small_performance

from soliloquy.rigs.bind_pose import stray_skin
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import bake

LIMBS = ("shoulder", "elbow", "wrist")


def test_limbs_that_moved_away_from_their_skin_are_named(blank_scene: Any) -> None:
    rig = add_small_character(bpy)
    mesh = bpy.data.meshes.new("Limbs")
    bones = rig.armature.data.bones
    names = [f"{side}_{part}" for side in ("left", "right") for part in LIMBS]
    places = [bones[name].head_local for name in names for _ in range(4)]
    mesh.from_pydata(places, [], [])
    skin = bpy.data.objects.new("Limbs", mesh)
    bpy.context.scene.collection.objects.link(skin)
    for index, name in enumerate(names):
        skin.vertex_groups.new(name=name).add(list(range(4 * index, 4 * index + 4)), 1.0, "REPLACE")
    skin.parent = rig.armature
    skin.modifiers.new("Armature", "ARMATURE").object = rig.armature
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")
    for bone in rig.armature.data.edit_bones:
        bone.roll += 0.3  # a rig of somebody's own
    bpy.ops.object.mode_set(mode="OBJECT")
    found = find_rig(rig.armature)
    assert found is not None
    assert stray_skin(found) == ""
    skin.data.transform(Matrix.Translation((0.0, 0.0, 1.5)))
    assert "and of 5 more bones lies away from its bone" in stray_skin(found)
    assert any("lies away from its bone" in warning for warning in bake(small_performance(), found).warnings)
