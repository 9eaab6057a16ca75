"""``soliloquy gestures``: which gestures a performance makes, when and why; and the plan as a file to edit."""

from __future__ import annotations

import argparse
from typing import Any

from ..inference.errors import SoliloquyError
from ..inference.gestures.names import vocabulary
from ..inference.gestures.planned import describe, planned_of, write_plan
from ..inference.performance import Performance
from ..inference.user_folders import given_path
from .terminal import check_output

EPILOG = """\
examples:
  soliloquy gestures performance.npz
  soliloquy gestures performance.npz -o plan.json
  soliloquy animate speech.wav -o new.npz --keep performance.npz --plan plan.json
  soliloquy gestures --vocabulary

A line shows the seconds at which the hands set off, arrive and are back, the hand, the kind, the name, and why. In the
plan, change "time" to move a gesture and "gesture" to replace it, delete one with its braces, or set "pinned": true and
draw the others anew with --only-pinned. A new one needs no more than {"time": 3.2, "gesture": "..."}."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "gestures",
        help="list the gestures of a performance, and write them as a plan to edit",
        description="Lists the gestures of a performance that the body engine 'phrases' planned: what, when and why.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("performance", metavar="PERFORMANCE", nargs="?", help="an .npz made by 'soliloquy animate'")
    parser.add_argument("-o", "--output", metavar="FILE.json", help="write the plan for 'soliloquy animate --plan'")
    parser.add_argument("--vocabulary", action="store_true", help="list the gestures there are: name, kind, hands")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.vocabulary:
        for name, item in vocabulary().items():
            print(f"{item.kind:7} {item.hand:5} {name}")
        return 0
    if arguments.performance is None:
        raise SoliloquyError("No performance is named.", "Give one, or --vocabulary.")
    planned = planned_of(Performance.load(given_path(arguments.performance)).meta)
    if planned is None:
        raise SoliloquyError(
            f"'{arguments.performance}' holds no plan of its gestures.",
            "Plans are made by the engine 'phrases'; animate the recording with it.",
        )
    if arguments.output:
        write_plan(planned, check_output(arguments.output, suffix=".json", what="plan"))
        print(f"{arguments.output}: {len(planned)} gestures")
    else:
        print(describe(planned) or "no gestures")
    return 0
