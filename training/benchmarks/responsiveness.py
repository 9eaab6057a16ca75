"""Times what an artist would feel: ``python -m soliloquy.training.benchmarks.responsiveness``.

Enabling the add-on (in a Blender process of its own, Python's files compiled), adding the character, moving a body
slider; and, where the environment variable BLENDER names a Blender that can open windows, the longest tick of the
session while a job runs, Cancel, and how soon a killed worker is noticed, all in the session of ``tests/window``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
BOUNDS = {
    "enable": 0.1, "add_character": 2.0, "body_slider": 0.3, "longest_tick": 0.020, "cancel": 0.2, "kill_noticed": 1.0,
}  # fmt: skip
"""Seconds that must not be exceeded."""

_IN_BLENDER = """
import json, sys, time, bpy
sys.dont_write_bytecode = False  # the module bpy says otherwise, Blender's program does not
clock = time.process_time  # a busy machine would time its other tenants
begun = clock()
import soliloquy
soliloquy.register()
enabled = clock()
bpy.ops.soliloquy.add_character()
added = clock()
bpy.context.object.soliloquy_shape.weight = 0.5
moved = clock()
figures = {"enable": enabled - begun, "add_character": added - enabled, "body_slider": moved - added}
print("FIGURES", json.dumps(figures))
soliloquy.unregister()
"""


def without_windows() -> dict[str, float]:
    """Return the seconds of what needs no window, the best of four Blender processes for each; the first compiles."""
    runs: list[dict[str, float]] = []
    for _ in range(4):
        done = subprocess.run(
            [sys.executable, "-c", _IN_BLENDER], capture_output=True, text=True, timeout=300, check=True
        )
        line = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES"))
        runs.append(json.loads(line.removeprefix("FIGURES")))
    return {name: min(run[name] for run in runs) for name in runs[0]}


def with_windows() -> dict[str, float]:
    """Run the artist's session of ``tests/window`` in the Blender that BLENDER names; returns its seconds."""
    report = _ROOT / "build" / "window" / "report.json"
    report.unlink(missing_ok=True)
    subprocess.run([sys.executable, "-m", "pytest", "-q", "tests/window"], cwd=_ROOT, timeout=900, check=False)
    if not report.is_file():
        raise SystemExit("The session in a Blender with windows left no report; see build/window/blender.log.")
    return json.loads(report.read_text(encoding="utf-8"))["figures"]


def main() -> int:
    """Measure and print one JSON object; exit code 1 when a bound is exceeded."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    figures = without_windows()
    if os.environ.get("BLENDER"):
        figures |= with_windows()
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}, indent=2))
    missed = [f"{name}: {value:.3f} s, not {BOUNDS[name]} s" for name, value in figures.items() if value > BOUNDS[name]]
    print("\n".join(missed), file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())
