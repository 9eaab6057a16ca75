"""``soliloquy animate``: a recording becomes a performance."""

from __future__ import annotations

import argparse
import dataclasses
import math
from pathlib import Path
from typing import Any

from ..inference.arkit import REGIONS
from ..inference.errors import BadAudio, Cancelled, SoliloquyError
from ..inference.settings import UPPER_FACES, AnimateJob, AnimateSettings, AudioRange
from . import emotion_options, gesture_options, regenerate_options
from .craft import add_options, craft_of
from .execution import Execution
from .terminal import EXIT_CANCELLED, check_output, duration_text, show

MOST_TAKES = 100

EPILOG = f"""\
examples:
  soliloquy animate speech.mp3 -o performance.npz
  soliloquy animate take3.wav -o angry.npz --start 12.5 --stop 20 --emotion angry --intensity 0.7 --seed 4
  soliloquy animate speech.wav -o lips.npz --regions lips --fps 23.976 --body none
  soliloquy animate speech.wav -o felt.npz --emotion happy:0.5,surprised:0.3 --voice-emotion 0.5
  soliloquy animate speech.wav -o take.npz --style enthusiastic --energy 1.3 --takes 3
  soliloquy animate speech.wav -o new.npz --keep performance.npz --range 3.2:5.8 --joints left_arm

{emotion_options.EPILOG}

The performance is a NumPy .npz (AMASS / SMPL-X layout plus ARKit coefficients); an existing file is replaced only when
the new one is complete."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    defaults = AnimateSettings()
    parser = commands.add_parser(
        "animate",
        help="turn a recording into a performance (.npz)",
        description="Turns recorded speech into a performance: lips, face, eyes, head and body over time.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("audio", metavar="AUDIO", help="speech: WAV, FLAC, MP3, OGG, M4A, or a video with sound")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the performance to write, an .npz")
    parser.add_argument("--start", type=float, default=0.0, metavar="S", help="second of the recording to start at")
    parser.add_argument("--stop", type=float, metavar="S", help="second of the recording to stop at (default: its end)")
    parser.add_argument("--face", default=defaults.face, metavar="ENGINE", help="face engine (see 'soliloquy engines')")
    parser.add_argument("--body", metavar="ENGINE", help=f"body engine, relaxed or none (default: {defaults.body})")
    parser.add_argument("--seed", type=int, metavar="N", help="another seed, another take of the same words")
    parser.add_argument(
        "--takes", type=int, default=1, metavar="N", help="N takes from N seeds: FILE_1.npz, FILE_2.npz and so on"
    )
    parser.add_argument("--fps", type=float, default=defaults.fps, metavar="F", help="frames per second, 1 to 240")
    parser.add_argument("--regions", metavar="A,B", help=f"only these, others rest: {','.join(REGIONS)}")
    emotion_options.add_emotion_options(parser)
    gesture_options.add_gesture_options(parser)
    layers = parser.add_argument_group("strength of each layer (0 off, 1 natural, 2 twice as strong)")
    for option, name, text in (
        ("--blinks", "blink_strength", "blinking"),
        ("--eye-darts", "eye_darts", "glances and eye darts"),
        ("--brows", "brow_strength", "brows that follow accents"),
        ("--head", "head_motion", "head movement"),
        ("--breathing", "breathing", "breathing"),
        ("--weight-shift", "weight_shift", "shifts of weight"),
    ):
        layers.add_argument(option, dest=name, type=float, default=getattr(defaults, name), metavar="X", help=text)
    layers.add_argument(
        "--upper-face",
        choices=UPPER_FACES,
        default=defaults.upper_face,
        help="brows, lids and head: drawn or by rules",
    )
    add_options(parser)
    where = parser.add_argument_group("where it runs")
    where.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default=defaults.device)
    where.add_argument("--worker", action="store_true", help="run in a worker process, as Blender does")
    where.add_argument("--python", metavar="PATH", help="Python with torch for the worker (implies --worker)")
    regenerate_options.add_options(parser)
    parser.set_defaults(run=run, natural=parser.get_default)


def build_job(arguments: argparse.Namespace) -> AnimateJob:
    """Return the order that the arguments describe.

    Raises
    ------
    SoliloquyError
        For a value that cannot be used.
    """
    for name in ("start", "stop"):
        value = getattr(arguments, name)
        if value is not None and not (math.isfinite(value) and value >= 0.0):
            raise SoliloquyError(f"--{name} {value:g} cannot be used.", "Give seconds from the start of the recording.")
    if arguments.stop is not None and arguments.stop <= arguments.start:
        raise SoliloquyError(
            f"--stop {arguments.stop:g} does not lie after --start {arguments.start:g}.", "Give a later second."
        )
    layers = ("blink_strength", "eye_darts", "brow_strength", "head_motion", "breathing", "weight_shift")
    for name in layers:
        value = getattr(arguments, name)
        if not (math.isfinite(value) and value >= 0.0):
            raise SoliloquyError(f"A strength of {value:g} cannot be used.", "Give 0 or more; 1 is natural.")
    regions = REGIONS
    if arguments.regions is not None:
        regions = tuple(name.strip() for name in arguments.regions.split(",") if name.strip())
        if not regions:
            raise SoliloquyError("--regions names no region.", f"Choose among: {', '.join(REGIONS)}.")
    settings = AnimateSettings(
        face=arguments.face,
        body=arguments.body or AnimateSettings().body,
        gestures=gesture_options.gesture_settings(arguments),
        **emotion_options.emotion_settings(arguments),
        seed=arguments.seed or 0,
        fps=arguments.fps,
        device=arguments.device,
        regions=regions,
        upper_face=arguments.upper_face,
        craft=craft_of(arguments),
        **{name: getattr(arguments, name) for name in layers},
    )
    output = check_output(arguments.output, suffix=".npz")
    audio = Path(arguments.audio).expanduser()
    if not audio.exists():
        raise BadAudio(f"There is no file '{arguments.audio}'.", "Check the path.")
    return AnimateJob(AudioRange(str(audio.absolute()), arguments.start, arguments.stop), settings, str(output))


def build_orders(arguments: argparse.Namespace) -> tuple[str, list[AnimateJob]]:
    """Return what is to be done, and one order per take.

    Raises
    ------
    SoliloquyError
        For a value that cannot be used.
    """
    if not 1 <= arguments.takes <= MOST_TAKES:
        raise SoliloquyError(f"--takes {arguments.takes} cannot be used.", f"Choose 1 to {MOST_TAKES}.")
    if arguments.keep is not None:
        kind, first = "regenerate", regenerate_options.build_job(arguments)
    else:
        regenerate_options.check_absent(arguments)
        kind, first = "animate", build_job(arguments)
    if arguments.takes == 1:
        return kind, [first]
    output = Path(first.output)
    orders = []
    for number in range(arguments.takes):
        settings = dataclasses.replace(first.settings, seed=first.settings.seed + number)
        target = check_output(output.with_stem(f"{output.stem}_{number + 1}"), suffix=".npz")
        orders.append(dataclasses.replace(first, settings=settings, output=str(target)))
    return kind, orders


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    kind, orders = build_orders(arguments)
    written = 0
    with Execution(arguments.worker, arguments.python) as execution:
        for number, job in enumerate(orders, 1):
            title = f"Take {number} of {len(orders)}: " if len(orders) > 1 else ""
            try:
                result = execution.run(job, kind, title)
            except (KeyboardInterrupt, Cancelled):
                if not written:
                    raise
                show(f"cancelled; {written} of {len(orders)} takes are written.")
                return EXIT_CANCELLED
            written += 1
            name = (
                arguments.output if len(orders) == 1 else str(Path(arguments.output).with_name(Path(job.output).name))
            )
            seed = f"seed {job.settings.seed}, " if len(orders) > 1 else ""
            length, took = duration_text(result["duration"]), duration_text(result["seconds"])
            print(
                f"{name}: {seed}{result['frames']} frames, {length} at {result['fps']:g} fps, made in {took}",
                flush=True,
            )
    return 0
