"""The cast speaking, everybody in a mood of their own: ``python -m soliloquy.rigs.render.cast_speaking FILE.png``; a
file that ends in ``.mp4`` becomes a movie of one of them, with sound.

Each speaks the demo recording; the moment shown is the one in which the eyes are open, the mouth speaks and the hands
are up. Cycles, the studio's light, hair as single strands. Works with the module bpy in a Python that has the networks'
libraries.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import bpy
import numpy as np

from ...inference.api import animate
from ...inference.arkit import ARKIT_INDEX
from ...inference.character import load_character
from ...inference.performance import Performance
from ...inference.plausibility.kinematics import joint_positions
from ...inference.settings import AudioRange
from ...inference.shipped import ROOT
from ...inference.skeleton import JOINT_INDEX
from .. import compat
from ..character.default_character import add_character
from ..takes.bake import BakeOptions, bake
from . import studio
from .images import Picture, contact_sheet, read_picture, save_picture
from .movie import encode
from .quiet import quiet
from .stage import alone


class Part(NamedTuple):
    """What one person of the cast is given to play."""

    person: str
    emotion: str
    intensity: float
    style: str
    seed: int


PARTS = (
    Part("woman", "happy", 0.6, "explaining", 12),
    Part("man", "angry", 0.7, "agitated", 11),
    Part("black_woman", "happy", 0.9, "enthusiastic", 5),
    Part("east_asian_man", "surprised", 0.6, "explaining", 5),
    Part("older_woman", "sad", 0.7, "shy", 4),
    Part("child", "happy", 0.8, "enthusiastic", 6),
    Part("stylised", "surprised", 0.8, "enthusiastic", 6),
    Part("default", "happy", 0.5, "enthusiastic", 3),
)
COLUMNS = 4
MOVIE_FPS = 10.0
SPEECH = ROOT / "assets" / "demo_speech.flac"
_OPEN_EYES = 0.12
"""Most that a blink may have begun."""
_SPEAKING = (0.08, 0.45)
"""``jawOpen`` of a mouth that is seen to speak."""
_ASIDE = 0.03
"""The camera stands nearly where the performance looks, so that the eyes meet it."""
_WIDER = 0.47
"""Of the lens that shows head and shoulders: hands before the chest come in."""
_LOWER = 0.19
"""By how much of its height the picture is moved down."""
_BESIDE = 0.34
"""Metres to either side of the hips that the picture shows: a hand beyond would be cut off."""


def telling_frame(performance: Performance) -> int:
    """Return the frame with open eyes and a speaking mouth in which the hands are highest, neither far aside."""
    arkit = performance.arkit
    blink = np.maximum(arkit[:, ARKIT_INDEX["eyeBlinkLeft"]], arkit[:, ARKIT_INDEX["eyeBlinkRight"]])
    jaw = arkit[:, ARKIT_INDEX["jawOpen"]]
    places = joint_positions(performance.poses, performance.trans, load_character().joints)
    wrists = places[:, [JOINT_INDEX["left_wrist"], JOINT_INDEX["right_wrist"]]]
    height, aside = wrists[..., 1], np.abs(wrists[..., 0] - places[:, None, JOINT_INDEX["pelvis"], 0])
    score = height.mean(1) + 0.5 * height.max(1) - 5.0 * np.maximum(aside - _BESIDE, 0).sum(1)
    score = score - 10.0 * (blink > _OPEN_EYES) - 5.0 * ((jaw < _SPEAKING[0]) | (jaw > _SPEAKING[1]))
    return int(score.argmax())


@contextlib.contextmanager
def _on_stage(part: Part, *, size: tuple[int, int], samples: int, hair_as: str) -> Iterator[tuple[Any, Performance]]:
    """Provide the scene in which somebody plays a part from frame 1 on, and the performance."""
    choices = {"emotion": part.emotion, "intensity": part.intensity, "style": part.style, "seed": part.seed}
    performance = animate(SPEECH, **choices)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    rig = add_character(bpy.context, person=part.person, hair_as=hair_as)
    compat.set_frame_rate(bpy.context.scene, performance.fps)
    take = bake(performance, rig, BakeOptions(first_frame=1.0)).take
    with alone(rig, take, name="Soliloquy cast", strands=True) as scene:
        try:
            scene.frame_set(1 + telling_frame(performance))
            studio.set_up(scene, rig, view="head", size=size, samples=samples, engine="CYCLES", side=_ASIDE)
            scene.camera.data.lens *= _WIDER
            scene.camera.data.shift_y = -_LOWER
            yield scene, performance
        finally:
            studio.tear_down(scene)


def _shoot(scene: Any, file: Path) -> Path:
    scene.render.filepath = str(file)
    with quiet():
        bpy.ops.render.render(write_still=True, scene=scene.name)
    return file


def render_part(part: Part, file: Path, *, size: tuple[int, int], samples: int) -> Picture:
    """Render one person's most telling moment.

    Parameters
    ----------
    part : Part
        Who, and how it is played.
    file : Path
        A place for the picture.
    size : (int, int)
        Width and height in pixels.
    samples : int
        Cycles samples per pixel; the picture is denoised.
    """
    with _on_stage(part, size=size, samples=samples, hair_as="strands") as (scene, _):
        return read_picture(_shoot(scene, file))


def film_part(part: Part, file: Path, folder: Path, *, size: tuple[int, int], samples: int) -> None:
    """Film one person's whole performance with its sound, :data:`MOVIE_FPS` pictures a second; hair as cards.

    The parameters are :func:`render_part`'s; ``folder`` takes the pictures, width and height are even.
    """
    pictures: list[Path] = []
    with _on_stage(part, size=size, samples=samples, hair_as="cards") as (scene, performance):
        seconds = performance.frames / performance.fps
        for number in range(int(seconds * MOVIE_FPS)):
            frame = 1.0 + number * performance.fps / MOVIE_FPS
            scene.frame_set(int(frame), subframe=frame - int(frame))
            pictures.append(_shoot(scene, folder / f"{number:04d}.png"))
    with quiet():
        encode(pictures, file.absolute(), MOVIE_FPS, size, AudioRange(str(SPEECH), 0.0, seconds))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Render the cast speaking.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--size", type=int, nargs=2, default=(272, 400), metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--only", nargs="*", metavar="NAME", help="these only")
    arguments = parser.parse_args()
    size = (arguments.size[0], arguments.size[1])
    if arguments.file.suffix.lower() == ".mp4":
        chosen = arguments.only[0] if arguments.only else "black_woman"
        part = next(part for part in PARTS if part.person == chosen)
        with tempfile.TemporaryDirectory(prefix="soliloquy_") as folder:
            film_part(part, arguments.file, Path(folder), size=size, samples=arguments.samples)
        print(arguments.file)
        return
    with tempfile.TemporaryDirectory(prefix="soliloquy_") as folder:
        pictures = [
            render_part(part, Path(folder) / f"{part.person}.png", size=size, samples=arguments.samples)
            for part in PARTS
            if not arguments.only or part.person in arguments.only
        ]
    print(save_picture(contact_sheet(pictures, COLUMNS), arguments.file))


if __name__ == "__main__":
    main()
