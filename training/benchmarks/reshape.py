"""Times re-shaping a finished take: ``python -m soliloquy.training.benchmarks.reshape [--data DIR]``.

A minute of speech is performed and baked onto the default character in a process of its own, since Blender lives
there; then every slider of *Re-shape* is set in turn, as dragging sets it, and timed until its keys are written.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from ...inference.api import animate
from .job import long_speech

SECONDS = 60.0
GOAL = 0.3
"""Seconds from slider to keys."""
SLIDERS: tuple[tuple[str, float], ...] = (
    ("upper_face", 0.5), ("emotion", 0.0), ("gaze", 0.0), ("blinks", 0.5), ("head", 0.5), ("body", 0.5),
    ("gestures", 0.5), ("gestures", 1.5), ("openness", 1.0), ("fingers", 0.5), ("motion_smoothing", 0.3),
    ("motion_offset", 0.2),
)  # fmt: skip

_IN_BLENDER = """
import json, sys, time, bpy
from pathlib import Path
import soliloquy
soliloquy.register()
from soliloquy.inference.performance import Performance
from soliloquy.inference.shape.settings import Reshape
from soliloquy.operators.performances import load_as_take
from soliloquy.rigs.rig import find_rig
from soliloquy.rigs.takes.reshape import reshape_take
from soliloquy.rigs.takes.take import takes_of
bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
bpy.context.scene.render.fps = 30
bpy.ops.soliloquy.add_character()
rig = find_rig(bpy.context.scene.soliloquy.character)
path = Path(sys.argv[1])
report = load_as_take(bpy.context.scene, rig, Performance.load(path), path, first=1)
reshape_take(rig, takes_of(rig)[-1], Reshape(blinks=0.9))  # reads the performance; later calls keep it
rows = []
for name, value in json.loads(sys.argv[2]):
    reshape_take(rig, takes_of(rig)[-1], Reshape(**{name: 0.9 * value if value else 0.1}))  # a slider on its way
    take = takes_of(rig)[-1]
    clock, used = time.perf_counter(), time.process_time()
    keys, _ = reshape_take(rig, take, Reshape(**{name: value}))
    rows.append([name, value, time.perf_counter() - clock, time.process_time() - used, keys])
print("FIGURES", json.dumps({"keys": report.keys, "rows": rows}))
soliloquy.unregister()
"""


def main() -> int:
    """Print a line per slider; exit code 1 when one takes longer than the goal by the clock."""
    parser = argparse.ArgumentParser(
        prog="python -m soliloquy.training.benchmarks.reshape",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the corpora (default: %(default)s)")
    data = parser.parse_args().data
    with tempfile.TemporaryDirectory() as folder:
        speech = long_speech(Path(folder) / "speech.flac", SECONDS, data)
        performance = Path(folder) / "performance.npz"
        animate(speech).save(performance)
        command = [sys.executable, "-c", _IN_BLENDER, str(performance), json.dumps(SLIDERS)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES"))
    figures = json.loads(line.removeprefix("FIGURES"))
    print(f"{SECONDS:g} s, {figures['keys']} keys; seconds by the clock, of processor time, keys written")
    for name, value, clock, used, keys in figures["rows"]:
        print(f"{name:18s}{value:4g} {clock:7.3f} {used:7.3f} {keys:6d}{'  <-' if clock > GOAL else ''}")
    return int(any(row[2] > GOAL for row in figures["rows"]))


if __name__ == "__main__":
    raise SystemExit(main())
