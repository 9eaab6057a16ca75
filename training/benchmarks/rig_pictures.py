"""One performance on every rig of a folder, on one sheet: ``python -m soliloquy.training.benchmarks.rig_pictures``.

Each file is opened, its character animated, and shown whole and by its head at the moment the mouth is widest open.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ...inference.errors import SoliloquyError
from ...inference.performance import Performance
from ...inference.pipeline import animate
from ...inference.settings import AnimateJob, AnimateSettings, AudioRange

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = (".blend", ".fbx", ".glb", ".gltf", ".vrm", ".bvh")
SIZE = (240, 300)


def demo_performance(folder: Path) -> Performance:
    """Return the performance of the demo's speech, made afresh in a folder."""
    path = folder / "demo.npz"
    settings = AnimateSettings(emotion="happy", intensity=0.4, seed=7)
    animate(AnimateJob(AudioRange(str(ROOT / "assets" / "demo_speech.flac")), settings, str(path)))
    return Performance.load(path)


def pictures_of(path: Path, performance: Performance, folder: Path, moment: int) -> list[Any]:
    """Return a picture of the whole character and one of its head, (H, W, 3) each, at a frame of the performance.

    Raises
    ------
    SoliloquyError
        When the file holds no character that can be animated.
    """
    import bpy

    from ...rigs.open_file import character_in, open_file
    from ...rigs.render.images import read_picture
    from ...rigs.render.preview import render_sheet
    from ...rigs.takes.bake import BakeOptions, bake

    open_file(path)
    rig = character_in(path)
    take = bake(performance, rig, BakeOptions(first_frame=1.0)).take
    fps = bpy.context.scene.render.fps / bpy.context.scene.render.fps_base
    frame = 1.0 + moment * fps / performance.fps
    found = []
    for view in ("body", "head"):
        file = render_sheet(rig, [frame], folder / f"{view}.png", size=SIZE, view=view, take=take)
        found.append(read_picture(file)[4:-4, 4:-4])
    return found


def main(arguments: list[str] | None = None) -> int:
    """Render the sheet; returns 1 where a file could not be shown."""
    from ...rigs.render.images import contact_sheet, save_picture

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="holds the folder 'rigs'")
    parser.add_argument("--only", default="", help="part of the names of the files to show")
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "build" / "rigs.png")
    chosen = parser.parse_args(arguments)
    files = sorted(f for f in (chosen.data / "rigs").iterdir() if f.suffix in SUFFIXES and chosen.only in f.name)
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    failed = False
    shown: list[Any] = []
    with tempfile.TemporaryDirectory(prefix="soliloquy_") as name:
        performance = demo_performance(Path(name))
        moment = int(np.argmax(performance.lip_aperture))
        for file in files:
            try:
                shown += pictures_of(file, performance, Path(name), moment)
                print(f"{len(shown) // 2:2d} {file.name}")
            except SoliloquyError as error:
                failed = True
                shown += [np.full((SIZE[1], SIZE[0], 3), 0.2, np.float32)] * 2
                print(f"{len(shown) // 2:2d} {file.name}: {error}")
    print(save_picture(contact_sheet(shown, 8), chosen.output))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
