"""``soliloquy craft``: another mouth for a finished performance, without running a network again."""

from __future__ import annotations

import argparse
from typing import Any

from ..inference.craft import LipCraft, apply_craft
from ..inference.performance import Performance
from .setting_options import add_settings, given_settings
from .terminal import check_output

EPILOG = """\
examples:
  soliloquy craft performance.npz -o firm.npz --closure 1.4
  soliloquy craft performance.npz -o mumbled.npz --articulation 0.5 --jaw 0.8
  soliloquy craft performance.npz -o early.npz --offset-ms -40 --smoothing-ms 20

What is not given stays as performed. Lips that meet still meet, whatever is chosen, unless --closure is below 1."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "craft",
        help="change the lips of a performance: closures, jaw, rounding, timing",
        description="Changes the lips of a finished performance, by any engine, in a moment: no network runs.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("performance", metavar="PERFORMANCE", help="an .npz made by 'soliloquy animate'")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the performance to write, an .npz")
    add_settings(parser, LipCraft)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    craft = LipCraft(**given_settings(arguments, LipCraft))
    output = check_output(arguments.output, suffix=".npz")
    performance = Performance.load(arguments.performance)
    apply_craft(performance, craft).save(output)
    changed = {name: value for name, value in craft.to_json().items() if value != getattr(LipCraft(), name)}
    said = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in changed.items())
    print(f"{arguments.output}: {performance.frames} frames, {said or 'lips as performed'}")
    return 0
