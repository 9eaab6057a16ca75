"""One performance on every rig of a folder, on one sheet: ``python -m soliloquy.rigs.render.rig_sheet A.npz FOLDER``.

Each file is opened, its character animated, and shown whole and by its head at the moment the mouth is widest open.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...inference.errors import SoliloquyError
from ...inference.performance import Performance
from ..open_file import SUFFIXES, character_in, open_file
from ..rig import Rig, find_rig
from ..takes.bake import BakeOptions, bake
from .images import contact_sheet, read_picture, save_picture
from .preview import render_sheet

SIZE = (240, 300)
_MODELS = (".npz", ".pkl")
"""Files that hold a body without a character around it."""


def pictures_of(path: Path, performance: Performance, folder: Path, moment: int) -> list[Any]:
    """Return a picture of the whole character and one of its head, (H, W, 3) each, at a frame of the performance.

    Raises
    ------
    SoliloquyError
        When the file holds no character that can be animated.
    """
    open_file(path)
    rig = character_in(path)
    _fill_in(rig)
    rig = find_rig(rig.holder) or rig
    take = bake(performance, rig, BakeOptions(first_frame=1.0)).take
    fps = bpy.context.scene.render.fps / bpy.context.scene.render.fps_base
    frame = 1.0 + moment * fps / performance.fps
    found = []
    for view in ("body", "head"):
        file = render_sheet(rig, [frame], folder / f"{view}.png", size=SIZE, view=view, take=take)
        found.append(read_picture(file)[4:-4, 4:-4])
    return found


def _fill_in(rig: Rig) -> None:
    """Paint textures that the file lacks in one grey, and draw the bones of a skeleton without a mesh."""
    for image in bpy.data.images:
        there = image.packed_file is not None or Path(bpy.path.abspath(image.filepath)).is_file()
        if image.source == "FILE" and not there:
            image.source = "GENERATED"
            image.generated_color = (0.6, 0.6, 0.6, 1.0)
    if rig.attached or rig.armature is None:
        return
    for bone in rig.armature.data.bones:
        mesh = bpy.data.meshes.new(bone.name)
        long, wide = bone.length, 0.12 * bone.length
        ring = [(x, 0.2 * long, z) for x, z in ((wide, 0.0), (0.0, wide), (-wide, 0.0), (0.0, -wide))]
        sides = [(a, b, end) for end in (4, 5) for a, b in ((0, 1), (1, 2), (2, 3), (3, 0))]
        mesh.from_pydata([*ring, (0.0, 0.0, 0.0), (0.0, long, 0.0)], [], sides)
        stick = bpy.data.objects.new(bone.name, mesh)
        stick.parent, stick.parent_type, stick.parent_bone = rig.armature, "BONE", bone.name
        stick.location.y = -long  # objects hang on a bone's tail
        bpy.context.scene.collection.objects.link(stick)


def main(arguments: list[str] | None = None) -> int:
    """Render the sheet; returns 1 where a file could not be shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("performance", type=Path, help="what they perform, an .npz of soliloquy animate")
    parser.add_argument("folder", type=Path, help="holds the files")
    parser.add_argument("--only", default="", help="part of the names of the files to show")
    parser.add_argument("-o", "--output", type=Path, default=Path("rigs.png"))
    chosen = parser.parse_args(arguments)
    files = sorted(
        f for f in chosen.folder.iterdir() if f.suffix in SUFFIXES and f.suffix not in _MODELS and chosen.only in f.name
    )
    performance = Performance.load(chosen.performance)
    moment = int(np.argmax(performance.lip_aperture))
    failed = False
    shown: list[Any] = []
    with tempfile.TemporaryDirectory(prefix="soliloquy_") as name:
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
