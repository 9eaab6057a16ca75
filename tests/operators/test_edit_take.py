"""Edit This Take: the keys of a take open in Blender's editors with one click, and close with another."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("bpy")

import bpy
from fake_layout import draw
from spoken import spoken

from soliloquy.operators import take_list
from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import curves, editing, nla
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.take import edited, find_take

PANEL = "SOLILOQUY_PT_takes"


@pytest.fixture(scope="module")
def scene() -> Any:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.context.scene.render.fps = 30
    bpy.ops.soliloquy.add_character()
    for name in ("Calm", "Loud"):
        bake(spoken(), _rig(), BakeOptions(name=name))
    take_list.refresh()
    return bpy.context.scene


@pytest.fixture(autouse=True)
def _closed(scene: Any) -> Any:
    yield
    editing.leave(_rig())


def _rig() -> Any:
    found = find_rig(bpy.context.scene.soliloquy.character)
    assert found is not None
    return found


def test_one_click_opens_the_keys_and_one_closes_them(scene: Any) -> None:
    rig = _rig()
    before = {action.name: curves.key_state(action) for action in bpy.data.actions}
    assert bpy.ops.soliloquy.edit_take() == {"FINISHED"}
    assert editing.open_regions(rig) == ["body", "lips"]
    bag = compat.active_channelbag(rig.armature)
    assert len(bag.fcurves)
    assert nla.read_info(rig.armature.animation_data.action)["name"] == "Loud"
    # Those editors show what is selected.
    assert rig.armature.select_get()
    assert all(mesh.select_get() for mesh in rig.meshes if mesh.data.shape_keys is not None)
    assert "soliloquy.leave_take" in draw(PANEL).operators
    assert bpy.ops.soliloquy.leave_take() == {"FINISHED"}
    assert rig.armature.animation_data.action is None
    assert "soliloquy.edit_take" in draw(PANEL).operators
    assert {action.name: curves.key_state(action) for action in bpy.data.actions} == before
    assert not edited(rig, find_take(rig, "Loud"))


def test_a_region_is_chosen_and_what_is_changed_counts_as_a_persons(scene: Any) -> None:
    rig = _rig()
    bpy.ops.soliloquy.edit_take(region="HEAD")
    assert editing.open_regions(rig) == ["head"]
    curve = compat.active_channelbag(rig.armature).fcurves[1]
    curve.keyframe_points[0].co.y += 0.05
    curve.update()
    bpy.ops.soliloquy.leave_take()
    assert edited(rig, find_take(rig, "Loud"))
    curve.keyframe_points[0].co.y -= 0.05
    curve.update()
    assert not edited(rig, find_take(rig, "Loud"))


def test_the_region_of_the_active_bone_is_opened(scene: Any) -> None:
    rig = _rig()
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="POSE")
    try:
        rig.armature.data.bones.active = rig.armature.data.bones[rig.bones["left_index1"]]
        bpy.ops.soliloquy.edit_take()
        assert editing.open_regions(rig) == ["hands"]
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")


def test_one_click_opens_the_fix_and_what_it_keeps_is_said(scene: Any) -> None:
    rig = _rig()
    assert "soliloquy.remove_fix" not in draw(PANEL).operators
    bpy.ops.soliloquy.edit_take(region="HEAD", fix=True)
    bone = rig.armature.pose.bones["head"]
    bone.rotation_quaternion = (0.9, 0.1, 0.0, 0.0)
    bone.keyframe_insert("rotation_quaternion", frame=12)
    assert "head fix" in " ".join(draw(PANEL).labels)
    bpy.ops.soliloquy.leave_take()
    take_list.refresh(changed=[find_take(rig, "Loud").id])
    drawn = draw(PANEL)
    assert "Its fix (4 keys in Head) stays" in " ".join(drawn.labels)
    assert "soliloquy.remove_fix" in drawn.operators
    assert bpy.ops.soliloquy.remove_fix(keep=False) == {"FINISHED"}
    with pytest.raises(RuntimeError, match="has no fix"):
        bpy.ops.soliloquy.remove_fix()


def test_a_muted_take_and_closed_keys_are_said(scene: Any) -> None:
    with pytest.raises(RuntimeError, match="does not play"):
        bpy.ops.soliloquy.edit_take(take="Calm")
    assert editing.open_regions(_rig()) == []
    assert bpy.ops.soliloquy.leave_take() == {"CANCELLED"}


def test_the_next_button_opens_the_take_itself_again(scene: Any) -> None:
    """Pressed in the panel: what a button leaves open Blender fills from the last press, where it is kept."""
    bpy.ops.soliloquy.edit_take("EXEC_DEFAULT", True, region="HEAD", fix=True)
    assert editing.open_regions(_rig()) == ["head fix"]
    bpy.ops.soliloquy.leave_take("EXEC_DEFAULT", True)
    bpy.ops.soliloquy.edit_take("EXEC_DEFAULT", True)
    assert sorted(editing.open_regions(_rig())) == ["body", "lips"]


def test_no_button_goes_on_with_what_another_one_said(scene: Any) -> None:
    said = {"take", "other", "takes", "region", "fix", "replace", "new_take", "keep", "keep_fixes", "anew", "step"}
    found = 0
    for operator in dir(bpy.ops.soliloquy):
        properties = getattr(bpy.ops.soliloquy, operator).get_rna_type().properties
        for name in said & set(properties.keys()):
            assert properties[name].is_skip_save, f"{operator}.{name}"
            found += 1
    assert found > 20


def test_a_take_becomes_one_action(scene: Any) -> None:
    rig = _rig()
    assert bpy.ops.soliloquy.bake_down(name="Line") == {"FINISHED"}
    assert rig.armature.animation_data.action.name == "Line"
    assert not find_take(rig, "Loud").active
