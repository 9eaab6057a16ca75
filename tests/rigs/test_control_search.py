"""Control rigs that nobody knows: keys go where a turn moves the deforming bones, and IK is off while a take plays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, small_performance

from soliloquy.rigs.rig import Rig, find_rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import bake

_ARM = ("shoulder", "elbow", "wrist")
_PROPERTY = 'pose.bones["ctrl_head"]["arm_ik"]'


def _constrain(armature: Any, bone: str, kind: str, target: str) -> Any:
    found = armature.pose.bones[bone].constraints.new(kind)
    found.target, found.subtarget = armature, target
    return found


@pytest.fixture
def rig(blank_scene) -> Rig:
    """The small character under controls: head by a copy, left arm by FK or IK as a property says, right arm by IK."""
    armature = add_small_character(bpy).armature
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    edit = armature.data.edit_bones
    for kind in ("fk", "ik"):
        parent = edit["left_collar"]
        for part in _ARM:
            bone = edit.new(f"{kind}.{part}")
            bone.head, bone.tail, bone.roll = edit[f"left_{part}"].head, edit[f"left_{part}"].tail, 0.0
            bone.parent = parent
            parent = bone
    for name, source, parent in (
        ("ctrl_head", "head", "neck"), ("goal.left", "left_wrist", None), ("goal.right", "right_wrist", None),
    ):  # fmt: skip
        bone = edit.new(name)
        bone.head, bone.tail, bone.roll = edit[source].head, edit[source].tail, 0.0
        bone.parent = edit[parent] if parent is not None else None
        bone.use_deform = False
    bpy.ops.object.mode_set(mode="OBJECT")
    armature.pose.bones["ctrl_head"]["arm_ik"] = 1
    _constrain(armature, "head", "COPY_TRANSFORMS", "ctrl_head")
    for part in _ARM:
        _constrain(armature, f"left_{part}", "COPY_TRANSFORMS", f"fk.{part}")
        driver = _constrain(armature, f"left_{part}", "COPY_TRANSFORMS", f"ik.{part}").driver_add("influence").driver
        driver.expression = "var"
        variable = driver.variables.new()
        variable.name, variable.targets[0].id, variable.targets[0].data_path = "var", armature, _PROPERTY
    for bone, goal in (("ik.elbow", "goal.left"), ("right_elbow", "goal.right")):
        _constrain(armature, bone, "IK", goal).chain_count = 2
    found = find_rig(armature)
    assert found is not None
    return found


def test_controls_take_the_place_of_the_bones_that_copy_them(rig) -> None:
    assert rig.bones["head"] == "ctrl_head"
    assert [rig.bones[f"left_{part}"] for part in _ARM] == ["fk.shoulder", "fk.elbow", "fk.wrist"]
    assert rig.bones["right_elbow"] == "right_elbow", "no control: its IK is switched off"
    assert rig.joints["left_eye_smplhf"].parent == "head"
    held = {switch.path: switch.value for switch in rig.switches}
    assert held == {_PROPERTY: 0.0, 'pose.bones["right_elbow"].constraints["IK"].influence': 0.0}


def test_deforming_bones_turn_as_performed_and_everything_comes_back(rig) -> None:
    armature, performance = rig.armature, small_performance(20)
    plain = add_small_character(bpy, "Plain")
    bpy.context.scene.render.fps = 30
    take = bake(performance, rig).take
    bake(performance, plain)
    bpy.context.scene.frame_set(12)
    graph = bpy.context.evaluated_depsgraph_get()
    shown, wanted = (item.evaluated_get(graph).pose.bones for item in (armature, plain.armature))
    for name in ("head", "left_elbow", "left_wrist", "right_elbow", "left_index1"):
        assert np.allclose(shown[name].matrix, wanted[name].matrix, atol=2e-3), name
    takes.remove(rig, take)
    assert armature.path_resolve(_PROPERTY) == 1
    assert armature.pose.bones["right_elbow"].constraints["IK"].influence == 1.0


def test_a_rig_without_constraints_stays_as_found(blank_scene) -> None:
    rig = add_small_character(bpy)
    assert rig.bones["head"] == "head"
    assert rig.switches == ()


def test_fk_that_is_laid_over_ik_is_switched_on_and_the_hips_carry_the_spine(blank_scene) -> None:
    armature = add_small_character(bpy).armature
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    edit = armature.data.edit_bones

    def add(name: str, place: str, parent: str | None, lift: float = 0.0) -> None:
        bone = edit.new(name)
        bone.head, bone.tail, bone.roll = edit[place].head, edit[place].tail, 0.0
        bone.head.z, bone.tail.z = bone.head.z + lift, bone.tail.z + lift
        bone.parent, bone.use_deform = edit[parent] if parent is not None else None, False

    add("ctrl_hips", "pelvis", None)
    add("ctrl_free", "pelvis", "ctrl_hips", 0.1)
    add("helper", "pelvis", "ctrl_free")
    add("ctrl_spine", "spine1", "ctrl_hips")
    add("goal", "left_wrist", None)
    for kind in ("fk", "ik"):
        for part, parent in zip(_ARM, ("left_collar", f"{kind}.shoulder", f"{kind}.elbow"), strict=True):
            add(f"{kind}.{part}", f"left_{part}", parent)
    bpy.ops.object.mode_set(mode="OBJECT")
    posed = armature.pose.bones
    posed["goal"]["ik_fk_switch"] = 0.0
    _constrain(armature, "pelvis", "COPY_TRANSFORMS", "helper")
    _constrain(armature, "spine1", "COPY_TRANSFORMS", "ctrl_spine")
    for part in _ARM:
        _constrain(armature, f"left_{part}", "COPY_TRANSFORMS", f"ik.{part}")
        driver = _constrain(armature, f"left_{part}", "COPY_ROTATION", f"fk.{part}").driver_add("influence").driver
        driver.expression = "var"
        variable = driver.variables.new()
        variable.name, variable.targets[0].id = "var", armature
        variable.targets[0].data_path = 'pose.bones["goal"]["ik_fk_switch"]'
    _constrain(armature, "ik.elbow", "IK", "goal").chain_count = 2
    rig = find_rig(armature)
    assert rig is not None
    assert rig.bones["pelvis"] == "ctrl_hips"
    assert [rig.bones[f"left_{part}"] for part in _ARM] == ["fk.shoulder", "fk.elbow", "fk.wrist"]
    assert {switch.path: switch.value for switch in rig.switches} == {'pose.bones["goal"]["ik_fk_switch"]': 1.0}
    plain, performance = add_small_character(bpy, "Plain"), small_performance(20)
    bpy.context.scene.render.fps = 30
    take = bake(performance, rig).take
    bake(performance, plain)
    bpy.context.scene.frame_set(12)
    graph = bpy.context.evaluated_depsgraph_get()
    shown, wanted = (item.evaluated_get(graph).pose.bones for item in (armature, plain.armature))
    for name in ("pelvis", "spine3", "left_elbow", "left_wrist"):
        assert np.allclose(shown[name].matrix.to_3x3(), wanted[name].matrix.to_3x3(), atol=2e-3), name
    takes.remove(rig, take)
    assert posed["goal"]["ik_fk_switch"] == 0.0
