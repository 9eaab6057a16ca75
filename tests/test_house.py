"""The rules of the house that a reader relies on: who may import whom, sizes, formats of what ships."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from house import FOLDERS, SHIPPED, circles, inside_imports, mentions, outside_imports, parsed, public_names, sources

HEAVY = {"torch", "scipy", "librosa", "av", "smplx", "soundfile", "safetensors", "transformers"}
BLENDER = {"bpy", "mathutils", "bmesh", "gpu"}
FORBIDDEN = {
    "operators": HEAVY,
    "panels": HEAVY,
    "rigs": HEAVY,
    "shell": HEAVY,
    "inference": BLENDER,
    "models": BLENDER,
    "training": BLENDER,
}
"""Libraries that are not there where a folder's code runs."""
UPWARDS = {
    "panels": {"shell", "training", "models"},
    "operators": {"panels", "shell", "training", "models"},
    "shell": {"operators", "panels", "training", "models"},
    "rigs": {"operators", "panels", "shell", "training", "models"},
    "inference": {"operators", "panels", "shell", "rigs", "training"},
    "models": {"operators", "panels", "shell", "rigs", "inference", "training"},
    "training": {"operators", "panels", "shell", "rigs"},
}
"""Folders that a folder may not import from."""
TOP = {"assets", "docs", "inference", "models", "operators", "panels", "rigs", "shell", "tests", "training"}
"""The folders of the design."""
KNOWN_CIRCLES: list[set[str]] = []
"""Import circles that are still there; none may be added."""
CALLED_FROM_OUTSIDE = {
    "invoke", "modal", "test_select", "draw_item", "draw_filter", "filter_items", "find_class", "_apply",
}  # fmt: skip
"""Methods that Blender, pickle or torch call."""
KNOWN_DEAD: set[str] = set()
"""Names that only tests use today; none may be added."""
LONGEST = 400
"""Lines of a module."""


@pytest.mark.parametrize("folder", sorted(FORBIDDEN))
def test_folder_imports_only_what_its_process_has(root: Path, folder: str) -> None:
    modules = sources(root, folder)
    assert modules
    broken = {name: sorted(outside_imports(path) & FORBIDDEN[folder]) for name, path in modules.items()}
    assert {name: libraries for name, libraries in broken.items() if libraries} == {}


@pytest.mark.parametrize("folder", sorted(UPWARDS))
def test_folders_import_in_one_direction(root: Path, folder: str) -> None:
    modules = sources(root)
    broken = {
        name: sorted(target for target in inside_imports(name, modules) if target.split(".")[0] in UPWARDS[folder])
        for name in sources(root, folder)
    }
    assert {name: targets for name, targets in broken.items() if targets} == {}


def test_no_module_imports_itself_through_others(root: Path) -> None:
    modules = sources(root)
    found = circles({name: inside_imports(name, modules) for name in modules})
    new = [sorted(circle) for circle in found if not any(circle <= known for known in KNOWN_CIRCLES)]
    assert new == []
    gone = [sorted(known) for known in KNOWN_CIRCLES if known not in found]
    assert gone == [], "take these, or what is left of them, out of KNOWN_CIRCLES"


def test_no_absolute_import_of_the_package_inside_the_extension(root: Path) -> None:
    broken = [name for name, path in sources(root, *SHIPPED).items() if "soliloquy" in outside_imports(path)]
    assert broken == []


def test_the_top_holds_the_folders_of_the_design(root: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout")
    folders = {line.partition("/")[0] for line in listed.stdout.splitlines() if "/" in line}
    assert {folder for folder in folders if not folder.startswith(".")} == TOP


def test_modules_stay_readable(root: Path) -> None:
    lines = {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for name, path in sources(root, *FOLDERS, "tests").items()
    }
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


def test_public_functions_and_classes_carry_docstrings(root: Path) -> None:
    bare = []
    for name, path in sources(root).items():
        tree = parsed(path)
        if ast.get_docstring(tree) is None:
            bare.append(name)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                bare.append(f"{name}.{node.name}")
    assert bare == []


def test_every_public_name_is_used_by_more_than_tests(root: Path) -> None:
    used: Counter[str] = Counter()
    modules = {**sources(root), "__init__": root / "__init__.py", "extension_build": root / "extension_build.py"}
    for path in modules.values():
        used += mentions(parsed(path))
    # What the documentation shows to users is used by them; the map of the house names everything.
    pages = [root / "README.md", *(page for page in (root / "docs").rglob("*.md") if page.stem != "architecture")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    shown = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`\n]+`|(?m:^ {4}.+$)", text))))
    dead = []
    for name, path in modules.items():
        for public, node in public_names(parsed(path)):
            if public.startswith("__") or public in CALLED_FROM_OUTSIDE | KNOWN_DEAD | shown:
                continue
            if used[public] <= mentions(node)[public]:
                dead.append(f"{name}: {public}")
    assert dead == []


def test_nothing_unpickles(root: Path) -> None:
    suspects = []
    for name, path in sources(root).items():
        text = path.read_text(encoding="utf-8")
        if "allow_pickle=True" in text or "weights_only=False" in text or "import pickle" in text:
            suspects.append(name)
    assert suspects == []


def test_shipped_weights_are_small_and_described(root: Path) -> None:
    weights = sorted((root / "models" / "weights").glob("*.safetensors"))
    assert weights, "no weights ship"
    assert sum(path.stat().st_size for path in weights) < 60e6
    for path in weights:
        card = path.with_suffix(".md")
        assert card.is_file(), f"{path.name} has no model card"
        text = card.read_text(encoding="utf-8").lower()
        for word in ("data", "licence", "figures", "limits"):
            assert word in text, f"{card.name} says nothing about {word}"
    assert (root / "assets" / "character.npz").stat().st_size <= 2.6e6
