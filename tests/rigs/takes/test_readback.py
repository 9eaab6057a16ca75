"""What keeps a take from showing is named with the channel and the remedy; what shows is not complained about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from small_character import SmallRig, add_small_character, small_performance

from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.take import activate


@pytest.fixture
def rig(blank_scene: Any) -> SmallRig:
    blank_scene.render.fps = 30
    return add_small_character(bpy)


def _body(rig: SmallRig) -> Any:
    return rig.meshes[0]


def _block(rig: SmallRig, name: str) -> Any:
    return _body(rig).data.shape_keys.key_blocks[name]


def _warnings(rig: SmallRig, **options: Any) -> list[str]:
    return list(bake(small_performance(40), find_rig(rig.armature), BakeOptions(**options)).warnings)


def test_a_bone_that_does_not_turn_with_the_one_above_is_turned_for_it(rig: SmallRig) -> None:
    performance, turned = small_performance(20), []
    for inherits in (True, False):
        rig.armature.data.bones["spine3"].use_inherit_rotation = inherits
        assert list(bake(performance, find_rig(rig.armature), BakeOptions(tolerance=0.0)).warnings) == []
        bpy.context.scene.frame_set(9)
        turned.append([list(rig.armature.pose.bones[name].matrix.to_quaternion()) for name in ("spine3", "head")])
    assert np.abs(np.subtract(*turned)).max() < 1e-4


def test_a_take_that_shows_is_not_complained_about(rig: SmallRig) -> None:
    assert _warnings(rig) == []
    assert _warnings(rig, first_frame=-12.25, interpolation="LINEAR") == []
    assert _warnings(rig, regions=("lips",)) == []


def _drive_key(rig: SmallRig) -> None:
    _block(rig, "mouthSmileLeft").driver_add("value").driver.expression = "0.0"


def _drive_bone(rig: SmallRig) -> None:
    rig.armature.pose.bones["neck"].driver_add("rotation_quaternion", 1).driver.expression = "0.3"


def _constrain(rig: SmallRig) -> None:
    held = rig.armature.pose.bones["head"].constraints.new("LIMIT_ROTATION")
    held.name, held.owner_space = "Stay", "LOCAL"
    held.use_limit_x = held.use_limit_y = held.use_limit_z = True


def _inverse_kinematics(rig: SmallRig) -> None:
    goal = bpy.data.objects.new("Goal", None)
    bpy.context.scene.collection.objects.link(goal)
    goal.location = (0.3, -0.6, 1.0)
    reach = rig.armature.pose.bones["left_wrist"].constraints.new("IK")
    reach.name, reach.target, reach.chain_count = "Reach", goal, 3


def _mute_key(rig: SmallRig) -> None:
    _block(rig, "browInnerUp").mute = True


def _narrow(rig: SmallRig) -> None:
    _block(rig, "jawOpen_corrective").slider_max = 0.25


def _raise_floor(rig: SmallRig) -> None:
    _block(rig, "mouthPucker").slider_min = 0.5


def _pin(rig: SmallRig) -> None:
    _body(rig).show_only_shape_key = True


def _absolute(rig: SmallRig) -> None:
    _body(rig).data.shape_keys.use_relative = False


def _rest(rig: SmallRig) -> None:
    rig.armature.data.pose_position = "REST"


def _modifier_off(rig: SmallRig) -> None:
    _body(rig).modifiers[0].show_viewport = False


def _unrendered(rig: SmallRig) -> None:
    _body(rig).modifiers[0].show_render = False


def _lock(rig: SmallRig) -> None:
    rig.armature.pose.bones["jaw"].lock_rotation[1] = True


def _euler(rig: SmallRig) -> None:
    rig.armature.pose.bones["jaw"].rotation_mode = "XYZ"


def _edit_mode(rig: SmallRig) -> None:
    bpy.context.view_layer.objects.active = rig.armature
    bpy.ops.object.mode_set(mode="EDIT")


def _live_action(rig: SmallRig) -> None:
    _block(rig, "cheekPuff").keyframe_insert("value", frame=3)


def _nla_off(rig: SmallRig) -> None:
    _body(rig).data.shape_keys.animation_data_create().use_nla = False


def _solo(rig: SmallRig) -> None:
    _body(rig).data.shape_keys.animation_data_create().nla_tracks.new().is_solo = True


def test_inverse_kinematics_is_off_while_a_take_plays_and_comes_back(rig: SmallRig) -> None:
    _inverse_kinematics(rig)
    found = find_rig(rig.armature)
    report = bake(small_performance(40), found)
    assert len(report.warnings) == 1
    assert "'Reach' of 'left_wrist' is switched off while the take plays" in report.warnings[0]
    reach = rig.armature.pose.bones["left_wrist"].constraints["Reach"]
    bpy.context.scene.frame_set(9)
    assert reach.influence == 0.0
    takes.remove(found, report.take)
    assert reach.influence == 1.0


@pytest.mark.parametrize(
    ("hinder", "words"),
    [
        (_drive_key, ("'mouthSmileLeft' of 'Small body'", "driver", "Delete the driver")),
        (_drive_bone, ("'neck' of 'Small'", "driver")),
        (_constrain, ("'head' of 'Small'", "constraint 'Stay'", "influence")),
        (_mute_key, ("'browInnerUp' of 'Small body'", "muted")),
        (_narrow, ("'jawOpen_corrective' of 'Small body'", "stops at 0.25", "Range Max")),
        (_raise_floor, ("'mouthPucker' of 'Small body'", "stops at 0.5", "Range Min")),
        (_pin, ("'Small body'", "one shape key alone")),
        (_absolute, ("'Small body'", "Relative")),
        (_rest, ("'Small'", "rest position")),
        (_modifier_off, ("'Armature' of 'Small body'", "switched off")),
        (_unrendered, ("'Armature' of 'Small body'", "for renders")),
        (_lock, ("'jaw'", "locked")),
        (_euler, ("'jaw'", "quaternion")),
        (_edit_mode, ("'Small'", "Edit Mode")),
        (_live_action, ("'cheekPuff'", "'Small body'", "plays over the take", "Keep as Fix")),
        (_nla_off, ("NLA of 'Small body'", "Tick its checkbox")),
        (_solo, ("NLA track of 'Small body'", "Click its star")),
    ],
)  # fmt: skip
def test_what_hinders_is_named(rig: SmallRig, hinder: Callable[[SmallRig], None], words: tuple[str, ...]) -> None:
    hinder(rig)
    warnings = _warnings(rig)
    if bpy.context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")
    assert len(warnings) == 1, warnings
    for word in words:
        assert word in warnings[0]


def test_keys_that_an_empty_vertex_group_hides_are_named(rig: SmallRig) -> None:
    body = _body(rig)
    body.vertex_groups.new(name="Mask")
    for name in ("mouthSmileLeft", "mouthSmileRight"):
        _block(rig, name).vertex_group = "Mask"
    said = [word for word in _warnings(rig) if "'Mask'" in word]
    assert len(said) == 1
    assert said[0].startswith("2 shape keys, among them 'mouthSmileLeft',")
    body.vertex_groups["Mask"].add([0], 0.5, "REPLACE")
    assert not [word for word in _warnings(rig) if "'Mask'" in word]


def test_many_alike_are_told_in_one_sentence(rig: SmallRig) -> None:
    for block in _body(rig).data.shape_keys.key_blocks[1:]:
        block.driver_add("value").driver.expression = "0.0"
    (said,) = _warnings(rig)
    assert said.startswith("52 shape keys, among them '")


def test_what_does_not_act_is_not_named(rig: SmallRig) -> None:
    for block in (_block(rig, "mouthSmileLeft"), _block(rig, "mouthSmileRight")):
        block.driver_add("value").driver.expression = "0.0"
    rig.meshes[0].data.shape_keys.animation_data.drivers[0].mute = True
    rig.meshes[0].data.shape_keys.animation_data.drivers.remove(rig.meshes[0].data.shape_keys.animation_data.drivers[1])
    held = rig.armature.pose.bones["head"].constraints.new("COPY_ROTATION")
    held.target, held.subtarget, held.influence = rig.armature, "pelvis", 0.0
    _block(rig, "cheekPuff").keyframe_insert("value", frame=3)
    from soliloquy.rigs.compat import active_channelbag

    active_channelbag(rig.meshes[0].data.shape_keys).fcurves[0].mute = True
    assert _warnings(rig) == []


@pytest.mark.parametrize("expression", ["", "var", "var * 0.5"])
def test_keys_that_follow_the_face_are_named_only_where_they_show_something_else(
    rig: SmallRig, expression: str
) -> None:
    brows = _body(rig).copy()
    brows.data = _body(rig).data.copy()
    bpy.context.scene.collection.objects.link(brows)
    brows.name = "Brows"
    driver = brows.data.shape_keys.key_blocks["browInnerUp"].driver_add("value").driver
    driver.type = "SCRIPTED" if expression else "AVERAGE"
    driver.expression = expression
    variable = driver.variables.new()
    variable.targets[0].id_type = "KEY"
    variable.targets[0].id = _body(rig).data.shape_keys
    variable.targets[0].data_path = 'key_blocks["browInnerUp"].value'
    said = _warnings(rig)
    assert len(said) == (expression == "var * 0.5"), said
    assert all("'browInnerUp' of 'Brows'" in sentence for sentence in said)


def test_a_live_action_without_influence_is_not_in_the_way(rig: SmallRig) -> None:
    _live_action(rig)
    _body(rig).data.shape_keys.animation_data.action_influence = 0.0
    assert _warnings(rig) == []


def test_looking_leaves_the_scene_as_it_was(rig: SmallRig, blank_scene: Any) -> None:
    evaluations: list[float] = []
    blank_scene.frame_set(17)
    rig.armature.hide_viewport = True
    _block(rig, "tongueOut").value = 0.0
    before = np.array(rig.armature.pose.bones["head"].matrix)
    counted = lambda scene, *_: evaluations.append(scene.frame_current)  # noqa: E731
    bpy.app.handlers.frame_change_post.append(counted)
    try:
        _constrain(rig)
        assert len(_warnings(rig)) == 1
    finally:
        bpy.app.handlers.frame_change_post.remove(counted)
    assert 1 <= len(evaluations) <= 2
    assert blank_scene.frame_current == 17
    assert rig.armature.hide_viewport
    assert list(bpy.data.scenes) == [blank_scene]
    assert np.array_equal(np.array(rig.armature.pose.bones["head"].matrix), before)


def test_a_region_that_rests_while_another_moves_is_looked_at_too(rig: SmallRig) -> None:
    performance = small_performance(40)
    performance.poses[:] = 0.0
    performance.trans[:] = 0.0
    performance.joint("head")[30:, 0] = 0.5
    performance.arkit[30:] = 0.0
    _constrain(rig)
    (said,) = bake(performance, find_rig(rig.armature), BakeOptions()).warnings
    assert "'Stay'" in said


def test_a_take_of_the_artists_that_is_muted_again_is_not_in_the_way(rig: SmallRig) -> None:
    first = bake(small_performance(20), rig).take
    second = bake(small_performance(20, seed=3), rig)
    assert second.warnings == ()
    activate(rig, first)
