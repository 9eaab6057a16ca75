"""Every option of the command line is explained on a page, not in the help alone."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from pages import pages

from soliloquy.shell.cli import build_parser


def test_every_option_is_on_a_page(root: Path) -> None:
    named = set(
        re.findall(r"--[a-z][a-z-]*", "\n".join((root / page).read_text(encoding="utf-8") for page in pages(root)))
    )
    commands = next(item for item in build_parser()._actions if isinstance(item, argparse._SubParsersAction)).choices
    options = {
        f"{name} {option}"
        for name, parser in commands.items()
        for action in parser._actions
        for option in action.option_strings
        if option.startswith("--")
    }
    assert options
    assert {option for option in options if option.split()[1] not in named} == set()
