"""Keys that go below 0 or above 1 come back whole through a glTF, and an export says that Blender's own import cuts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

from small_character import add_small_character, small_performance

from soliloquy.rigs import compat
from soliloquy.rigs.export import export_gltf
from soliloquy.rigs.open_file import open_file
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.bake import BakeOptions, bake

FRAMES = 6


def _values(owner: Any, name: str, first: int) -> list[float]:
    """Return a key's values at the times of the performance's frames."""
    scene, found = bpy.context.scene, []
    for number in range(FRAMES):
        at = first + number * scene.render.fps / scene.render.fps_base / 30.0
        scene.frame_set(int(at + 1e-6), subframe=max(0.0, at - int(at + 1e-6)))
        found.append(owner.key_blocks[name].value)
    return found


def test_components_below_nought_come_back_and_are_said(blank_scene: Any, tmp_path: Path) -> None:
    blank_scene.render.fps, blank_scene.render.fps_base = 30, 1.0
    small = add_small_character(bpy)
    rig = find_rig(small.armature)
    take = bake(small_performance(FRAMES), rig, BakeOptions(first_frame=1.0, tolerance=0.0)).take
    plain = export_gltf(rig, take, tmp_path / "plain.glb")
    assert not any("Range" in remark for remark in plain.warnings)
    owner = rig.meshes[0].data.shape_keys
    actions = [strip.action for track in owner.animation_data.nla_tracks for strip in track.strips]
    curves = [curve for action in actions for bag in compat.channelbags(action) for curve in bag.fcurves]
    curve = next(curve for curve in curves if len(curve.keyframe_points) > 2 and "key_blocks" in curve.data_path)
    name = curve.data_path.split('"')[1]
    owner.key_blocks[name].slider_min, owner.key_blocks[name].slider_max = -2.0, 2.0
    for point, value in zip(curve.keyframe_points, (0.1, -0.75, 1.5, 0.2, -0.3, 0.0), strict=False):
        point.co.y = value
    curve.update()
    wanted = _values(owner, name, 1)
    assert min(wanted) < -0.5
    report = export_gltf(rig, take, tmp_path / "past.glb")
    (said,) = (remark for remark in report.warnings if "Range" in remark)
    assert f"'{name}' goes below 0 or above 1" in said
    open_file(report.path)
    owner = next(key for key in bpy.data.shape_keys if name in key.key_blocks)
    first = round(min(action.frame_range[0] for action in bpy.data.actions))
    assert _values(owner, name, first) == pytest.approx(wanted, abs=1e-4)
