"""What somebody of the cast looks like, on one sheet: ``python -m soliloquy.rigs.render.cast_sheet FOLDER``; with
``--together`` head and body of everybody on one, ``cast.png``.

Close-ups at rest, smiling, saying "ah", with shut eyes and in every emotion, then from the hips up, standing, seated
and with both arms up; Cycles, the studio's light. Works with the module bpy.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import bpy
import numpy as np
import numpy.typing as npt

from ...inference.arkit import ARKIT_INDEX
from ...inference.body.track import RestSpan
from ...inference.character import load_character
from ...inference.emotion.facs import expression_table
from ...inference.layers.posture import posture_layer
from ...inference.looks import looks
from ...inference.performance import Performance
from ...inference.prosody import analyse
from ...inference.settings import EMOTIONS
from ...inference.skeleton import JOINT_INDEX
from ..character.default_character import add_character
from ..takes.bake import BakeOptions, bake
from .images import Picture, contact_sheet, read_picture, save_picture
from .preview import render_sheet
from .thumbnails import FRIENDLY

COLUMNS = 5
_FACES: tuple[dict[str, float], ...] = (
    {},
    {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "cheekSquintLeft": 0.3, "cheekSquintRight": 0.3},
    {"jawOpen": 0.55},
    {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0},
)
_FELT = tuple(name for name in EMOTIONS if name != "neutral")
_EYES = (-0.03, -0.21, 0.0)
"""Radians by which both eyes turn into the studio's camera."""
_STANDING = {"left_shoulder": (0.0, 0.0, -1.25), "right_shoulder": (0.0, 0.0, 1.25)}
_RESTS = {"woman": "together", "man": "crossed", "black_woman": "wrist", "older_woman": "together", "stylised": "wrist"}
"""Where hands lie on the sheet of everybody; beside the body where nothing is said."""
_BODIES: tuple[tuple[str, dict[str, tuple[float, float, float]]], ...] = (
    ("upper", _STANDING),
    ("body", _STANDING),
    (
        "body",
        _STANDING
        | {f"{side}_hip": (-1.5, 0.0, 0.0) for side in ("left", "right")}
        | {f"{side}_knee": (1.5, 0.0, 0.0) for side in ("left", "right")},
    ),
    (
        "body",
        {
            "left_shoulder": (0.0, 0.0, 1.0), "right_shoulder": (0.0, 0.0, -1.0),
            "left_collar": (0.0, 0.0, 0.3), "right_collar": (0.0, 0.0, -0.3),
        },
    ),
)  # fmt: skip
"""View and pose of the pictures that show more than the head."""


def shown() -> Performance:
    """Return what a sheet shows, a frame a picture: faces first, then bodies."""
    jaw = load_character().jaw_open_radians
    table = expression_table()
    faces = [np.zeros(table.shape[1], np.float32) for _ in _FACES]
    for values, named in zip(faces, _FACES, strict=True):
        for name, value in named.items():
            values[ARKIT_INDEX[name]] = value
    faces += [table[EMOTIONS.index(name)] for name in _FELT]
    faces += [np.zeros(table.shape[1], np.float32)] * len(_BODIES)
    arkit = np.clip(np.array(faces), 0.0, 1.0)
    poses: npt.NDArray[np.float32] = np.zeros((len(arkit), len(JOINT_INDEX), 3), np.float32)
    for row, turns in enumerate([_STANDING] * (len(arkit) - len(_BODIES)) + [turns for _, turns in _BODIES]):
        for joint, turn in turns.items():
            poses[row, JOINT_INDEX[joint]] = turn
        poses[row, JOINT_INDEX["jaw"], 0] = jaw * arkit[row, ARKIT_INDEX["jawOpen"]]
        for eye in ("left_eye_smplhf", "right_eye_smplhf"):
            poses[row, JOINT_INDEX[eye]] = _EYES
    count = len(arkit)
    still = np.zeros((count, 3), np.float32)
    return Performance(30.0, poses.reshape(count, -1), still, arkit, np.zeros(count, np.float32))


def at_ease(rest: str, seed: int) -> Performance:
    """Return one frame of somebody who stands as people do, on one leg more than on the other, eyes on the camera,
    with a faint smile.

    Parameters
    ----------
    rest : str
        Where the hands lie, as of ``RestSpan``.
    seed : int
        Of how the weight is carried.
    """
    times = np.arange(51) / 25.0
    silence = analyse(np.zeros(int(16000 * times[-1]), np.float32))
    rests = (RestSpan(0.0, float(times[-1]), rest),)
    track = posture_layer(times, silence, load_character().joints, seed, rests=rests)
    poses = track.poses[-1:].astype(np.float32).reshape(1, -1, 3)
    for eye in ("left_eye_smplhf", "right_eye_smplhf"):
        poses[0, JOINT_INDEX[eye]] = _EYES
    faces = np.zeros((1, len(ARKIT_INDEX)), np.float32)
    for key, value in FRIENDLY.items():
        faces[0, ARKIT_INDEX[key]] = value
    return Performance(30.0, poses.reshape(1, -1), track.trans[-1:].astype(np.float32), faces, np.zeros(1, np.float32))


def render_person(name: str, folder: Path, *, size: tuple[int, int], samples: int) -> Picture:
    """Return the sheet of somebody of the cast.

    Parameters
    ----------
    name : str
        A look.
    folder : Path
        For the pictures it is made of.
    size : (int, int)
        Width and height in pixels of each.
    samples : int
        Cycles samples per pixel; the pictures are denoised.
    """
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    rig = add_character(bpy.context, person=name)
    performance = shown()
    bpy.context.scene.render.fps, bpy.context.scene.render.fps_base = round(performance.fps), 1.0
    # Frames do not belong together: every one of them is a key.
    take = bake(performance, rig, BakeOptions(first_frame=1.0, interpolation="LINEAR", tolerance=0.0)).take
    heads = performance.frames - len(_BODIES)
    views = ["head"] * heads + [view for view, _ in _BODIES]
    found: list[Picture] = []
    for view in dict.fromkeys(views):
        frames = [1.0 + k for k, each in enumerate(views) if each == view]
        file = folder / f"{view}.png"
        render_sheet(rig, frames, file, size=size, columns=1, samples=samples, view=view, take=take)
        strip = read_picture(file)
        found += [strip[4 + k * (size[1] + 4) :][: size[1], 4 : 4 + size[0]] for k in range(len(frames))]
    return contact_sheet(found, COLUMNS)


def render_together(folder: Path, *, size: tuple[int, int], samples: int) -> Picture:
    """Return heads above bodies of the whole cast, standing at ease; the parameters are :func:`render_person`'s."""
    rows: list[list[Picture]] = [[], []]
    for seed, name in enumerate(looks()):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        rig = add_character(bpy.context, person=name)
        take = bake(at_ease(_RESTS.get(name, "sides"), seed), rig, BakeOptions(first_frame=1.0)).take
        for row, view in zip(rows, ("head", "body"), strict=True):
            file = folder / f"{name}_{view}.png"
            render_sheet(rig, [1.0], file, size=size, columns=1, samples=samples, view=view, take=take)
            row.append(read_picture(file)[4:-4, 4:-4])
    return contact_sheet([*rows[0], *rows[1]], len(rows[0]))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Render a sheet of each of the cast.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, nargs=2, default=(176, 220), metavar=("WIDTH", "HEIGHT"))
    parser.add_argument("--samples", type=int, default=12)
    parser.add_argument("--only", nargs="*", metavar="NAME", help="these only")
    parser.add_argument("--together", action="store_true", help="one sheet of everybody")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.together:
        with tempfile.TemporaryDirectory(prefix="soliloquy_") as pieces:
            sheet = render_together(Path(pieces), size=tuple(arguments.size), samples=arguments.samples)
        print(save_picture(sheet, arguments.folder / "cast.png"))
        return
    for name in arguments.only or looks():
        with tempfile.TemporaryDirectory(prefix="soliloquy_") as pieces:
            size = (arguments.size[0], arguments.size[1])
            sheet = render_person(name, Path(pieces), size=size, samples=arguments.samples)
        print(save_picture(sheet, arguments.folder / f"cast_{name}.png"), flush=True)


if __name__ == "__main__":
    main()
