"""docs/architecture.md is true: what it names is there, and every room and every operator is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import prose

ROOMS = ("inference", "models", "rigs", "training")


def sections(root: Path) -> dict[str, str]:
    """Folder -> the part of the page about it; "" for what comes before."""
    text = prose(root, Path("docs/architecture.md"))
    parts = re.split(r"^## `([\w/]+)/`$", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def test_files_and_folders_it_names_are_there(root: Path) -> None:
    missing = []
    for folder, text in sections(root).items():
        for name in re.findall(r"`([\w./-]+(?:\.(?:py|npz|md)|/))`", text):
            if not (root / folder / name).exists() and not (root / name).exists():
                missing.append(f"{folder}: {name}")
    assert missing == []


@pytest.mark.parametrize("folder", ROOMS)
def test_every_room_is_named(root: Path, folder: str) -> None:
    rooms = {
        path.parent.relative_to(root / folder).as_posix() + "/"
        for path in (root / folder).rglob("*")
        if path.suffix in (".py", ".safetensors") and path.parent != root / folder
    }
    assert rooms
    assert rooms - set(re.findall(r"`([\w/]+/)`", sections(root)[folder])) == set()


def test_every_file_that_runs_is_in_a_part_of_the_page(root: Path) -> None:
    folders = {path.parent.name for path in root.glob("*/__init__.py")} | {"tests", "training"}
    assert folders - set(sections(root)) == set()


def test_operators_are_the_ones_there_are_each_in_its_file(root: Path) -> None:
    there = {
        (name, path.name)
        for path in (root / "operators").glob("*.py")
        for name in re.findall(r'^    bl_idname = "soliloquy\.(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = {
        (name, file)
        for names, file in re.findall(r"^\| (`[\w`, ]+`) \| `(\w+\.py)` \|$", sections(root)["operators"], re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    assert named == there


def test_words_it_says_of_the_client_are_the_clients(root: Path) -> None:
    from soliloquy.inference.worker.client import WorkerClient
    from soliloquy.inference.worker.job import JobHandle

    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in set(re.findall(r"client\.(\w+)", text)) - {"py"}:
        assert hasattr(WorkerClient, name) or f"self.{name}" in _source(root, "client"), name
    for name in set(re.findall(r"job\.(\w+)", text)) - {"py"}:
        assert name in JobHandle.__dataclass_fields__ or hasattr(JobHandle, name), name


def _source(root: Path, module: str) -> str:
    return (root / "inference" / "worker" / f"{module}.py").read_text(encoding="utf-8")
