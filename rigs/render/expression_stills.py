"""Every frame of a performance as a picture of its own, seen from the front: for looking at expressions side by side.

    python -m soliloquy.rigs.render.expression_stills performance.npz folder [--size 320] [--samples 12]

Works with the module bpy; the performance is played by the default character.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import bpy
from mathutils import Matrix, Vector

from ...inference.performance import Performance
from .. import compat
from ..character.default_character import add_character
from ..rig import Rig
from ..takes.bake import BakeOptions, bake
from . import studio
from .quiet import quiet
from .stage import alone


def render_stills(
    performance: Performance,
    folder: Path,
    *,
    size: int = 320,
    samples: int = 12,
    progress: Callable[[float], None] | None = None,
) -> list[Path]:
    """Render every frame of a performance of the default character, from straight in front.

    Parameters
    ----------
    performance : Performance
        Each frame becomes a picture; they need not belong together.
    folder : Path
        Receives ``00000.png``, ``00001.png`` ... in the order of the frames.
    size : int
        Width and height in pixels.
    samples : int
        Cycles samples per pixel; the pictures are denoised.
    progress : callable, optional
        Called with 0..1 after each picture.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    SoliloquyError
        When the performance cannot be baked or the size is out of range.
    """
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    rig = add_character(bpy.context)
    compat.set_frame_rate(bpy.context.scene, performance.fps)
    # Frames that do not belong together must not leak into one another: every one of them is a key.
    report = bake(performance, rig, BakeOptions(first_frame=1.0, interpolation="LINEAR", tolerance=0.0))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with alone(rig, report.take, name="Soliloquy stills", strands=True) as scene:
        try:
            scene.frame_set(1)
            studio.set_up(
                scene, rig, view="head", size=(size, size), samples=samples, engine="CYCLES", light=studio.EVEN
            )
            _face_on(scene, rig)
            for index in range(performance.frames):
                scene.frame_set(1 + index)
                file = folder / f"{index:05d}.png"
                scene.render.filepath = str(file)
                with quiet():
                    bpy.ops.render.render(write_still=True, scene=scene.name)
                written.append(file)
                if progress is not None:
                    progress(len(written) / performance.frames)
        finally:
            studio.tear_down(scene)
    return written


def _face_on(scene: bpy.types.Scene, rig: Rig) -> None:
    """Move the studio's camera from its side view to the middle, at the height of the eyes, its distance unchanged."""
    camera = scene.camera
    at = rig.armature.matrix_world @ rig.armature.pose.bones[rig.bones["head"]].head
    turn = Matrix(rig.turn.tolist())
    centre = at + turn @ Vector((0.0, 0.0, 0.045 * rig.size))
    distance = (camera.location - at).length
    offset = turn @ Vector((0.0, -1.0, 0.0)) * distance
    camera.location = centre + offset
    camera.rotation_euler = offset.to_track_quat("Z", "Y").to_euler()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Render every frame of a performance from the front.")
    parser.add_argument("performance", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=320)
    parser.add_argument("--samples", type=int, default=12)
    arguments = parser.parse_args()
    written = render_stills(
        Performance.load(arguments.performance), arguments.folder, size=arguments.size, samples=arguments.samples
    )
    print(f"{len(written)} pictures in {arguments.folder}")


if __name__ == "__main__":
    main()
