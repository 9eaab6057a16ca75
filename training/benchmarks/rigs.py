"""Measures rigs made by others: ``python -m soliloquy.training.benchmarks.rigs FOLDER``.

Every file of the folder is opened in a Blender process of its own, detected, and baked with a real performance and a
made-up one; a table says how far what shows is from what was performed, what a bake costs beside the default
character's, and whether anything was touched or left behind. ``--python`` chooses the Blender: a Python with bpy.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_SUFFIXES = (".blend", ".fbx", ".glb", ".gltf", ".vrm", ".bvh")
_MARK = "FIGURES "
_LONGEST = 600.0

GOALS: dict[str, tuple[str, float]] = {
    "arm": ("upper arm max", 3.0), "fore": ("forearm max", 3.0), "thigh": ("thigh max", 3.0), "shin": ("shin max", 3.0),
    "hand": ("hand max", 3.0), "palm": ("palm max", 8.0), "curl%": ("curl max %", 10.0), "head": ("head max", 2.0),
    "spine": ("spine max", 4.0), "eyes": ("eyes max", 3.0), "trav%": ("travel %", 2.0), "feet": ("feet cm", 1.5),
    "shut%": ("lips shut %", 1.0), "share%": ("lips share %", 15.0), "vis 1-r": ("viseme 1-r", 0.15),
    "lids%": ("lids %", 10.0), "lips mm": ("lip points mm", 1.5),
    "arm t": ("upper arm touching max", 12.0), "fore t": ("forearm touching max", 12.0),
}  # fmt: skip
"""Heading of a column -> figure, and the most that it may be; others add theirs."""


def speech_performance(folder: Path) -> Path:
    """Animate the bundled recording; returns the performance's path."""
    target = folder / "speech.npz"
    order = ["-m", "soliloquy", "animate", str(_ROOT / "assets" / "demo_speech.flac"), "-o", str(target)]
    subprocess.run([sys.executable, *order], env=_environment(), check=True, stdout=subprocess.DEVNULL)
    return target


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(_ROOT.parent)}


def measured(path: Path, speech: Path, python: str, seconds: float) -> dict[str, Any]:
    """Return the figures of one file; ``error`` where there are none."""
    order = [python, "-m", "soliloquy.rigs.measures.one_file", str(path), str(speech), "--seconds", str(seconds)]
    try:
        done = subprocess.run(order, env=_environment(), capture_output=True, text=True, timeout=_LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return {"error": "It took longer than ten minutes."}
    line = next((line for line in done.stdout.splitlines() if line.startswith(_MARK)), "")
    if not line:
        return {"error": (done.stderr.strip().splitlines() or ["Blender said nothing."])[-1]}
    found: dict[str, Any] = json.loads(line[len(_MARK) :])
    return found


def row(name: str, figures: Mapping[str, Any]) -> str:
    """Return a file's line of the table; what misses its goal is bold."""
    if "error" in figures and "speech" not in figures:
        return f"| {name} | {figures['error']} |"
    cells = [f"{figures.get('kind', '')} {figures.get('joints', 0)}"]
    for figure, most in GOALS.values():
        values = [figures[part][figure] for part in ("speech", "calibration") if figure in figures.get(part, {})]
        said = f"{max(values):.{2 if most < 1.0 else 1}f}" if values else ""
        cells.append(said if not values or max(values) <= most else f"**{said}**")
    ratio = figures["bake s"] / figures["default bake s"] if figures.get("bake s") else None
    cells.append("" if ratio is None else f"{figures['bake s']:.2f} s, {ratio:.1f}x")
    cells += [str(len(figures.get("touched", []))), str(len(figures.get("left behind", [])))]
    return f"| {name} | " + " | ".join(cells) + " |"


def main() -> int:
    """Print the table; returns 1 where a file could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, help="folder of characters' files")
    parser.add_argument("--python", default=sys.executable, help="a Python with bpy, which decides Blender's version")
    parser.add_argument("--speech", type=Path, help="performance to use instead of the bundled recording's")
    parser.add_argument("--only", default="", help="part of the names of the files to measure")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the bake that is timed; 0: none")
    parser.add_argument("--json", type=Path, help="write all figures here")
    chosen = parser.parse_args()
    files = sorted(path for path in chosen.folder.iterdir() if path.suffix.lower() in _SUFFIXES)
    every: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        speech = chosen.speech or speech_performance(Path(folder))
        heads = ["file", "kind", *GOALS, "60 s" if chosen.seconds == 60.0 else "bake", "touched", "left"]
        print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads), flush=True)
        for path in files:
            if chosen.only in path.name:
                every[path.name] = measured(path, speech, chosen.python, chosen.seconds)
                print(row(path.name, every[path.name]), flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(every, indent=1, ensure_ascii=False), encoding="utf-8")
    return int(any("speech" not in figures for figures in every.values()))


if __name__ == "__main__":
    sys.exit(main())
