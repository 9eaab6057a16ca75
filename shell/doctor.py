"""``soliloquy doctor``: what is wrong with this installation, one line each, with the mend."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..inference.runtime.doctor import can_animate, diagnose
from .engines import add_engines_option
from .terminal import EXIT_BAD_INPUT


def add_parser(commands: Any) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "doctor",
        help="say what is wrong with this installation, and the mend",
        description="Checks Python, libraries, devices, weights, the character, space and Blender: one line each. The "
        "exit code is 0 when 'soliloquy animate' can work, else 2.",
    )
    parser.add_argument("--python", metavar="PATH", help="check this Python as the worker's")
    parser.add_argument("--runtime", metavar="FOLDER", help="folder of the private runtime")
    add_engines_option(parser)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    findings = diagnose(arguments.python, Path(arguments.runtime) if arguments.runtime else None)
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            mark = "ok     " if finding.ok else "problem" if finding.needed else "missing"
            mend = "" if finding.ok or not finding.mend else f" {finding.mend}"
            print(f"{mark}  {finding.name:<{width}}  {finding.message}{mend}")
    return 0 if can_animate(findings) else EXIT_BAD_INPUT
