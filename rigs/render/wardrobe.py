"""What the cast can put on, a sheet a kind of part: ``python -m soliloquy.rigs.render.wardrobe FOLDER [SHEET ...]``.

Outfits at full length, haircuts with beards, glasses, and cards of hair above the strands that they become; Cycles, the
studio's light, eyes on the camera. Works with the module bpy.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import bpy

from ..character.default_character import add_character
from ..takes.bake import BakeOptions, bake
from . import studio
from .cast_sheet import at_ease
from .images import Picture, contact_sheet, read_picture, save_picture
from .quiet import quiet
from .stage import alone


@dataclass(frozen=True)
class Shot:
    """Somebody of the cast, what is exchanged, and how far to the right they turn."""

    person: str
    parts: dict[str, str] = field(default_factory=dict)
    degrees: float = 0.0
    hair_as: str = "cards"


@dataclass(frozen=True)
class Sheet:
    """Shots of one view, ``"head"`` or ``"body"``, and size."""

    view: str
    size: tuple[int, int]
    columns: int
    shots: tuple[Shot, ...]


_NEARER = 1.3
"""Of the lens that shows a body: arms that hang need less room."""
_COMPARED = ("woman", "east_asian_man", "stylised", "black_woman")

SHEETS: dict[str, Sheet] = {
    "outfits": Sheet(
        "body",
        (160, 250),
        8,
        (
            Shot("woman"),
            Shot("man"),
            Shot("black_woman"),
            Shot("east_asian_man"),
            Shot("child"),
            Shot("default", {"outfit": "tee_jeans"}, 140),
            Shot("older_woman", {"outfit": "dress"}, 150),
            Shot("east_asian_man", {}, 180),
        ),
    ),
    "hair": Sheet(
        "head",
        (206, 231),
        4,
        (
            *(Shot("woman", {"hair": hair}) for hair in ("long", "bob", "bun", "shoulder")),
            Shot("black_woman"),
            Shot("older_woman", {"hair": "ponytail", "glasses": "none"}),
            Shot("child"),
            Shot("east_asian_man"),
            *(
                Shot("man", {"hair": hair, "beard": beard})
                for hair, beard in (
                    ("side_parting", "full"),
                    ("buzz", "stubble"),
                    ("receding", "goatee"),
                    ("crop", "moustache"),
                )
            ),
        ),
    ),
    "glasses": Sheet(
        "head",
        (216, 216),
        7,
        (
            *(
                Shot(person, {"glasses": "square"})
                for person in ("older_woman", "east_asian_man", "child", "black_woman")
            ),
            *(Shot(person, {"glasses": "round"}, -35) for person in ("default", "stylised", "woman")),
        ),
    ),
    "strands": Sheet(
        "head",
        (276, 276),
        4,
        (*map(Shot, _COMPARED), *(Shot(person, hair_as="strands") for person in _COMPARED)),
    ),
}


def render_shot(shot: Shot, *, view: str, size: tuple[int, int], samples: int) -> Picture:
    """Return a picture of somebody.

    Parameters
    ----------
    shot : Shot
        Who, in what, turned how far.
    view, size, samples
        As in :func:`studio.set_up`, with Cycles.
    """
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    parts = cast("dict[str, Any]", shot.parts)
    rig = add_character(bpy.context, person=shot.person, hair_as=shot.hair_as, **parts)
    take = bake(at_ease("sides", 0), rig, BakeOptions(first_frame=1.0)).take
    with alone(rig, take, name="Soliloquy wardrobe", strands=True) as scene, tempfile.TemporaryDirectory() as folder:
        try:
            scene.frame_set(1)
            studio.set_up(scene, rig, view=view, size=size, samples=samples, engine="CYCLES")
            rig.armature.rotation_euler.z += math.radians(shot.degrees)
            studio.look_at_camera(scene, rig)
            if view == "body":
                scene.camera.data.lens *= _NEARER
            scene.render.filepath = str(Path(folder) / "shot.png")
            with quiet():
                bpy.ops.render.render(write_still=True, scene=scene.name)
            return read_picture(Path(scene.render.filepath))
        finally:
            studio.tear_down(scene)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Render what the cast can put on.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("sheets", nargs="*", metavar="SHEET", help="of " + ", ".join(SHEETS) + "; all without one")
    parser.add_argument("--samples", type=int, default=12)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name in arguments.sheets or SHEETS:
        sheet = SHEETS[name]
        pictures = [
            render_shot(shot, view=sheet.view, size=sheet.size, samples=arguments.samples) for shot in sheet.shots
        ]
        print(save_picture(contact_sheet(pictures, sheet.columns), arguments.folder / f"{name}.png"), flush=True)


if __name__ == "__main__":
    main()
