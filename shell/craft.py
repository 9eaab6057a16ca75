"""``soliloquy craft``: another mouth for a finished performance, without running a network again."""

from __future__ import annotations

import argparse
import math
from typing import Any

from ..inference.craft import RANGES, LipCraft, apply_craft
from ..inference.errors import SoliloquyError
from ..inference.performance import Performance
from .terminal import check_output

MILLISECONDS = {"smoothing": "smoothing_ms", "offset": "offset_ms"}
"""Settings in seconds -> their option, which counts milliseconds."""

TEXTS = {
    "closure": "how firmly the lips meet in p, b and m: 0 leaves them apart, 2 seals every near closure",
    "jaw": "range of the jaw",
    "rounding": "rounding and protrusion of the lips",
    "articulation": "0 mumbles, 2 over-articulates",
    "smoothing": "smooths the mouth over so many milliseconds; closures survive",
    "offset": "milliseconds by which the mouth comes later; negative: earlier",
    "asymmetry": "-1 speaks with the right side of the mouth, 1 with the left",
    "upper_lip": "strength of the upper lip's shapes",
    "lower_lip": "strength of the lower lip's shapes",
    "corners": "strength of the mouth corners' shapes",
    "tongue": "strength of the tongue",
}

EPILOG = """\
examples:
  soliloquy craft performance.npz -o firm.npz --closure 1.4
  soliloquy craft performance.npz -o mumbled.npz --articulation 0.5 --jaw 0.8
  soliloquy craft performance.npz -o early.npz --offset-ms -40 --smoothing-ms 20

What is not given stays as performed. Lips that meet still meet, whatever is chosen, unless --closure is below 1."""


def add_options(parser: Any) -> None:
    """Add one option per setting of the lips to a parser; :func:`craft_of` reads them."""
    defaults = LipCraft()
    group = parser.add_argument_group("the lips")
    for name, (low, high) in RANGES.items():
        option = MILLISECONDS.get(name, name)
        scale = 1000 if name in MILLISECONDS else 1
        group.add_argument(
            f"--{option.replace('_', '-')}",
            dest=f"craft_{option}",
            type=float,
            default=scale * getattr(defaults, name),
            metavar=f"{scale * low:g}..{scale * high:g}",
            help=f"{TEXTS[name]} (default: {scale * getattr(defaults, name):g})",
        )


def craft_of(arguments: argparse.Namespace) -> LipCraft:
    """Return the settings that the options say.

    Raises
    ------
    SoliloquyError
        For a value out of range.
    """
    values = {}
    for name, (low, high) in RANGES.items():
        option = MILLISECONDS.get(name, name)
        scale = 1000 if name in MILLISECONDS else 1
        given = getattr(arguments, f"craft_{option}")
        if not (math.isfinite(given) and low <= given / scale <= high):
            raise SoliloquyError(
                f"--{option.replace('_', '-')} {given:g} cannot be used.",
                f"Choose a value between {scale * low:g} and {scale * high:g}.",
            )
        values[name] = given / scale
    return LipCraft(**values)


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
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    craft = craft_of(arguments)
    output = check_output(arguments.output, suffix=".npz")
    performance = Performance.load(arguments.performance)
    apply_craft(performance, craft).save(output)
    changed = {name: value for name, value in craft.to_json().items() if value != getattr(LipCraft(), name)}
    said = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in changed.items())
    print(f"{arguments.output}: {performance.frames} frames, {said or 'lips as performed'}")
    return 0
