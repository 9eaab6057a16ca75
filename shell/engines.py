"""``soliloquy engines``: what is installed, what each engine does, which licence its weights have."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..inference.engine_spec import ABILITIES, KINDS
from ..inference.engines import list_engines
from ..inference.errors import MissingFiles
from ..inference.outside_engines import FOLDER_VARIABLE as ENGINES_VARIABLE
from ..inference.outside_engines import GROUP, engines_folder
from ..inference.published import FOLDER_VARIABLE, default_models_folder
from ..inference.settings import AnimateSettings
from ..inference.user_folders import given_path


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "engines",
        help="list the engines, what they do, and the licence of their weights",
        description="Lists every engine: name for --face or --body, what it does, licence of its weights, and whether "
        "it can run in this Python.",
    )
    parser.add_argument("--json", action="store_true", help="machine-readable")
    add_engines_option(parser)
    parser.set_defaults(run=run)


def add_engines_option(parser: argparse._ActionsContainer) -> None:
    """Add the option that names a folder of engines from outside."""
    parser.add_argument(
        "--engines",
        type=_folder,
        metavar="DIR",
        help=f"folder of engines from outside, one folder each (default: ${ENGINES_VARIABLE})",
    )


def _folder(text: str) -> Path:
    folder = given_path(text)
    if not folder.is_dir():
        raise MissingFiles(f"There is no engines folder '{text}'.", "Check the path.")
    return folder


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    engines = list_engines()
    if arguments.json:
        print(json.dumps([asdict(engine) for engine in engines], indent=2))
        return 0
    width = max(len(engine.name) for engine in engines)
    columns = max(60, shutil.get_terminal_size((100, 24)).columns)
    for kind in (*KINDS, ""):
        if not any(engine.kind == kind for engine in engines):
            continue
        print(f"{kind} engines (--{kind} NAME)" if kind else "engines that cannot be used")
        for engine in engines:
            if engine.kind != kind:
                continue
            state = "ready" if engine.available else f"not available here: {engine.why_not}"
            if kind and engine.name == getattr(AnimateSettings(), kind):
                state = f"the default, {state}" + "." * engine.available
            can = "".join(f" {ABILITIES[name].capitalize()}." for name in engine.abilities)
            whose = f" From {engine.source}." if engine.source else ""
            about = f"{engine.title}. {engine.description}{can} Licence: {engine.licence}.{whose} " if kind else ""
            text = f"{about}{state[0].upper()}{state[1:]}"
            lead = f"  {engine.name:<{width}}  "
            print(_fill(text, columns, lead, " " * len(lead)))
        print()
    where = (
        f"Official files of published engines belong into '{default_models_folder()}' (${FOLDER_VARIABLE} changes it)."
    )
    print(_fill(where, columns))
    folder = engines_folder()
    named = f"'{folder}'" if folder else "the folder that --engines names"
    print(_fill(f"Engines from outside: {named} (${ENGINES_VARIABLE}), packages that announce '{GROUP}'.", columns))
    return 0


def _fill(text: str, columns: int, lead: str = "", indent: str = "") -> str:
    # An address broken at a hyphen cannot be clicked or copied.
    return textwrap.fill(
        text,
        columns,
        initial_indent=lead,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
