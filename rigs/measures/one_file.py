"""Measures one file in this Blender: ``python -m soliloquy.rigs.measures.one_file FILE SPEECH.npz``.

Prints a line of JSON: kind, joints, figures of two performances (speech, and the made-up calibration), the time of a
bake beside the default character's, what was changed that must not be, and what a removed take leaves behind.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import bpy

from ...inference.errors import SoliloquyError
from ...inference.performance import Performance
from ..benchmark import lively_performance
from ..character.default_character import add_character
from ..open_file import character_in, open_file
from ..rig import Rig
from ..takes import take as takes
from ..takes.bake import BakeOptions, bake
from .calibration import calibration_performance
from .case import Case
from .components import component_figures
from .file_state import animated, changed, state_of
from .register import MEASURES

MARK = "FIGURES "
_SECONDS = 60.0


def measure(path: str, speech: Performance, seconds: float = _SECONDS) -> dict[str, Any]:
    """Return the figures of a file, or ``error`` in words where it cannot be animated.

    Parameters
    ----------
    path : str
        A character's file, or ``"default"``.
    speech : Performance
        A real performance.
    seconds : float
        Length of the bake that is timed; 0 leaves it out.
    """
    figures: dict[str, Any] = {}
    try:
        for name, performance in (("speech", speech), ("calibration", calibration_performance())):
            rig = _open(path)
            figures.update(kind=rig.kind, face=rig.face, joints=len(rig.joints), keys=len(rig.keys))
            figures[name] = _figures(name, rig, performance, figures)
            if name == "speech":
                figures[name].update(component_figures(rig, performance))
        if seconds > 0.0:
            performance = lively_performance(seconds)
            bake(performance, rig, BakeOptions(name="Warm"))
            figures["bake s"] = _quickest(performance, rig)
            default = _open("default")
            bake(performance, default, BakeOptions(name="Warm"))
            figures["default bake s"] = _quickest(performance, default)
    except SoliloquyError as error:
        figures["error"] = str(error)
    return figures


def _open(path: str) -> Rig:
    if path == "default":
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        rig = add_character(bpy.context)
    else:
        open_file(path)
        rig = character_in(path)
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = 30, 1.0
    bpy.context.scene.frame_set(bpy.context.scene.frame_current)
    return rig


def _figures(name: str, rig: Rig, performance: Performance, figures: dict[str, Any]) -> dict[str, float]:
    scene = bpy.context.scene
    frame, before = scene.frame_current, state_of(rig)
    report = bake(performance, rig, BakeOptions(first_frame=1.0))
    case = Case(name, rig, performance, report)
    found = {figure: round(value, 3) for function in MEASURES for figure, value in function(case).items()}
    scene.frame_set(frame)
    mapped, after = {f"bone {name}" for name in animated(rig)}, state_of(rig)
    kept = [item for item in before if item.startswith(("bone ", "object ")) and item not in mapped]
    touched = changed({item: before[item] for item in kept}, {item: after[item] for item in kept})
    figures.setdefault("touched", []).extend(touched)
    takes.remove(rig, report.take)
    scene.frame_set(frame)
    figures.setdefault("left behind", []).extend(changed(before, state_of(rig), 1e-6))
    figures.setdefault("warnings", []).extend(word for word in report.warnings)
    return found


def _quickest(performance: Performance, rig: Rig) -> float:
    """Return the seconds of the quicker of two bakes."""
    spent = []
    for _ in range(2):
        begun = time.perf_counter()
        bake(performance, rig)
        spent.append(time.perf_counter() - begun)
    return round(min(spent), 3)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", help="a character's file, or 'default'")
    parser.add_argument("speech", help="a performance of real speech, .npz")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="length of the bake that is timed; 0: none")
    chosen = parser.parse_args()
    figures = measure(chosen.file, Performance.load(Path(chosen.speech)), chosen.seconds)
    print("\n" + MARK + json.dumps(figures, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
