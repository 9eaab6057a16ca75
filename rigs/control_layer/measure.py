"""Measures controls on top of a take: ``python -m soliloquy.rigs.control_layer.measure PERFORMANCE.npz``.

Prints how far an unmoved take is from the same without controls, by how much a moved wrist or ankle misses its control,
what a frame costs with and without, how far the skin moves when they are baked down, and how long that takes.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import bpy
import numpy as np

from ...inference.performance import Performance
from ..character.default_character import add_character
from ..rig import Rig
from ..takes.bake import BakeOptions, bake
from .bake import bake_controls
from .board import TRAVEL
from .layer import add_controls

_AWAY = {
    "CTL_hand.L": ("left_wrist", (-0.03, -0.05, 0.08)),
    "CTL_hand.R": ("right_wrist", (0.03, -0.05, 0.08)),
    "CTL_foot.L": ("left_ankle", (0.02, -0.05, 0.08)),
    "CTL_foot.R": ("right_ankle", (-0.02, -0.05, 0.08)),
}
"""Control -> joint, and metres by which it is moved."""


def _places(rig: Rig, frames: range) -> tuple[dict[str, np.ndarray], float]:
    """Return joint -> (T, 4, 4) as posed, and seconds a frame."""
    found: dict[str, list[Any]] = {joint: [] for joint in rig.bones}
    seconds = 0.0
    for frame in frames:
        start = time.perf_counter()
        bpy.context.scene.frame_set(frame)
        seconds += time.perf_counter() - start
        for joint, bone in rig.bones.items():
            found[joint].append(np.array(rig.armature.pose.bones[bone].matrix))
    return {joint: np.array(values) for joint, values in found.items()}, seconds / len(frames)


def _skin(rig: Rig, frames: range) -> np.ndarray:
    shown = []
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        mesh = rig.meshes[0].evaluated_get(bpy.context.evaluated_depsgraph_get()).data
        points = np.empty(3 * len(mesh.vertices), np.float32)
        mesh.vertices.foreach_get("co", points)
        shown.append(points.reshape(-1, 3))
    return np.array(shown)


def measure(performance: Performance) -> dict[str, float]:
    """Return the figures of one performance on the default character; metres, milliseconds, seconds."""
    rig = add_character(bpy.context)
    bake(performance, rig, BakeOptions(name="measured"))
    frames = range(1, performance.frames)
    plain, without = _places(rig, frames)
    add_controls(rig)
    same, with_them = _places(rig, frames)
    figures = {
        "unmoved_off": max(float(np.abs(same[joint] - plain[joint]).max()) for joint in plain),
        "frame_ms_without": 1000 * without,
        "frame_ms_with": 1000 * with_them,
    }
    missed = 0.0
    for control, (joint, away) in _AWAY.items():
        bone = rig.armature.pose.bones[control]
        bone.location = away
        moved, _ = _places(rig, frames)
        missed = max(missed, float(np.linalg.norm((moved[joint] - plain[joint])[:, :3, 3] - away, axis=1).max()))
        bone.location = (0.0, 0.0, 0.0)
    figures["missed_m"] = missed
    for control, (_, away) in _AWAY.items():
        rig.armature.pose.bones[control].location = away
    for control, up in (("CTL_mouth.L", 0.5), ("CTL_jaw", -0.3), ("CTL_lids.R", -0.3)):
        rig.armature.pose.bones[control].location = (0.0, up * TRAVEL, 0.0)
    some = range(1, performance.frames, 5)
    before = _skin(rig, some)
    start = time.perf_counter()
    bake_controls(rig)
    figures["bake_s"] = time.perf_counter() - start
    figures["baked_off_m"] = float(np.linalg.norm(_skin(rig, some) - before, axis=2).max())
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("performance")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    chosen = parser.parse_args().performance
    print(json.dumps({name: float(f"{value:.3g}") for name, value in measure(Performance.load(chosen)).items()}))
