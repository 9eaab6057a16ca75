"""``soliloquy craft``: a finished performance re-shaped, lips and everything else, without running a network again."""

from __future__ import annotations

import argparse
from typing import Any

from ..inference.craft import apply_craft
from ..inference.craft_settings import LipCraft
from ..inference.performance import Performance
from ..inference.shape.reshape import reshaped
from ..inference.shape.settings import Reshape
from .setting_options import add_settings, given_settings
from .terminal import check_output

EPILOG = """\
examples:
  soliloquy craft performance.npz -o firm.npz --closure 1.4
  soliloquy craft performance.npz -o mumbled.npz --articulation 0.5 --jaw 0.8
  soliloquy craft performance.npz -o early.npz --offset-ms -40 --smoothing-ms 20
  soliloquy craft performance.npz -o calm.npz --gestures 0.6 --head 0.7 --emotion 0.5 --motion-smoothing-ms 80

What is not given stays as performed. Lips that meet still meet, whatever is chosen, unless --closure is below 1."""


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "craft",
        help="re-shape a performance: lips, face, eyes, head, body, gestures, timing",
        description="Re-shapes a finished performance, by any engine, in a moment: no network runs.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("performance", metavar="PERFORMANCE", help="an .npz made by 'soliloquy animate'")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="the performance to write, an .npz")
    add_settings(parser, LipCraft)
    add_settings(parser, Reshape)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    craft = LipCraft(**given_settings(arguments, LipCraft))
    shape = Reshape(**given_settings(arguments, Reshape))
    output = check_output(arguments.output, suffix=".npz")
    performance = Performance.load(arguments.performance)
    apply_craft(reshaped(performance, shape), craft).save(output)
    changed = {
        name: value
        for chosen in (craft, shape)
        for name, value in chosen.to_json().items()
        if value != getattr(type(chosen)(), name)
    }
    said = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in changed.items())
    print(f"{arguments.output}: {performance.frames} frames, {said or 'as performed'}")
    return 0
