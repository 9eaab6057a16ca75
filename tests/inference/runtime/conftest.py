"""Small wheels under the names of the worker's libraries, so that installs are real but take seconds."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from soliloquy.inference.runtime.install_plan import InstallPlan
from soliloquy.inference.runtime.step import Step

TORCH = """
__version__ = "2.13.0"
class cuda:
    is_available = staticmethod(lambda: False)
class backends:
    mps = None
get_num_threads = lambda: 2
"""


def write_wheel(folder: Path, name: str, source: str, version: str = "1.0") -> None:
    """Write a pure Python wheel that holds one module."""
    info = f"{name}-{version}.dist-info"
    members = {
        f"{name}.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = []
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in members.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record.append(f"{path},sha256={digest},{len(text.encode())}")
            wheel.writestr(path, text)
        wheel.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,", ""]))


@pytest.fixture
def wheels(tmp_path: Path) -> Callable[..., Path]:
    """Build a folder of wheels; ``name=source`` replaces one, ``name=None`` leaves it out."""

    def build(folder: str = "wheels", **changes: str | None) -> Path:
        sources: dict[str, str | None] = {"torch": TORCH}
        sources |= dict.fromkeys(("numpy", "scipy", "safetensors", "av"), "__version__ = '1.0'\n")
        target = tmp_path / folder
        target.mkdir()
        for name, source in (sources | changes).items():
            if source is not None:
                write_wheel(target, name, source)
        return target

    return build


@pytest.fixture(scope="session")
def empty_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but pip in it."""
    folder = tmp_path_factory.mktemp("made") / "environment"
    subprocess.run([sys.executable, "-I", "-m", "venv", str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture
def copied_environments(empty_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, installations copy an environment instead of making theirs, which takes seconds each time."""
    code = "import shutil, sys; shutil.copytree(*sys.argv[1:], symlinks=True, dirs_exist_ok=True)"

    def copying(_plan: InstallPlan, environment: Path) -> Step:
        command = [sys.executable, "-I", "-c", code, str(empty_environment), str(environment)]
        return Step("Creating the environment", 0.05, command)

    return lambda: monkeypatch.setattr(InstallPlan, "create_step", copying)
