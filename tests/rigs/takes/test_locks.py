"""What an artist locked against turning stays as it is posed, and the bake says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")

from mathutils import Euler
from small_character import add_small_character, small_performance

from soliloquy.rigs import compat
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake
from soliloquy.rigs.takes.locks import within_locks


def test_locked_bones_get_no_keys_and_locked_axes_stay(blank_scene: Any) -> None:
    blank_scene.render.fps = 30
    armature = add_small_character(bpy).armature
    posed = armature.pose.bones
    posed["right_knee"].lock_rotation = (True, True, True)
    posed["left_elbow"].lock_rotation = (True, False, True)
    posed["head"].lock_rotation[1] = True
    report = bake(small_performance(40), find_rig(armature), BakeOptions(tolerance=0.0))
    bags = [bag for action in bpy.data.actions for bag in compat.channelbags(action)]
    keyed = {curve.data_path for bag in bags for curve in bag.fcurves}
    assert 'pose.bones["right_knee"].rotation_quaternion' not in keyed
    assert 'pose.bones["left_knee"].rotation_quaternion' in keyed
    turned = 0.0
    for frame in (5, 18, 33):
        blank_scene.frame_set(frame)
        _, x, y, z = posed["left_elbow"].rotation_quaternion
        assert abs(x) < 1e-6
        assert abs(z) < 1e-6
        turned = max(turned, abs(y))
        assert abs(posed["head"].rotation_quaternion.y) < 1e-6
    assert turned > 0.02
    said = " ".join(report.warnings)
    assert "'right_knee' is locked against turning (Lock Rotation), and not turned by the take." in said
    assert "2 bones, among them 'head', are locked" in said or "2 bones, among them 'left_elbow', are locked" in said


def test_locked_axes_keep_what_they_are_posed_to(blank_scene: Any) -> None:
    bone = add_small_character(bpy).armature.pose.bones["neck"]
    bone.rotation_quaternion = Euler((0.0, 0.0, 0.3)).to_quaternion()
    bone.lock_rotation[2] = True
    bone.lock_rotations_4d = False
    bpy.context.view_layer.update()
    wanted = np.array([Euler((0.4 * step, 0.1, -0.2)).to_quaternion()[:] for step in (0.0, 0.5, 1.0)])
    found = within_locks(bone, wanted)
    assert found is not None
    bone.rotation_quaternion = found[2]
    np.testing.assert_allclose(bone.rotation_quaternion.to_euler()[:], (0.4, 0.1, 0.3), atol=1e-5)
    bone.lock_rotation = (True, True, True)
    assert within_locks(bone, wanted) is None
