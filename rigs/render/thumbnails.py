"""The pictures of the cast that menus show.

    python -m soliloquy.rigs.render.thumbnails [folder] [--size 192] [--samples 32]

Works with the module bpy; Cycles, the studio's light, eyes on the camera, a faint smile.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import bpy

from ...inference.looks import looks
from ...inference.shipped import ROOT
from ..character.default_character import add_character
from . import studio
from .quiet import quiet
from .stage import alone

FRIENDLY = {
    "mouthSmileLeft": 0.22, "mouthSmileRight": 0.18, "cheekSquintLeft": 0.15, "cheekSquintRight": 0.15,
    "browOuterUpLeft": 0.08, "browOuterUpRight": 0.08,
}  # fmt: skip
"""Of face keys: a menu is a first meeting."""
FOLDER = ROOT / "assets" / "cast" / "thumbnails"


def render_person(name: str, file: Path, *, size: int, samples: int) -> None:
    """Render somebody of the cast as a JPEG, head and shoulders.

    Parameters
    ----------
    name : str
        A look.
    file : Path
        The picture to write.
    size : int
        Width and height in pixels.
    samples : int
        Cycles samples per pixel; the picture is denoised.
    """
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    rig = add_character(bpy.context, person=name)
    keys = next(mesh.data.shape_keys for mesh in rig.meshes if mesh.data.shape_keys is not None).key_blocks
    for key, value in FRIENDLY.items():
        keys[key].value = value
    with alone(rig, None, name="Soliloquy thumbnail", strands=True) as scene:
        try:
            studio.set_up(scene, rig, view="head", size=(size, size), samples=samples, engine="CYCLES")
            studio.look_at_camera(scene, rig)
            settings = scene.render.image_settings
            settings.file_format, settings.quality = "JPEG", 88
            with tempfile.TemporaryDirectory() as folder, quiet():
                scene.render.filepath = str(Path(folder) / "picture.jpg")
                bpy.ops.render.render(write_still=True, scene=scene.name)
                file.write_bytes(Path(scene.render.filepath).read_bytes())
        finally:
            studio.tear_down(scene)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Render the pictures of the cast.")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--only", nargs="*", metavar="NAME", help="these only")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.only or looks():
        file = arguments.folder / f"{name}.jpg"
        render_person(name, file, size=arguments.size, samples=arguments.samples)
        print(file, flush=True)


if __name__ == "__main__":
    main()
