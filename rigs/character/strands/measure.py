"""What strands cost: seconds to put them on and take them off, milliseconds a frame of playback with and without.

    python -m soliloquy.rigs.character.strands.measure demo.npz [--person woman]

Prints JSON; times are the processor's, so that a busy machine does not count. Works with the module bpy: Blender's
drawing is not in them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import bpy

from ....inference.performance import Performance
from ...takes.bake import BakeOptions, bake
from ..default_character import add_character
from .hair import put_on_strands, take_off_strands

_FRAMES = 60


def _seconds(action: Callable[[], Any]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def _played() -> float:
    """Return milliseconds of a frame, over the first sixty."""
    for frame in (1, 2):  # what the first frames have to fetch is no playback
        bpy.context.scene.frame_set(frame)
    return 1000 * _seconds(lambda: [bpy.context.scene.frame_set(frame) for frame in range(3, 3 + _FRAMES)]) / _FRAMES


def measure(performance: Performance, person: str) -> dict[str, float]:
    """Return the figures of a performance on somebody of the cast."""
    rig = add_character(bpy.context, person=person)
    bake(performance, rig, BakeOptions(name="measured"))
    figures = {"cards_frame_ms": _played()}
    figures["put_on_s"] = _seconds(lambda: (put_on_strands(rig), bpy.context.view_layer.update()))
    figures["strands_frame_ms"] = _played()
    figures["take_off_s"] = _seconds(lambda: (take_off_strands(rig), bpy.context.view_layer.update()))
    figures["put_on_again_s"] = _seconds(lambda: (put_on_strands(rig), bpy.context.view_layer.update()))
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("performance")
    parser.add_argument("--person", default="default")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    chosen = parser.parse_args()
    found = measure(Performance.load(chosen.performance), chosen.person)
    print(json.dumps({name: float(f"{value:.3g}") for name, value in found.items()}))
