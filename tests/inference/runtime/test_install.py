"""The private environment: installed offline for real, and never lost to an installation that fails."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from work import waits_in

from soliloquy.inference.errors import Cancelled, SoliloquyError
from soliloquy.inference.runtime.install import Installer
from soliloquy.inference.runtime.install_plan import LOCKED, read_requirements
from soliloquy.inference.runtime.locate import find_runtime, private_python
from soliloquy.inference.runtime.remove import Removal

LIBRARIES = ["torch", "numpy", "scipy", "safetensors", "av"]
Wheels = Callable[..., Path]


@pytest.fixture(autouse=True)
def no_choice_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOLILOQUY_WORKER_PYTHON", raising=False)


def installer(folder: Path, wheels: Path) -> Installer:
    return Installer(
        folder, backend="cpu", wheels=wheels, base_python=sys.executable, uses_uv=False, requirements=LIBRARIES
    )


def environments(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("venv-*"))


def test_installs_from_a_folder_of_wheels_and_survives_what_fails_later(
    tmp_path: Path, wheels: Wheels, copied_environments: Callable[[], None]
) -> None:
    folder = tmp_path / "runtime"
    assert find_runtime("", folder).kind != "private"

    first = installer(folder, wheels())
    seen: list[tuple[str, float]] = []
    first.start()
    while first.state == "running":
        assert waits_in(first.tick) == set()
        seen.append((first.stage, first.fraction))
        time.sleep(0.01)
    assert first.error is None
    assert first.state == "done"
    assert [fraction for _, fraction in seen] == sorted(fraction for _, fraction in seen)
    assert {"Creating the environment", "Testing the environment"} <= {stage for stage, _ in seen}
    status = find_runtime("", folder)
    assert (status.kind, status.ok) == ("private", True)
    assert status.details["checked"]
    assert "torch 2.13.0" in status.message
    python, kept = status.python, environments(folder)
    assert len(kept) == 1

    copied_environments()

    # A library is missing from the wheels.
    with pytest.raises(SoliloquyError, match="No matching distribution found for av") as failure:
        installer(folder, wheels("incomplete", av=None)).run()
    assert "stays in use" in failure.value.hint
    assert environments(folder) == kept

    # Everything installs, but torch does not import.
    broken = "raise OSError('libcudart.so.13: cannot open shared object file')"
    with pytest.raises(SoliloquyError, match="cannot import torch"):
        installer(folder, wheels("broken", torch=broken)).run()
    assert environments(folder) == kept

    # Cancelled in the middle.
    cancelled = installer(folder, wheels("again"))
    cancelled.start()
    while cancelled.stage != "Installing from the wheels":
        cancelled.tick()
        time.sleep(0.005)
    cancelled.cancel()
    while cancelled.state == "running":
        cancelled.tick()
        time.sleep(0.005)
    assert cancelled.state == "cancelled"
    assert isinstance(cancelled.error, Cancelled)
    assert environments(folder) == kept

    assert find_runtime("", folder).python == python
    assert find_runtime("", folder).ok
    assert not (folder / "installing.lock").exists()

    Removal(folder).run()
    assert environments(folder) == []
    assert private_python(folder) is None


def test_network_is_used_only_when_allowed(tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match="not allowed to use the internet"):
        Installer(tmp_path / "runtime", backend="cpu").plan()
    assert not (tmp_path / "runtime").exists()


def test_plan_tells_size_and_place_before_anything_happens(tmp_path: Path) -> None:
    plan = Installer(
        tmp_path / "runtime", backend="cu130", online_allowed=True, base_python=sys.executable, uses_uv=False
    ).plan()
    assert "2350 MB to download" in plan.text
    assert str(tmp_path / "runtime") in plan.text
    assert not (tmp_path / "runtime").exists()


def test_folder_without_wheels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SoliloquyError, match="no wheels"):
        installer(tmp_path / "runtime", tmp_path).plan()


def test_two_installations_keep_apart(tmp_path: Path, wheels: Wheels) -> None:
    folder = tmp_path / "runtime"
    source = wheels()
    first = installer(folder, source)
    first.start()
    with pytest.raises(SoliloquyError, match="Another installation"):
        installer(folder, source).start()
    first.cancel()
    while first.state == "running":
        first.tick()
        time.sleep(0.005)
    # A lock whose process is gone does not count.
    (folder / "installing.lock").write_text("999999999")
    third = installer(folder, source)
    third.start()
    third.cancel()
    while third.state == "running":
        third.tick()
        time.sleep(0.005)
    assert environments(folder) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_cannot_be_written_is_said(tmp_path: Path, wheels: Wheels) -> None:
    source = wheels()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(SoliloquyError, match="cannot be written"):
        installer(closed / "runtime", source).start()


def test_requirements_are_the_pins_of_the_project(root: Path) -> None:
    tomllib = pytest.importorskip("tomllib")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert read_requirements() == project["optional-dependencies"]["worker"]


def test_every_library_is_locked_with_the_version_that_is_asked_for_and_hashes() -> None:
    text = LOCKED.read_text(encoding="utf-8")
    blocks = re.findall(r"^([\w.-]+)==(\S+)((?: ;[^\n]*)? \\\n(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.M)
    assert len(blocks) == len(re.findall(r"^\w", text, re.M)), "a package without hashes"
    versions = {name: version for name, version, _ in blocks}
    for requirement in read_requirements():
        name, _, pin = requirement.partition("==")
        if pin and name != "torch":
            assert versions[name] == pin
    assert "numpy" in versions
    assert "torch" not in versions


def test_online_the_libraries_are_held_against_their_hashes_and_torch_comes_from_its_index(tmp_path: Path) -> None:
    plan = Installer(
        tmp_path / "runtime", backend="cpu", online_allowed=True, base_python=sys.executable, uses_uv=False
    ).plan()
    libraries, torch = (step.command for step in plan.package_steps(tmp_path / "venv", None))
    assert libraries[-3:] == ["--require-hashes", "-r", str(LOCKED)]
    assert torch[-3:] == ["--index-url", "https://download.pytorch.org/whl/cpu", "torch==2.13.0"]
