"""``soliloquy animate``: a recording becomes a performance."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from ..inference.craft_settings import LipCraft
from ..inference.direction.grammar import read_direction
from ..inference.engine_spec import KINDS
from ..inference.engines import find_engine, know_elsewhere
from ..inference.errors import BadAudio, Cancelled
from ..inference.gestures.planned import require_planner
from ..inference.gestures.settings import GestureSettings
from ..inference.orders.animate import AnimateJob
from ..inference.orders.order import Order
from ..inference.presets import find_preset, presets
from ..inference.settings import AnimateSettings, AudioRange, Series
from ..inference.user_folders import given_path
from . import emotion_options, regenerate_options, word_options
from .engines import add_engines_option
from .execution import Execution, runs_here
from .setting_options import add_settings, given_settings, option_group
from .terminal import EXIT_CANCELLED, check_output, show, written_text

EPILOG = f"""\
examples:
  soliloquy animate speech.mp3 -o performance.npz
  soliloquy animate take3.wav -o angry.npz --start 12.5 --stop 20 --emotion angry --intensity 0.7 --seed 4
  soliloquy animate speech.wav -o lips.npz --regions lips --fps 23.976 --body none
  soliloquy animate speech.wav -o felt.npz --emotion happy:0.5,surprised:0.3 --voice-emotion 0.5
  soliloquy animate speech.wav -o acted.npz --direct "starts calm, gets angry at 4.5 s, ends sad and quiet"
  soliloquy animate speech.wav -o sold.npz --preset salesman --emotion happy
  soliloquy animate speech.wav -o take.npz --style enthusiastic --energy 1.3 --takes 3
  soliloquy animate speech.wav -o meant.npz --text "On the one hand it is cheap, on the other hand it is not."
  soliloquy animate speech.wav -o new.npz --keep performance.npz --range 3.2:5.8 --joints left_arm
  soliloquy animate speech.wav -o new.npz --keep performance.npz --plan plan.json

Several takes are written as FILE_1.npz, FILE_2.npz and so on.

{emotion_options.EPILOG}

The performance is a NumPy .npz (AMASS / SMPL-X layout plus ARKit coefficients); an existing file is replaced only when
the new one is complete."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "animate",
        help="turn a recording into a performance (.npz)",
        description="Turns recorded speech into a performance: lips, face, eyes, head and body over time.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("audio", metavar="AUDIO", help="speech: WAV, FLAC, MP3, OGG, M4A, or a video with sound")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the performance to write, an .npz")
    add_direction(parser)
    add_place(parser)
    regenerate_options.add_options(parser)
    parser.set_defaults(run=run)


def add_direction(parser: argparse.ArgumentParser) -> None:
    """Add what is chosen for a performance; all of it is None in the arguments where it is not given."""
    parser.add_argument(
        "--preset", metavar="NAME",
        help=f"start from a type of character: {', '.join(presets())}; other options go before it",
    )  # fmt: skip
    add_settings(parser, AudioRange)
    emotion_options.add_emotion_options(parser)
    add_settings(parser, AnimateSettings, without=emotion_options.FIELDS)
    add_settings(parser, GestureSettings)
    word_options.add_word_options(parser)
    add_settings(parser, LipCraft)
    add_settings(parser, Series)


def add_place(parser: argparse.ArgumentParser) -> None:
    """Add where orders run."""
    where = option_group(parser, "where it runs")
    where.add_argument("--worker", action="store_true", help="run in a worker process, as Blender does")
    where.add_argument("--python", metavar="PATH", help="Python with torch for the worker (implies --worker)")
    add_engines_option(where)


def build_job(arguments: argparse.Namespace) -> AnimateJob:
    """Return the order that the arguments describe.

    Raises
    ------
    SoliloquyError
        For a value that cannot be used.
    """
    start = find_preset(arguments.preset) if arguments.preset else None
    directed = {
        **(start.of(AnimateSettings) if start else {}),
        **given_settings(arguments, AnimateSettings, without=emotion_options.FIELDS),
    }
    span = given_settings(arguments, AudioRange)
    settings = AnimateSettings(
        **{
            **directed,
            **emotion_options.emotion_settings(arguments, directed.get("intensity")),
        },
        gestures=GestureSettings(
            **{**(start.of(GestureSettings) if start else {}), **given_settings(arguments, GestureSettings)}
        ),
        words=word_options.word_settings(arguments, span).later(directed.get("lead_in", 0.0)),
        craft=LipCraft(**given_settings(arguments, LipCraft)),
    )
    output = check_output(arguments.output, suffix=".npz")
    audio = given_path(arguments.audio)
    if not audio.exists():
        raise BadAudio(f"There is no file '{arguments.audio}'.", "Check the path.")
    plan = regenerate_options.given_plan(arguments)
    if plan:
        require_planner(find_engine("body", settings.body).spec)
    return AnimateJob(AudioRange(str(audio.absolute()), **span), settings, str(output), **plan)


def build_orders(arguments: argparse.Namespace) -> list[Order]:
    """Return one order per take.

    Raises
    ------
    SoliloquyError
        For a value that cannot be used.
    """
    takes = Series(**given_settings(arguments, Series)).takes
    if not runs_here(arguments.worker, arguments.python):
        # The worker's Python may have engines of its own; it says itself what it has not.
        know_elsewhere({(kind, getattr(arguments, kind)) for kind in KINDS})
    first: Order
    if arguments.keep is not None:
        first = regenerate_options.build_job(arguments)
    else:
        regenerate_options.check_absent(arguments)
        first = build_job(arguments)
    if takes == 1:
        return [first]
    output = Path(first.output)
    orders = []
    for number in range(takes):
        settings = dataclasses.replace(first.settings, seed=first.settings.seed + number)
        target = check_output(output.with_stem(f"{output.stem}_{number + 1}"), suffix=".npz")
        orders.append(dataclasses.replace(first, settings=settings, output=str(target)))
    return orders


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    orders = build_orders(arguments)
    for line in read_direction(orders[0].settings.direct).readings():
        show(line)
    written = 0
    with Execution(arguments.worker, arguments.python) as execution:
        for number, job in enumerate(orders, 1):
            title = f"Take {number} of {len(orders)}: " if len(orders) > 1 else ""
            try:
                result = execution.run(job, title)
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
            print(f"{name}: {seed}{written_text(result)}", flush=True)
    return 0
