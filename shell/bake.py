"""``soliloquy bake``: a performance becomes keyframes on a character, in a .blend and in files for other programs.

Blender does the work in a process of its own: the module ``bpy`` of this Python, or Blender's program.
"""

from __future__ import annotations

import argparse
import contextlib
import glob
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..inference.errors import Cancelled, InternalFault, MissingRuntime, SoliloquyError, error_of
from ..inference.motion_files.register import FRAME_RATE, read_motion
from ..inference.performance import Performance
from ..inference.runtime.doctor import find_blender
from ..inference.saving import aside_of, not_saved
from ..inference.setting import settings_of
from ..inference.settings import AnimateSettings
from ..inference.user_folders import given_path
from ..inference.worker.environment import clean_environment, describe_exit, kill_group, process_flags
from ..inference.worker.log import log_tail, open_private
from .terminal import ProgressBar, check_output, duration_text, log_folder, show

SCRIPT = Path(__file__).resolve().parent / "in_blender.py"
MARK = "SOLILOQUY "
RIG_SUFFIXES = (".blend", ".fbx", ".glb", ".gltf")

EPILOG = """\
examples:
  soliloquy bake performance.npz -o scene.blend
  soliloquy bake performance.npz -o scene.blend --audio speech.mp3 --fbx speech.fbx --glb speech.glb
  soliloquy bake performance.npz -o scene.blend --rig hero.blend --fps 24 --preview speech.mp4

Existing files are replaced only when everything has been made. Needs Blender 4.2 or later: its program (--blender, the
variable BLENDER, or on the PATH), or 'pip install bpy' in this Python."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "bake",
        help="put a performance onto a character: .blend, FBX, glTF, preview",
        description="Bakes a performance onto a character as editable keyframes and saves the scene.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "performance", metavar="PERFORMANCE", help="an .npz made by 'soliloquy animate', or motion in another format"
    )
    parser.add_argument("-o", "--output", required=True, metavar="FILE.blend", help="the scene to write")
    parser.add_argument(
        "--rig",
        default="default",
        metavar="FILE",
        help="a .blend, .fbx or .glb with the character to use (default: Soliloquy's own character)",
    )
    parser.add_argument("--fbx", metavar="FILE", help="also export the animated character as FBX")
    parser.add_argument("--glb", metavar="FILE", help="also export it as binary glTF")
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
    parser.add_argument("--blender", metavar="PATH", help="Blender's program, instead of the module bpy")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    order = _order(arguments)
    command = _command(arguments.blender)
    targets = {key: order[key] for key in ("blend", "fbx", "glb", "preview") if order[key]}
    # Beside the target, so that the last step is a rename and paths relative to the scene stay right.
    asides = {key: aside_of(target) for key, target in targets.items()}
    bar = ProgressBar()
    try:
        done = _run_blender(command, {**order, **asides}, bar)
        for key, target in targets.items():
            try:
                os.replace(asides[key], target)
            except OSError as error:
                raise not_saved(target, error) from error
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
    performance = read_motion(arguments.performance, arguments.fps or FRAME_RATE)
    fps = settings_of(AnimateSettings)["fps"].check(
        performance.fps if arguments.fps is None else arguments.fps, "--fps "
    )
    rig = arguments.rig
    if rig != "default":
        path = given_path(rig).absolute()
        if not path.is_file():
            raise SoliloquyError(f"There is no character file '{rig}'.", "Check the path, or use --rig default.")
        if path.suffix.lower() not in RIG_SUFFIXES:
            raise SoliloquyError(f"'{path.name}' is no character file.", f"Use one of {', '.join(RIG_SUFFIXES)}.")
        rig = str(path)
    return {
        "performance": given_path(arguments.performance).absolute(),
        "blend": check_output(arguments.output, suffix=".blend", what="scene"),
        "fbx": check_output(arguments.fbx, suffix=".fbx", what="FBX") if arguments.fbx else None,
        "glb": check_output(arguments.glb, suffix=".glb", what="glTF") if arguments.glb else None,
        "preview": check_output(arguments.preview, suffix=".png .mp4", what="preview") if arguments.preview else None,
        "audio": _audio(arguments.audio, performance),
        "rig": rig,
        "fps": fps,
        "name": arguments.name,
        "view": arguments.view,
    }


def _audio(given: str | None, performance: Performance) -> Path | None:
    """Return the sound: the given file, or the one the performance was made from if it is still there."""
    if given is not None:
        path = given_path(given).absolute()
        if not path.is_file():
            raise SoliloquyError(f"There is no sound file '{given}'.", "Check the path.")
        return path
    audio = performance.meta.get("audio")
    known = audio.get("path") if isinstance(audio, dict) else None
    return Path(known) if isinstance(known, str) and Path(known).is_file() else None


def _command(blender: str | None) -> list[str]:
    """Return the command that runs the script in Blender, all but the order.

    Raises
    ------
    SoliloquyError
        When there is no Blender.
    """
    if blender is None and importlib.util.find_spec("bpy") is not None:
        return [sys.executable, "-P", str(SCRIPT)]
    program = find_blender(blender)
    if program is None:
        missing = f"Blender's program '{blender}' was not found." if blender else "Blender was not found."
        raise MissingRuntime(missing, "Install Blender 4.2 or later and give --blender PATH, or pip install bpy.")
    return [str(program), "--background", "--factory-startup", "--python-exit-code", "1", "--python", str(SCRIPT), "--"]


def _run_blender(command: list[str], order: dict[str, Any], bar: ProgressBar) -> dict[str, Any]:
    text = json.dumps({key: os.fspath(value) if isinstance(value, Path) else value for key, value in order.items()})
    log_path = log_folder() / "bake.log"
    done: dict[str, Any] = {}
    error: SoliloquyError | None = None
    with open_private(log_path, os.O_TRUNC) as log:
        bar.update("Starting Blender", 0.0)
        try:
            process = subprocess.Popen(
                [*command, text],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=clean_environment(),
                **process_flags(),
            )
        except OSError as failure:
            raise MissingRuntime(
                f"'{command[0]}' cannot be started: {failure.strerror}.", "Check --blender."
            ) from failure
        assert process.stdout is not None
        try:
            for raw in process.stdout:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                if not line.startswith(MARK):
                    log.write(f"{line}\n".encode("utf-8", "replace"))
                    continue
                message = json.loads(line[len(MARK) :])
                if message["type"] == "progress":
                    bar.update(message["stage"], message["fraction"])
                elif message["type"] == "done":
                    done = message
                elif message["type"] == "error":
                    error = error_of(message["kind"], message["message"], message["hint"])
            process.wait()
        except KeyboardInterrupt:
            raise Cancelled from None
        finally:
            kill_group(process)
            process.wait()
    if error is not None:
        hint = error.hint or (f"Please report it together with '{log_path}'." if error.kind == "internal" else "")
        raise error_of(error.kind, error.message, hint)
    if not done:
        last = next((line for line in reversed(log_tail(log_path)) if line.strip()), "")
        raise InternalFault(
            f"Blender stopped before it was done: {describe_exit(process.returncode)}. {last}".rstrip(),
            f"Details are in '{log_path}'.",
        )
    return done
