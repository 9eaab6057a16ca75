"""Measures baking in this Blender: ``python -m soliloquy.rigs.benchmark``.

Bakes 60 s at 30 frames per second onto the default character, 55 joints and 52 shape keys, and inserts keys with
``keyframe_insert`` in the same run for comparison.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from typing import Any

import bpy
import numpy as np

from ..inference.arkit import ARKIT_NAMES
from ..inference.performance import Performance
from ..inference.skeleton import JOINT_NAMES
from .character.default_character import add_character
from .takes.bake import BakeOptions, bake


def lively_performance(seconds: float, fps: float = 30.0, seed: int = 0) -> Performance:
    """Return a performance in which every joint and every coefficient moves all the time.

    Band-limited noise: joints up to about 2 Hz with 0.1 rad, coefficients up to about 5 Hz; harder to reduce than
    speech, in which most of the hands and half of the face rest most of the time.
    """
    rng = np.random.default_rng(seed)
    frames = round(seconds * fps)
    frequency = np.fft.rfftfreq(frames, 1.0 / fps)

    def noise(count: int, cut: float) -> np.ndarray:
        spectrum = rng.normal(size=(len(frequency), count)) + 1j * rng.normal(size=(len(frequency), count))
        found = np.fft.irfft(spectrum * np.exp(-((frequency / cut) ** 2))[:, None], frames, axis=0)
        return found / found.std(axis=0)

    return Performance(
        fps=fps,
        poses=(0.1 * noise(3 * len(JOINT_NAMES), 1.0)).astype(np.float32),
        trans=(0.02 * noise(3, 0.5)).astype(np.float32),
        arkit=np.clip(0.25 + 0.25 * noise(len(ARKIT_NAMES), 2.5), 0, 1).astype(np.float32),
        lip_aperture=np.zeros(frames, np.float32),
    )


def _insert(rig: Any, performance: Performance, frames: int) -> tuple[int, float]:
    """Key the first frames with ``keyframe_insert``; returns (keys, seconds)."""
    bones = [rig.armature.pose.bones[rig.bones[joint]] for joint in JOINT_NAMES if joint in rig.bones]
    keys = rig.meshes[0].data.shape_keys.key_blocks
    blocks = [keys[key] for key in rig.shape_keys.values()]
    count = 0
    begun = time.perf_counter()
    for frame in range(frames):
        for index, bone in enumerate(bones):
            half = 0.5 * float(performance.poses[frame, 3 * index])
            bone.rotation_quaternion = (np.cos(half), np.sin(half), 0.0, 0.0)
            bone.keyframe_insert("rotation_quaternion", frame=frame)
            count += 4
        for index, block in enumerate(blocks):
            block.value = float(performance.arkit[frame, index])
            block.keyframe_insert("value", frame=frame)
            count += 1
    return count, time.perf_counter() - begun


def measure(seconds: float = 60.0, inserted_frames: int | None = None) -> dict[str, Any]:
    """Return the figures: seconds, keys, errors and the ratios per key to ``keyframe_insert``.

    ``keyframe_insert`` gets slower the more keys a curve has, so it is given as many frames as the bake unless
    ``inserted_frames`` says less (which is quicker, and kinder to it).
    """
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    scene.render.fps = 30
    performance = lively_performance(seconds)
    rig = add_character(bpy.context)
    clock = time.process_time()
    reduced = bake(performance, rig, BakeOptions(interpolation="BEZIER"))
    processor = time.process_time() - clock
    linear = bake(performance, rig, BakeOptions(interpolation="LINEAR"))
    full = bake(performance, rig, BakeOptions(tolerance=0.0))
    other = add_character(bpy.context, name="Inserted")
    inserted, took = _insert(other, performance, min(performance.frames, inserted_frames or performance.frames))
    per_inserted = took / inserted
    return {
        "blender": bpy.app.version_string,
        "machine": platform.machine(),
        "frames": performance.frames,
        "bezier": {
            "seconds": round(reduced.seconds, 3),
            "processor_seconds": round(processor, 3),
            "keys": reduced.keys,
            "errors": reduced.errors,
            "times_faster_per_key": round(per_inserted * reduced.keys / reduced.seconds, 1),
            "times_faster_per_source_key": round(per_inserted * reduced.samples / reduced.seconds, 1),
        },
        "linear": {"seconds": round(linear.seconds, 3), "keys": linear.keys, "errors": linear.errors},
        "every_frame": {
            "seconds": round(full.seconds, 3),
            "keys": full.keys,
            "microseconds_per_key": round(1e6 * full.seconds / full.keys, 3),
            "times_faster_per_key": round(per_inserted * full.keys / full.seconds, 1),
        },
        "keyframe_insert": {"keys": inserted, "microseconds_per_key": round(1e6 * per_inserted, 3)},
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the performance (default 60)")
    parser.add_argument("--inserted-frames", type=int, help="frames to key with keyframe_insert (default: all)")
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.seconds, chosen.inserted_frames), indent=2))


if __name__ == "__main__":
    main()
