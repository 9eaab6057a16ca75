"""``soliloquy bake``: a performance becomes keyframes on a character, in a .blend and in files for other programs.

Blender does the work in a process of its own: the module ``bpy`` of this Python, or Blender's program.
"""

from __future__ import annotations

import argparse
import contextlib
import glob
import os
from pathlib import Path
from typing import Any

from ..inference.errors import SoliloquyError
from ..inference.looks import looks
from ..inference.motion_files.register import FRAME_RATE, OF_SKELETONS, read_motion
from ..inference.performance import Performance
from ..inference.saving import aside_of, not_saved
from ..inference.setting import settings_of
from ..inference.settings import AnimateSettings
from ..inference.user_folders import given_path
from ..rigs.export_formats import FORMATS
from ..rigs.export_preset import PRESETS
from .blender_process import add_blender_option, add_character_options, character_file, mapping_file, run_in_blender
from .terminal import ProgressBar, check_output, duration_text, show

EPILOG = """\
examples:
  soliloquy bake performance.npz -o scene.blend
  soliloquy bake performance.npz -o scene.blend --audio speech.mp3 --fbx speech.fbx --glb speech.glb
  soliloquy bake performance.npz -o scene.blend --rig hero.blend --fps 24 --preview speech.mp4
  soliloquy bake performance.npz -o scene.blend --fbx hero.fbx --preset unreal --export hero.usdc

Existing files are replaced only when everything has been made. Needs Blender 4.2 or later: its program (--blender, the
variable BLENDER, or on the PATH), or 'pip install bpy' in this Python."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "bake",
        help="put a performance onto a character: .blend, FBX, glTF, USD, VRM and more, preview",
        description="Bakes a performance onto a character as editable keyframes and saves the scene.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "performance",
        metavar="PERFORMANCE",
        help="an .npz made by 'soliloquy animate', or motion in another format (AMASS, BVH, FBX ...)",
    )
    parser.add_argument("-o", "--output", required=True, metavar="FILE.blend", help="the scene to write")
    parser.add_argument(
        "--rig",
        default="default",
        metavar="FILE",
        help="a file with the character to use, as 'soliloquy rig' reads it (default: Soliloquy's own character)",
    )
    parser.add_argument(
        "--character",
        choices=tuple(looks()),
        default="default",
        metavar="NAME",
        help=f"who of Soliloquy's cast plays it where no file is given: {', '.join(looks())} (default: %(default)s)",
    )
    add_character_options(parser)
    parser.add_argument("--fbx", metavar="FILE", help="also export the animated character as FBX")
    parser.add_argument("--glb", metavar="FILE", help="also export it as binary glTF")
    parser.add_argument(
        "--export",
        metavar="FILE",
        action="append",
        default=[],
        help="also export it as what the ending says, may be repeated: " + " ".join(_endings()),
    )
    parser.add_argument(
        "--preset",
        choices=tuple(PRESETS),
        default="standard",
        help="the program that FBX files are for (default: %(default)s)",
    )
    parser.add_argument("--preview", metavar="FILE", help="also render: .png for a sheet of pictures, .mp4 for a movie")
    parser.add_argument(
        "--view",
        choices=("head", "upper", "body"),
        default="",
        help="what the preview shows (default: a sheet of head and upper body; a movie of the upper body)",
    )
    parser.add_argument("--audio", metavar="FILE", help="the sound to put into scene and movie (default: as animated)")
    parser.add_argument("--fps", type=float, metavar="F", help="frame rate of the scene (default: the performance's)")
    parser.add_argument("--name", default="", metavar="TEXT", help="name of the take")
    add_blender_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    order = _order(arguments)
    exports = order.pop("exports")
    targets = {key: order[key] for key in ("blend", "preview") if order[key]}
    targets |= {f"export {number}": path for number, path in enumerate(exports)}
    # Beside the target, so that the last step is a rename and paths relative to the scene stay right.
    asides = {key: aside_of(target) for key, target in targets.items()}
    bar = ProgressBar()
    try:
        wanted = [str(aside) for key, aside in asides.items() if key.startswith("export ")]
        done = run_in_blender({**order, **asides, "exports": wanted}, arguments.blender, bar, log="bake.log")
        for key, target in targets.items():
            try:
                os.replace(asides[key], target)
            except OSError as error:
                raise not_saved(target, error) from error
    except SoliloquyError as error:
        for key, target in targets.items():
            error.message = error.message.replace(asides[key].name, Path(target).name)
        raise
    finally:
        bar.clear()
        for aside in asides.values():
            # Exporters that were killed leave files named after the one they were to write.
            for left in aside.parent.glob(f"*{glob.escape(aside.stem)}*"):
                with contextlib.suppress(OSError):
                    left.unlink()
    for text in done["warnings"]:
        show(text)
    for target in targets.values():
        print(target)
    print(
        f"take '{done['take']}': {done['keys']} keys, largest error {done['max_error']:.2g}, "
        f"baked in {duration_text(done['seconds'])}"
    )
    return 0


def _order(arguments: argparse.Namespace) -> dict[str, Any]:
    source = given_path(arguments.performance)
    # What somebody's skeleton does is found out where Blender is.
    recorded = source.suffix.lower() in OF_SKELETONS and source.is_file()
    performance = None if recorded else read_motion(source, arguments.fps or FRAME_RATE)
    fps = performance.fps if performance is not None and arguments.fps is None else arguments.fps
    if fps is not None:
        fps = settings_of(AnimateSettings)["fps"].check(fps, "--fps ")
    rig = arguments.rig
    if rig != "default":
        rig = str(character_file(rig, "or use --rig default"))
    return {
        "performance": given_path(arguments.performance).absolute(),
        "blend": check_output(arguments.output, suffix=".blend", what="scene"),
        "exports": [
            *([check_output(arguments.fbx, suffix=".fbx", what="FBX")] if arguments.fbx else []),
            *([check_output(arguments.glb, suffix=".glb", what="glTF")] if arguments.glb else []),
            *(check_output(path, suffix=" ".join(_endings()), what="export") for path in arguments.export),
        ],
        "preset": arguments.preset,
        "preview": check_output(arguments.preview, suffix=".png .mp4", what="preview") if arguments.preview else None,
        "audio": _audio(arguments.audio, performance),
        "command": "bake",
        "rig": rig,
        "character": arguments.character,
        "object": arguments.object,
        "mapping": mapping_file(arguments.mapping) if rig != "default" else None,
        "fps": fps,
        "name": arguments.name,
        "view": arguments.view,
    }


def _endings() -> list[str]:
    return list(dict.fromkeys(item.suffix for item in FORMATS.values()))


def _audio(given: str | None, performance: Performance | None) -> Path | None:
    """Return the sound: the given file, or the one the performance was made from if it is still there."""
    if given is not None:
        path = given_path(given).absolute()
        if not path.is_file():
            raise SoliloquyError(f"There is no sound file '{given}'.", "Check the path.")
        return path
    audio = performance.meta.get("audio") if performance is not None else None
    known = audio.get("path") if isinstance(audio, dict) else None
    return Path(known) if isinstance(known, str) and Path(known).is_file() else None
