"""Controls baked down: what they did is keys of joints and face, nothing that is seen changes, hand-made keys stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from saved_scene import save_scene
from small_character import small_performance

from soliloquy.inference.errors import BadRig
from soliloquy.rigs import compat
from soliloquy.rigs.character.default_character import add_character
from soliloquy.rigs.control_layer import layer
from soliloquy.rigs.control_layer.bake import bake_controls
from soliloquy.rigs.control_layer.board import TRAVEL
from soliloquy.rigs.control_layer.marker import has_controls
from soliloquy.rigs.rig import Rig
from soliloquy.rigs.takes import fixes, nla
from soliloquy.rigs.takes import take as takes
from soliloquy.rigs.takes.bake import BakeOptions, bake

FRAMES = (1, 8, 20, 33, 47)


def skin(rig: Rig, frame: int) -> np.ndarray:
    """Return (N, 3) vertices of the body as shown."""
    bpy.context.scene.frame_set(frame)
    mesh = rig.meshes[0].evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    return points.reshape(-1, 3)


def key(rig: Rig, control: str, frame: int, *along: float) -> None:
    """Move a control and key it, as an artist does."""
    bpy.context.scene.frame_set(frame)
    bone = rig.armature.pose.bones[control]
    bone.location = along
    bone.keyframe_insert("location", frame=frame)


def farthest(rig: Rig, before: dict[int, np.ndarray]) -> float:
    """Return metres by which the skin differs most."""
    return max(float(np.linalg.norm(skin(rig, frame) - points, axis=1).max()) for frame, points in before.items())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build() -> None:
        made = add_character(bpy.context)
        bake(small_performance(60, seed=1, speed=0.2), made, BakeOptions(name="One"))
        layer.add_controls(made)

    return save_scene(tmp_path_factory.mktemp("controls") / "scene.blend", build)


def test_keyed_and_set_controls_become_fixes_of_the_take_by_region(rig) -> None:
    own = {action.name: len(bag.fcurves) for action in bpy.data.actions for bag in compat.channelbags(action)}
    for frame, size in ((5, 0.0), (20, 1.0), (35, 0.2)):
        key(rig, "CTL_hand.L", frame, -0.06 * size, -0.05 * size, 0.08 * size)
        key(rig, "CTL_mouth.R", frame, 0.0, TRAVEL * size / 2, 0.0)
    rig.armature.pose.bones["CTL_hips"].location = (0.03, 0.0, -0.06)
    rig.armature.pose.bones["CTL_head"].rotation_euler = (0.2, 0.1, 0.0)
    rig.armature.pose.bones["CTL_jaw"].location = (0.0, -TRAVEL / 3, 0.0)
    rig.armature.pose.bones["CTL_eyes"].location = (TRAVEL / 2, 0.0, 0.0)
    shown = {frame: skin(rig, frame) for frame in FRAMES}
    assert bake_controls(rig) == ["lips", "eyes", "head", "body"]
    assert not has_controls(rig.armature)
    assert farthest(rig, shown) < 1e-3
    assert rig.armature.animation_data.action is None, "the controls' keys went with them"
    found = {item.region for item in nla.tracks(rig, fixes=True) if item.fix}
    assert found == {"lips", "eyes", "head", "body"}
    now = {action.name: len(bag.fcurves) for action in bpy.data.actions for bag in compat.channelbags(action)}
    assert own.items() <= now.items(), "the take's own keys are as they were"
    takes.activate(rig, takes.takes_of(rig)[0])
    assert farthest(rig, shown) < 1e-3
    with pytest.raises(BadRig, match="no controls"):
        bake_controls(rig)


def test_keys_set_by_hand_on_joints_are_kept(rig) -> None:
    bpy.context.scene.frame_set(20)
    bone = rig.armature.pose.bones["left_shoulder"]
    bone.rotation_quaternion = bone.rotation_quaternion @ type(bone.rotation_quaternion)((0.0, 0.0, 1.0), 0.3)
    bone.keyframe_insert("rotation_quaternion", frame=20)
    key(rig, "CTL_hand.L", 20, -0.05, -0.05, 0.05)
    shown = {frame: skin(rig, frame) for frame in FRAMES}
    assert [item.names for item in fixes.hand_keys(rig)] == [["left_shoulder"]]
    bake_controls(rig)
    assert farthest(rig, shown) < 1e-3
    kept = [item.strip.action for item in nla.tracks(rig, fixes=True) if item.fix and item.region == "body"]
    keyed = [{curve.data_path for bag in compat.channelbags(action) for curve in bag.fcurves} for action in kept]
    assert {'pose.bones["left_shoulder"].rotation_quaternion'} in keyed, "a layer of their own"


def test_controls_that_were_not_moved_leave_no_keys(rig) -> None:
    actions = len(bpy.data.actions)
    assert bake_controls(rig) == []
    assert len(bpy.data.actions) == actions


def test_without_any_take_a_pose_stays_a_pose_and_keys_become_keys(blank_scene) -> None:
    rig = add_character(bpy.context)
    layer.add_controls(rig)
    rig.armature.pose.bones["CTL_hand.L"].location = (-0.05, -0.08, 0.1)
    rig.armature.pose.bones["CTL_mouth.L"].location = (0.0, TRAVEL / 2, 0.0)
    shown = {1: skin(rig, 1)}
    assert bake_controls(rig) == ["pose"]
    assert farthest(rig, shown) < 1e-4
    assert rig.meshes[0].data.shape_keys.key_blocks["mouthSmileLeft"].value == pytest.approx(0.5, abs=1e-4)
    layer.add_controls(rig)
    for frame, size in ((1, 0.0), (20, 1.0), (40, 0.0)):
        key(rig, "CTL_hand.R", frame, 0.06 * size, -0.05 * size, 0.08 * size)
    shown = {frame: skin(rig, frame) for frame in FRAMES}
    assert bake_controls(rig) == ["pose"]
    assert farthest(rig, shown) < 1e-3
    bag = compat.active_channelbag(rig.armature)
    assert bag is not None
    keyed = {curve.data_path.split('"')[1] for curve in bag.fcurves}
    assert keyed == {"right_shoulder", "right_elbow", "right_wrist"}


def test_a_bake_that_breaks_off_leaves_the_frame_where_it_was(rig, monkeypatch: pytest.MonkeyPatch) -> None:
    from soliloquy.rigs.control_layer import bake as module

    bpy.context.scene.frame_set(20, subframe=0.25)
    asked = []

    def blocks(_rig):
        class Broken:
            @property
            def value(self) -> float:
                asked.append(bpy.context.scene.frame_current)
                raise RuntimeError("a key that is gone")

        yield "", Broken(), Broken()

    monkeypatch.setattr(module, "_blocks", blocks)
    rig.armature.pose.bones["CTL_hips"].location = (0.03, 0.0, -0.06)
    with pytest.raises(RuntimeError, match="a key that is gone"):
        bake_controls(rig)
    assert asked[0] != 20, "it was on its way over the frames"
    assert (bpy.context.scene.frame_current, bpy.context.scene.frame_subframe) == (20, 0.25)
