"""The table of operators in docs/blender.md is whole: every operator, and every argument that it takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

bpy = pytest.importorskip("bpy")

import soliloquy

HIDDEN = {"rna_type", "filter_glob", "check_existing"}
"""What only Blender and its file browser set."""


def table(root: Path) -> list[tuple[list[str], set[str]]]:
    """Return (operators, arguments) of every row."""
    text = (root / "docs" / "blender.md").read_text(encoding="utf-8")
    rows = text.partition("| operator | arguments (all optional) |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    return [
        (re.findall(r"`(\w+)`", names), set(re.findall(r"`([a-z_]+)`", arguments)))
        for names, _, arguments in (row.strip("| ").partition(" | ") for row in rows)
    ]


def arguments_of(name: str) -> set[str]:
    kind: Any = getattr(bpy.ops.soliloquy, name).get_rna_type()
    return {item.identifier for item in kind.properties} - HIDDEN


def test_every_operator_and_each_of_its_arguments_is_in_the_table(root: Path) -> None:
    soliloquy.register()
    try:
        rows = table(root)
        named = [name for names, _ in rows for name in names]
        assert sorted(named) == sorted(dir(bpy.ops.soliloquy))
        for names, arguments in rows:
            assert arguments == set().union(*map(arguments_of, names)), names
    finally:
        soliloquy.unregister()
