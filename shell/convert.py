"""``soliloquy convert``: motion of one format in another, without Blender."""

from __future__ import annotations

import argparse
from typing import Any

from ..inference.errors import NotSaved
from ..inference.motion_files.register import FRAME_RATE, formats, read_motion, writable, write_motion
from .terminal import check_output, duration_text

EPILOG = """\
examples:
  soliloquy convert performance.npz line.csv
  soliloquy convert recorded.csv performance.npz
  soliloquy convert performance.npz line.json --format rhubarb-json
  soliloquy convert cues.dat performance.npz --fps 24

The ending of a file and what is in it tell its format; --format says it where two formats share an ending."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "convert",
        help="turn motion of one format into another: Live Link Face, Audio2Face, Rhubarb, Moho and more",
        description="Reads motion in any known format and writes it in another. Formats: "
        + "; ".join(f"{item.name} ({item.label}, {item.suffix})" for item in formats())
        + ".",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("input", metavar="IN", help="the motion to read")
    parser.add_argument("output", metavar="OUT", help="the file to write")
    parser.add_argument(
        "--format", default="", metavar="NAME", help="name of the format to write (default: by its ending)"
    )
    parser.add_argument(
        "--fps",
        type=float,
        metavar="F",
        help="frame rate to write at (default: as it is), and of files that count frames without saying so "
        f"(default: {FRAME_RATE:g})",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    fps = arguments.fps
    if fps is not None and not 1 <= fps <= 240:
        raise NotSaved(f"--fps {fps:g} is no frame rate.", "Give one of 1 to 240.")
    output = check_output(arguments.output)
    chosen = arguments.format or next((item.name for item in writable() if item.suffix == output.suffix.lower()), "")
    performance = read_motion(arguments.input, FRAME_RATE if fps is None else fps)
    write_motion(performance, output, chosen, fps)
    print(f"{arguments.output}: {chosen or output.suffix}, {duration_text(performance.duration)}")
    return 0
