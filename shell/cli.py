"""The command line: ``soliloquy animate``, ``batch``, ``craft``, ``idle``, ``bake``, ``convert``, ``rig``, ..."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ..inference.errors import Cancelled, SoliloquyError
from ..inference.faults import refused_by_system
from ..inference.outside_engines import use_folder
from ..inference.version import VERSION
from . import animate, bake, batch, convert, craft, doctor, engines, gestures, idle, rig
from .terminal import EXIT_BAD_INPUT, EXIT_CANCELLED, EXIT_INTERNAL, fault_text, show

EPILOG = """\
examples:
  soliloquy animate speech.mp3 -o performance.npz --emotion happy --intensity 0.6
  soliloquy craft performance.npz -o crafted.npz --closure 1.3 --jaw 0.8
  soliloquy bake performance.npz -o scene.blend --fbx speech.fbx --preview speech.png
  soliloquy rig hero.fbx
  soliloquy doctor

Each command has a --help of its own. Exit code 0 means success, 2 that something given or installed needs mending (one
line says what and how), 1 a fault inside Soliloquy (the line names the log) or a batch of which some failed, 130 that
you cancelled with Ctrl-C."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as everything here does."""

    def error(self, message: str) -> NoReturn:
        message = message[0].upper() + message[1:]
        raise SoliloquyError(f"{message.rstrip('.')}.", f"See '{self.prog} --help'.")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = _Parser(
        prog="soliloquy",
        description="Turns recorded speech into an animated character: lips, emotion, eyes, head and body.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"soliloquy {VERSION}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for command in (animate, batch, craft, gestures, idle, bake, convert, rig, engines, doctor):
        command.add_parser(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; the process's own when None.

    Returns
    -------
    int
        The exit code: 0, 2 for bad input, 1 for a fault inside, 130 when cancelled.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name that the terminal's letters lack is written with escapes, as on stderr.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        arguments = build_parser().parse_args(argv)
        use_folder(getattr(arguments, "engines", None))
        return int(arguments.run(arguments))
    except (KeyboardInterrupt, Cancelled):
        show("cancelled; nothing was written.")
        return EXIT_CANCELLED
    except BrokenPipeError:
        # The reader of our output has gone (`soliloquy engines | head`); nothing more may be written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_INTERNAL
    except SoliloquyError as error:
        show(str(error))
        return EXIT_INTERNAL if error.kind in ("internal", "worker") else EXIT_BAD_INPUT
    except Exception as error:
        refused = refused_by_system(error)
        show(fault_text(error) if refused is None else str(refused))
        return EXIT_INTERNAL if refused is None else EXIT_BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())
