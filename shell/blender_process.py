"""A Blender process that carries out one order of the command line: the module ``bpy`` of this Python, or Blender's
program.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..inference.errors import Cancelled, InternalFault, MissingRuntime, SoliloquyError, error_of
from ..inference.runtime.doctor import find_blender
from ..inference.user_folders import given_path
from ..inference.worker.environment import clean_environment, describe_exit, kill_group, process_flags
from ..inference.worker.log import log_tail, open_private
from .terminal import ProgressBar, log_folder

SCRIPT = Path(__file__).resolve().parent / "in_blender.py"
MARK = "SOLILOQUY "


def add_character_options(parser: argparse.ArgumentParser) -> None:
    """Add what a command asks about a file with characters: which one, and how it is mapped."""
    parser.add_argument("--object", default="", metavar="NAME", help="the character, where the file holds several")
    parser.add_argument(
        "--mapping", metavar="FILE.json", help="which bone is which joint, as the Mapping panel exports it"
    )


def mapping_file(given: str | None) -> Path | None:
    """Return the absolute path of a mapping.

    Raises
    ------
    SoliloquyError
        When there is no such file.
    """
    if given is None:
        return None
    path = given_path(given).absolute()
    if not path.is_file():
        raise SoliloquyError(f"There is no mapping '{given}'.", "Check the path, or leave --mapping out.")
    return path


def add_blender_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--blender`` to a command that needs Blender."""
    parser.add_argument("--blender", metavar="PATH", help="Blender's program, instead of the module bpy")


def character_file(given: str, otherwise: str = "") -> Path:
    """Return the absolute path of a file with a character.

    Parameters
    ----------
    otherwise : str
        What else a person may do where it is not there, as the rest of a sentence.

    Raises
    ------
    SoliloquyError
        When there is no such file.
    """
    path = given_path(given).absolute()
    if not path.is_file():
        raise SoliloquyError(
            f"There is no character file '{given}'.", f"Check the path{otherwise and ', '}{otherwise}."
        )
    return path


def _command(blender: str | None) -> list[str]:
    """Return the command that runs the script in Blender, all but the order.

    Raises
    ------
    SoliloquyError
        When there is no Blender.
    """
    if blender is None and importlib.util.find_spec("bpy") is not None:
        return [sys.executable, "-P", str(SCRIPT)]
    program = find_blender(blender)
    if program is None:
        missing = f"Blender's program '{blender}' was not found." if blender else "Blender was not found."
        raise MissingRuntime(missing, "Install Blender 4.2 or later and give --blender PATH, or pip install bpy.")
    return [str(program), "--background", "--factory-startup", "--python-exit-code", "1", "--python", str(SCRIPT), "--"]


def run_in_blender(order: dict[str, Any], blender: str | None, bar: ProgressBar, *, log: str) -> dict[str, Any]:
    """Carry out an order in a Blender process and return what it says about it.

    Parameters
    ----------
    order : dict
        As ``in_blender.py`` takes it; paths become text.
    blender : str or None
        Blender's program; None for the module bpy of this Python, or the program that is found.
    bar : ProgressBar
        Shows how far it is.
    log : str
        Name of the file in the folder of logs that takes Blender's own talk.

    Raises
    ------
    SoliloquyError
        What went wrong there.
    Cancelled
        On Ctrl-C.
    """
    command = _command(blender)
    text = json.dumps({key: os.fspath(value) if isinstance(value, Path) else value for key, value in order.items()})
    log_path = log_folder() / log
    done: dict[str, Any] = {}
    error: SoliloquyError | None = None
    with open_private(log_path, os.O_TRUNC) as talk:
        bar.update("Starting Blender", 0.0)
        try:
            process = subprocess.Popen(
                [*command, text],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=talk,
                env=clean_environment(),
                **process_flags(),
            )
        except OSError as failure:
            raise MissingRuntime(
                f"'{command[0]}' cannot be started: {failure.strerror}.", "Check --blender."
            ) from failure
        assert process.stdout is not None
        try:
            for raw in process.stdout:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                if not line.startswith(MARK):
                    talk.write(f"{line}\n".encode("utf-8", "replace"))
                    continue
                message = json.loads(line[len(MARK) :])
                if message["type"] == "progress":
                    bar.update(message["stage"], message["fraction"])
                elif message["type"] == "done":
                    done = message
                elif message["type"] == "error":
                    error = error_of(message["kind"], message["message"], message["hint"])
            process.wait()
        except KeyboardInterrupt:
            raise Cancelled from None
        finally:
            kill_group(process)
            process.wait()
    if error is not None:
        hint = error.hint or (f"Please report it together with '{log_path}'." if error.kind == "internal" else "")
        raise error_of(error.kind, error.message, hint)
    if not done:
        last = next((line for line in reversed(log_tail(log_path)) if line.strip()), "")
        raise InternalFault(
            f"Blender stopped before it was done: {describe_exit(process.returncode)}. {last}".rstrip(),
            f"Details are in '{log_path}'.",
        )
    return done
