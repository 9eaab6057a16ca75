"""``soliloquy engines``: what is installed, what each engine does, which licence its weights have."""

from __future__ import annotations

import argparse
import json
import shutil
import textwrap
from dataclasses import asdict
from typing import Any

from ..inference.engines import list_engines
from ..inference.published import FOLDER_VARIABLE, default_models_folder
from ..inference.settings import AnimateSettings


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "engines",
        help="list the engines, what they do, and the licence of their weights",
        description="Lists every engine: name for --face or --body, what it does, licence of its weights, and whether "
        "it can run in this Python.",
    )
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    engines = list_engines()
    if arguments.json:
        print(json.dumps([asdict(engine) for engine in engines], indent=2))
        return 0
    width = max(len(engine.name) for engine in engines)
    columns = max(60, shutil.get_terminal_size((100, 24)).columns)
    for kind in sorted({engine.kind for engine in engines}, reverse=True):
        print(f"{kind} engines (--{kind} NAME)")
        for engine in engines:
            if engine.kind != kind:
                continue
            state = "ready" if engine.available else f"not available here: {engine.why_not}"
            if engine.name == getattr(AnimateSettings(), kind):
                state = f"the default, {state}" + "." * engine.available
            text = f"{engine.title}. {engine.description} Licence: {engine.licence}. {state[0].upper()}{state[1:]}"
            lead = f"  {engine.name:<{width}}  "
            print(_fill(text, columns, lead, " " * len(lead)))
        print()
    where = (
        f"Official files of published engines belong into '{default_models_folder()}' (${FOLDER_VARIABLE} changes it)."
    )
    print(_fill(where, columns))
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
