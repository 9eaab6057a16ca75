"""A take with its fixes as one plain action: it shows what the take showed, and the take is only muted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Quaternion
from small_character import SmallRig, add_small_character, small_performance

from soliloquy.inference.errors import SoliloquyError
from soliloquy.rigs import compat
from soliloquy.rigs.takes import editing, fixes, nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.bake_down import bake_down

FRAMES = (1, 13, 30, 47, 60)


@pytest.fixture
def rig(blank_scene: Any) -> SmallRig:
    blank_scene.render.fps = 30
    made = add_small_character(bpy)
    bake(small_performance(60, seed=1, speed=0.4), made, BakeOptions(name="One"))
    return made


def _shown(rig: SmallRig) -> np.ndarray:
    rows = []
    for frame in FRAMES:
        bpy.context.scene.frame_set(frame)
        bones = [np.array(bone.matrix) for bone in rig.armature.pose.bones]
        keys = [block.value for block in rig.meshes[0].data.shape_keys.key_blocks]
        rows.append(np.concatenate([np.ravel(bones), keys]))
    return np.array(rows)


def test_what_showed_shows_still_and_the_take_is_muted(rig: SmallRig) -> None:
    take = takes.move(rig, takes.find_take(rig, "One"), 4.0)
    before = _shown(rig)
    made = bake_down(rig, take, "Line 12")
    assert len(made) == (1 if compat.has_slots() else 2)
    assert made[0].name == "Line 12"
    assert all(item.track.mute for item in nla.tracks(rig, take.id))
    assert rig.armature.animation_data.action == made[0]
    np.testing.assert_allclose(_shown(rig)[1:], before[1:], atol=1e-4)


def test_fixes_are_in_it(rig: SmallRig) -> None:
    posed = rig.armature.pose.bones["head"]
    for frame, angle in ((10, 0.0), (30, 0.4), (50, 0.0)):
        bpy.context.scene.frame_set(frame)
        posed.rotation_quaternion = Quaternion((0.0, 0.0, 1.0), angle)
        posed.keyframe_insert("rotation_quaternion", frame=frame)
    take = takes.find_take(rig, "One")
    with pytest.raises(SoliloquyError, match="plays on top"):
        bake_down(rig, take)
    fixes.keep_as_fix(rig, take)
    before = _shown(rig)
    bake_down(rig, take)
    np.testing.assert_allclose(_shown(rig), before, atol=0.01)


def test_what_one_action_cannot_hold_is_said(rig: SmallRig) -> None:
    take = takes.find_take(rig, "One")
    nla.tracks(rig, take.id)[0].strip.use_animated_influence = True
    count = len(bpy.data.actions)
    with pytest.raises(SoliloquyError, match="weighted"):
        bake_down(rig, take)
    assert len(bpy.data.actions) == count


def test_an_action_per_region_shows_the_same_from_tracks_of_its_own(rig: SmallRig) -> None:
    take = takes.find_take(rig, "One")
    before = _shown(rig)
    made = bake_down(rig, take, "Line", per_region=True)
    names = {action.name.split(".")[0] for action in made}
    assert names == {f"Line {region.replace('_', ' ')}" for region in take.regions}
    assert rig.armature.animation_data.action is None
    np.testing.assert_allclose(_shown(rig), before, atol=1e-4)
    assert [item.id for item in takes.takes_of(rig) if item.active] == []
    plain = [track for track in rig.armature.animation_data.nla_tracks if track.name.startswith("Line")]
    assert {track.name for track in plain} == {"Line head", "Line body", "Line hands", "Line eyes", "Line lips"}
    assert all(nla.read_info(track.strips[0].action) is None for track in plain)


def test_a_fix_of_what_the_take_leaves_alone_is_in_it_too(rig: SmallRig) -> None:
    take = takes.find_take(rig, "One")
    editing.open_take(rig, take, "head", fix=True)
    posed = rig.armature.pose.bones["head"]
    for frame, size, high in ((10, 1.0, 0.0), (30, 1.2, 0.1)):
        bpy.context.scene.frame_set(frame)
        posed.scale, posed.location.z = (size,) * 3, high
        posed.keyframe_insert("scale", frame=frame)
        posed.keyframe_insert("location", frame=frame)
    editing.leave(rig)
    before = _shown(rig)
    bpy.context.scene.frame_set(30)
    assert posed.scale.x == pytest.approx(1.2, abs=1e-4)
    bake_down(rig, take)
    np.testing.assert_allclose(_shown(rig), before, atol=2e-3)


@pytest.mark.parametrize("extrapolation", ["HOLD", "HOLD_FORWARD", "NOTHING"])
def test_a_fix_of_one_key_leaves_the_motion_around_it(rig: SmallRig, extrapolation: str) -> None:
    take = takes.find_take(rig, "One")
    editing.open_take(rig, take, "head", fix=True)
    posed = rig.armature.pose.bones["head"]
    bpy.context.scene.frame_set(20)
    posed.rotation_quaternion = posed.rotation_quaternion @ Quaternion((0.0, 0.0, 1.0), 0.4)
    posed.keyframe_insert("rotation_quaternion")
    editing.leave(rig)
    (fix,) = [item for item in nla.tracks(rig, take.id, fixes=True) if item.fix]
    fix.strip.extrapolation = extrapolation
    before = _shown(rig)
    bake_down(rig, take)
    np.testing.assert_allclose(_shown(rig), before, atol=0.01)


@pytest.mark.parametrize("per_region", [False, True])
def test_an_action_beside_the_take_goes_on_playing(rig: SmallRig, per_region: bool) -> None:
    """Importers of FBX leave an action on the object itself."""
    for frame, place in ((1, 0.0), (60, 0.5)):
        rig.armature.location.x = place
        rig.armature.keyframe_insert("location", frame=frame)
    came = rig.armature.animation_data.action
    rig.armature.animation_data.action_blend_type = "REPLACE"
    take = takes.find_take(rig, "One")
    before, there = _shown(rig), rig.armature.location.x
    bake_down(rig, take, per_region=per_region)
    np.testing.assert_allclose(_shown(rig), before, atol=1e-3)
    assert rig.armature.location.x == pytest.approx(there) == pytest.approx(0.5)
    bpy.context.scene.frame_set(20)
    assert 0.0 < rig.armature.location.x < 0.5
    assert came.users > 0
    assert (rig.armature.animation_data.action == came) is per_region
