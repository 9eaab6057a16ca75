"""Only what Soliloquy made is ever removed from a folder that a person chose."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from soliloquy.inference.errors import SoliloquyError
from soliloquy.inference.runtime.install import Installer
from soliloquy.inference.runtime.ownership import MARKER_NAME, make_environment_folder, own_environments
from soliloquy.inference.runtime.remove import Removal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with things of a person's own, by names that an environment of ours could have."""
    for name in ("venv-my-project", "venv-20260101-120000", "venv-20260101-120000a"):
        (tmp_path / "chosen" / name).mkdir(parents=True)
        (tmp_path / "chosen" / name / "notes.txt").write_text("mine")
    return tmp_path / "chosen"


def theirs(folder: Path) -> int:
    return len(list(folder.glob("venv-*/notes.txt")))


def test_removal_takes_what_is_marked_and_nothing_else(folder: Path) -> None:
    make_environment_folder(folder / "venv-ours")
    Removal(folder).run()
    assert not (folder / "venv-ours").exists()
    assert theirs(folder) == 3


def test_an_environment_from_before_there_were_marks_is_known_by_name(folder: Path) -> None:
    (folder / "venv-20250101-000000").mkdir()
    (folder / "venv-20250101-000000" / "pyvenv.cfg").write_text("home = /usr/bin")
    (folder / "runtime.json").write_text(json.dumps({"environment": "venv-20250101-000000"}))
    Removal(folder).run()
    assert not (folder / "venv-20250101-000000").exists()
    assert not (folder / "runtime.json").exists()
    assert theirs(folder) == 3


@pytest.mark.parametrize("name", ["../elsewhere", ".", "..", "", "venv-my-project", "/"])
def test_a_pointer_that_leads_elsewhere_removes_nothing(folder: Path, name: str) -> None:
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pyvenv.cfg").write_text("home = /usr/bin")
    (folder / "runtime.json").write_text(json.dumps({"environment": name}))
    Removal(folder).run()
    assert (elsewhere / "pyvenv.cfg").exists()
    assert theirs(folder) == 3


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_not_followed(folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere"
    make_environment_folder(elsewhere)
    (folder / "venv-link").symlink_to(elsewhere)
    assert own_environments(folder) == []
    Removal(folder).run()
    assert (elsewhere / MARKER_NAME).exists()


def test_a_failed_installation_removes_its_own_folder_only(
    folder: Path, wheels: Callable[..., Path], copied_environments: Callable[[], None]
) -> None:
    copied_environments()
    source = wheels("incomplete", av=None)
    with pytest.raises(SoliloquyError):
        Installer(
            folder, backend="cpu", wheels=source, base_python=sys.executable, uses_uv=False, requirements=["av"]
        ).run()
    assert theirs(folder) == 3
    assert own_environments(folder) == []
    assert sorted(path.name for path in folder.iterdir()) == [
        "install.log", "venv-20260101-120000", "venv-20260101-120000a", "venv-my-project",
    ]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_the_environment_and_the_log_are_private(folder: Path, wheels: Callable[..., Path]) -> None:
    installer = Installer(folder, wheels=wheels(), base_python=sys.executable, uses_uv=False, requirements=["av"])
    installer.start()
    (environment,) = own_environments(folder)
    assert stat.S_IMODE(environment.stat().st_mode) == 0o700
    assert stat.S_IMODE(installer.log_path.stat().st_mode) == 0o600
    installer.cancel()
    while installer.state == "running":
        installer.tick()
    assert theirs(folder) == 3
