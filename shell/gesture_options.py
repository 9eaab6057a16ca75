"""The options of ``soliloquy animate`` that direct hands and body."""

from __future__ import annotations

import argparse
from typing import Any

from ..inference.errors import SoliloquyError
from ..inference.gestures.settings import POSTURES, RANGES, STYLES, GestureSettings

TEXTS = {
    "energy": "size and speed of the gestures: 0 keeps the hands at rest, 2 is twice as strong",
    "rate": "how many accents get a gesture: 0 none, 1 natural for the style, 2 twice as many",
    "handedness": "-1 gestures with the left hand, 1 with the right, 0 with both alike",
}


def add_gesture_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of gestures to a command; :func:`gesture_settings` reads them."""
    defaults = GestureSettings()
    group = parser.add_argument_group("hands and body")
    group.add_argument(
        "--style", choices=STYLES, help=f"manner of gesturing: {', '.join(STYLES)} (default: {defaults.style})",
        metavar="NAME",
    )  # fmt: skip
    for name, (low, high) in RANGES.items():
        group.add_argument(
            f"--{name}",
            type=float,
            metavar=f"{low:g}..{high:g}",
            help=f"{TEXTS[name]} (default: {getattr(defaults, name):g})",
        )
    group.add_argument("--posture", choices=POSTURES, help=f"default: {defaults.posture}")
    group.add_argument(
        "--no-contacts",
        action="store_true",
        help="do not keep the hands out of the body and the joints within human limits",
    )


def gesture_settings(arguments: argparse.Namespace, base: GestureSettings | None = None) -> GestureSettings:
    """Return the settings that the options say; what is not given is as in ``base``, or natural.

    Raises
    ------
    SoliloquyError
        For a value out of range.
    """
    values: dict[str, Any] = (base or GestureSettings()).to_json()
    for name, (low, high) in RANGES.items():
        given = getattr(arguments, name)
        if given is None:
            continue
        if not low <= given <= high:
            raise SoliloquyError(f"--{name} {given:g} cannot be used.", f"Choose a value between {low:g} and {high:g}.")
        values[name] = given
    for name in ("style", "posture"):
        values[name] = getattr(arguments, name) or values[name]
    if arguments.no_contacts:
        values["contacts"] = False
    return GestureSettings(**values)
