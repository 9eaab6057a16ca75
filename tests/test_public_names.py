"""The package's own names: there when asked for, and nothing before."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import soliloquy
from soliloquy.inference import api, errors
from soliloquy.inference.performance import Performance
from soliloquy.inference.settings import AnimateSettings


def test_importing_the_package_imports_nothing_else(root: Path) -> None:
    script = "import sys; before = set(sys.modules); import soliloquy; print(sorted(set(sys.modules) - before))"
    finished = subprocess.run(
        [sys.executable, "-c", script], cwd=root.parent, capture_output=True, text=True, check=True, timeout=60
    )
    assert finished.stdout.strip() in ("['soliloquy']", "['__future__', 'soliloquy']")


def test_public_names_are_those_of_the_rooms() -> None:
    assert soliloquy.animate is api.animate
    assert soliloquy.regenerate is api.regenerate
    assert soliloquy.craft is api.craft
    assert soliloquy.Performance is Performance
    assert soliloquy.AnimateSettings is AnimateSettings
    assert soliloquy.SoliloquyError is errors.SoliloquyError
    assert soliloquy.errors.BadAudio is errors.BadAudio


def test_public_names_are_listed_and_others_are_none() -> None:
    assert set(soliloquy.__all__) <= set(dir(soliloquy))
    for name in soliloquy.__all__:
        assert getattr(soliloquy, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'sing'"):
        soliloquy.sing  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]


def test_type_checkers_read_the_same_names(root: Path) -> None:
    assert (root / "py.typed").is_file()
    tree = ast.parse((root / "__init__.py").read_text(encoding="utf-8"))
    branch = next(node for node in tree.body if isinstance(node, ast.If))
    read = {alias.name for node in branch.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert read == set(soliloquy.__all__)
