"""The rules of the house that a reader relies on: who may import whom, sizes, formats of what ships."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FORBIDDEN = {
    "operators": {"torch", "scipy", "librosa", "av", "smplx", "soundfile", "safetensors"},
    "panels": {"torch", "scipy", "librosa", "av", "smplx", "soundfile", "safetensors"},
    "rigs": {"torch", "scipy", "librosa", "av", "smplx", "soundfile", "safetensors"},
    "inference": {"bpy", "mathutils", "bmesh", "gpu"},
    "models": {"bpy", "mathutils", "bmesh", "gpu"},
    "training": {"bpy", "mathutils", "bmesh", "gpu"},
}
SIDEWAYS = {
    "panels": {"training", "models"},
    "operators": {"panels", "training", "models"},
    "rigs": {"operators", "panels", "training", "models"},
    "inference": {"operators", "panels", "rigs", "training"},
    "models": {"operators", "panels", "rigs", "inference", "training"},
}


def _sources(root: Path, folder: str) -> list[Path]:
    return sorted((root / folder).rglob("*.py"))


def _imports(path: Path, root: Path) -> set[str]:
    """Top-level names a module imports; imports inside the package appear as ``soliloquy.<folder>``."""
    parts = path.relative_to(root).with_suffix("").parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                found.add((node.module or "").split(".")[0])
                continue
            base = parts[: len(parts) - node.level]
            target = (*base, *(node.module or "").split(".")) if node.module else base
            for name in [target[0]] if target and target[0] else [alias.name for alias in node.names]:
                found.add(f"soliloquy.{name}")
    return found


@pytest.mark.parametrize("folder", sorted(FORBIDDEN))
def test_folder_imports_only_what_its_process_has(root: Path, folder: str) -> None:
    sources = _sources(root, folder)
    assert sources
    broken = {str(path.relative_to(root)): sorted(_imports(path, root) & FORBIDDEN[folder]) for path in sources}
    assert {path: names for path, names in broken.items() if names} == {}


@pytest.mark.parametrize("folder", sorted(SIDEWAYS))
def test_folders_import_in_one_direction(root: Path, folder: str) -> None:
    banned = {f"soliloquy.{name}" for name in SIDEWAYS[folder]}
    broken = {str(path.relative_to(root)): sorted(_imports(path, root) & banned) for path in _sources(root, folder)}
    assert {path: names for path, names in broken.items() if names} == {}


def test_no_absolute_import_of_the_package_inside_the_extension(root: Path) -> None:
    shipped = [
        path for folder in ("operators", "panels", "rigs", "inference", "models") for path in _sources(root, folder)
    ]
    broken = [str(path.relative_to(root)) for path in shipped if "soliloquy" in _imports(path, root)]
    assert broken == []


def test_modules_stay_readable(root: Path) -> None:
    long = {}
    for folder in (*FORBIDDEN, "tests"):
        for path in _sources(root, folder):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > 500:
                long[str(path.relative_to(root))] = lines
    assert long == {}


def test_public_functions_and_classes_carry_docstrings(root: Path) -> None:
    bare = []
    for folder in FORBIDDEN:
        for path in _sources(root, folder):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if ast.get_docstring(tree) is None:
                bare.append(str(path.relative_to(root)))
            for node in tree.body:
                if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                    continue
                if ast.get_docstring(node) is None:
                    bare.append(f"{path.relative_to(root)}: {node.name}")
    assert bare == []


def test_nothing_unpickles(root: Path) -> None:
    suspects = []
    for folder in FORBIDDEN:
        for path in _sources(root, folder):
            text = path.read_text(encoding="utf-8")
            if "allow_pickle=True" in text or "weights_only=False" in text or "import pickle" in text:
                suspects.append(str(path.relative_to(root)))
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
    assert (root / "assets" / "character.npz").stat().st_size <= 2.5e6
