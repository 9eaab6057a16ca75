"""``soliloquy idle``: a character that waits or listens, without a recording."""

from __future__ import annotations

import argparse
from typing import Any

from ..inference.api import idle
from ..inference.errors import SoliloquyError
from ..inference.gestures.settings import GestureSettings
from ..inference.orders.idle import BORNE, LIVED
from ..inference.presets import find_preset, presets
from ..inference.settings import AnimateSettings
from . import emotion_options
from .setting_options import add_settings, given_settings
from .terminal import check_output

_NAMES = (*(name for name in LIVED if name != "regions"), "fps")
EPILOG = """\
examples:
  soliloquy idle --seconds 120 -o waiting.npz
  soliloquy idle --seconds 30 -o listening.npz --listening 1 --posture seated --emotion happy --intensity 0.3
  soliloquy idle --seconds 60 -o listening.npz --listen-to partner.wav
  soliloquy idle --seconds 60 -o listening.npz --listen-to one.wav 2.5 --listen-to two.wav 20"""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "idle",
        help="make a performance of a character that waits or listens",
        description="Makes a character live without speaking: breath, weight, head, glances, blinks, for minutes.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="how long (default 60)")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the performance to write, an .npz")
    parser.add_argument("--preset", metavar="NAME", help=f"start from a type of character: {', '.join(presets())}")
    parser.add_argument(
        "--listen-to",
        nargs="+",
        action="append",
        metavar=("AUDIO", "SECONDS"),
        help="a recording of somebody else, and when it begins (default 0); may be given again for another: who "
        "listens answers where their phrases end (listening is then 1)",
    )
    emotion_options.add_emotion_options(parser)
    add_settings(parser, AnimateSettings, only=_NAMES)
    add_settings(parser, GestureSettings, only=BORNE)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    output = check_output(arguments.output, suffix=".npz")
    start = find_preset(arguments.preset) if arguments.preset else None
    directed = start.of(AnimateSettings) if start else {}
    if arguments.listen_to:
        directed = {"listening": 1.0, **directed}
    settings = AnimateSettings(
        **{
            **directed,
            **given_settings(arguments, AnimateSettings, only=_NAMES),
            **emotion_options.emotion_settings(arguments, directed.get("intensity")),
        },
        gestures=GestureSettings(
            **{
                **(start.of(GestureSettings) if start else {}),
                **given_settings(arguments, GestureSettings, only=BORNE),
            }
        ),
    )
    if settings.voice_emotion:
        raise SoliloquyError("Nobody speaks here, so no emotion can be heard.", "Leave out --voice-emotion.")
    made = idle(arguments.seconds, settings=settings, output=output, heard=_heard(arguments.listen_to or []))
    print(f"{arguments.output}: {made.frames} frames, {made.duration:g} s, {settings.gestures.posture}")
    return 0


def _heard(given: list[list[str]]) -> list[tuple[str, float]]:
    """Return path and second of each recording that is listened to."""
    found: list[tuple[str, float]] = []
    for path, *when in given:
        try:
            (second,) = [float(word) for word in when] or [0.0]
        except ValueError:
            raise SoliloquyError(
                f"--listen-to {path} {' '.join(when)} is not a recording and a second.",
                "Give one number after the file, such as 2.5, and --listen-to again for another file.",
            ) from None
        found.append((path, second))
    return found
