"""A Rigify rig exported with all its bones moves by its deforming bones, and nothing of it stays behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import small_performance

from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake

_BACK = [("spine", 0.95), *((f"spine.{index:03d}", 0.95 + 0.1 * index) for index in range(1, 7))]
_LIMBS = {
    "shoulder": ((0.03, 0, 1.28), (0.15, 0, 1.3)), "upper_arm": ((0.15, 0, 1.3), (0.4, 0, 1.3)),
    "forearm": ((0.4, 0, 1.3), (0.65, 0, 1.3)), "hand": ((0.65, 0, 1.3), (0.75, 0, 1.3)),
    "thigh": ((0.1, 0, 0.9), (0.1, -0.01, 0.5)), "shin": ((0.1, -0.01, 0.5), (0.1, 0, 0.1)),
    "foot": ((0.1, 0, 0.1), (0.1, -0.1, 0.02)), "toe": ((0.1, -0.1, 0.02), (0.1, -0.15, 0.02)),
}  # fmt: skip
_COPIED = {"shoulder": "ORG-spine.003", "thigh": "ORG-spine"}
_CHAIN = {"forearm": "upper_arm", "hand": "forearm", "shin": "thigh", "foot": "shin", "toe": "foot"}


def _exported_rig() -> Any:
    """Return the armature object: copies of the metarig's bones on bones that nothing moves, DEF bones beside them."""
    armature = bpy.data.objects.new("Exported", bpy.data.armatures.new("Exported"))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    edit = armature.data.edit_bones

    def add(name: str, head: tuple[float, ...], tail: tuple[float, ...], parent: str) -> None:
        made = edit.new(name)
        made.head, made.tail = head, tail
        made.parent = edit.get(parent)

    add("root", (0, 0, 0), (0, 0.2, 0), "")
    add("MCH-torso.parent", (0, 0, 0.95), (0, 0.1, 0.95), "root")
    above = "root"
    for name, height in _BACK:
        add(f"ORG-{name}", (0, 0, height), (0, 0, height + 0.1), "MCH-torso.parent")
        add(f"DEF-{name}", (0, 0, height), (0, 0, height + 0.1), above)
        above = f"DEF-{name}"
    for side, way in (("L", 1), ("R", -1)):
        for part, ends in _LIMBS.items():
            head, tail = ((x * way, y, z) for x, y, z in ends)
            copied = "ORG-shoulder." + side if part == "upper_arm" else _COPIED.get(part, "")
            add(f"ORG-{part}.{side}", head, tail, copied or f"ORG-{_CHAIN[part]}.{side}")
            chained = f"DEF-{_CHAIN[part]}.{side}" if part in _CHAIN else copied
            add(f"DEF-{part}.{side}", head, tail, f"ORG-{part}.{side}" if part == "shoulder" else chained)
        add(f"DEF-elbow-helper.{side}", (0.45 * way, 0.05, 1.3), (0.5 * way, 0.05, 1.3), "")
    add("ORG-face", (0, 0, 1.6), (0, 0, 1.65), "ORG-spine.006")
    add("DEF-brow.T.L", (0.03, -0.08, 1.64), (0.05, -0.08, 1.64), "ORG-face")
    bpy.ops.object.mode_set(mode="OBJECT")
    points = [bone.head_local[:] for bone in armature.data.bones if bone.name.startswith("DEF-")]
    mesh = bpy.data.meshes.new("Skin")
    mesh.from_pydata(points, [], [])
    skin = bpy.data.objects.new("Skin", mesh)
    bpy.context.scene.collection.objects.link(skin)
    skin.parent = armature
    for index, bone in enumerate(bone for bone in armature.data.bones if bone.name.startswith("DEF-")):
        skin.vertex_groups.new(name=bone.name).add([index], 1.0, "REPLACE")
    skin.modifiers.new("Armature", "ARMATURE").object = armature
    bpy.context.view_layer.update()
    return armature


def test_deforming_bones_are_found_and_face_shoulders_and_helpers_go_with_them(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    armature = _exported_rig()
    rig = find_rig(armature)
    assert rig is not None
    assert rig.skeleton == "rigify_export"
    named = {"spine3": "spine.003", "neck": "spine.004", "head": "spine.006", "left_shoulder": "upper_arm.L"}
    assert {joint: rig.bones[joint].removeprefix("DEF-") for joint in named} == named
    assert all(bone.startswith("DEF-") for bone in rig.bones.values())
    performance = small_performance(40)
    performance.trans[:, 0] += np.linspace(0.0, 0.3, 40)
    bake(performance, rig, BakeOptions(tolerance=0.0))
    carried = {
        "DEF-brow.T.L": "DEF-spine.006", "DEF-shoulder.L": "DEF-spine.003", "DEF-thigh.R": "DEF-spine",
        "DEF-elbow-helper.R": "DEF-forearm.R",
    }  # fmt: skip
    for frame in (8, 22, 39):
        blank_scene.frame_set(frame)
        posed = armature.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
        for name, holder in carried.items():
            rest = armature.data.bones[holder].matrix_local.inverted() @ armature.data.bones[name].head_local
            assert (posed[name].head - posed[holder].matrix @ rest).length < 2e-3, (frame, name)
        assert (posed["DEF-spine"].head - armature.data.bones["DEF-spine"].head_local).length > 0.03
