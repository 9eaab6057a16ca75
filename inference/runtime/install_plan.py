"""What an installation will do: for the person to agree to, and as the commands it is made of."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from .backends import Backend
from .step import Step

REQUIREMENTS = Path(__file__).resolve().parent / "requirements.txt"
LOCKED = REQUIREMENTS.with_name("requirements.locked.txt")
"""Everything but torch and what its builds for graphics cards need, with versions and the hashes of every file."""
UV_PYTHON = ">=3.11,<3.14"
TORCH_STAGE = "Downloading torch"


def read_requirements(path: Path = REQUIREMENTS) -> list[str]:
    """Return the requirements of the worker, torch first."""
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line]


@dataclass(frozen=True)
class InstallPlan:
    """What an install will do."""

    folder: Path
    backends: tuple[Backend, ...]
    reason: str
    creator: Path
    uses_uv: bool
    wheels: Path | None
    download_mb: int
    disk_mb: int
    free_mb: int

    @property
    def text(self) -> str:
        """One paragraph in words."""
        backend = self.backends[0]
        source = f"from the wheels in '{self.wheels}'" if self.wheels else f"about {self.download_mb} MB to download"
        return (
            f"{backend.title}: {source}, about {self.disk_mb} MB on disk in '{self.folder}' "
            f"({self.free_mb} MB free). {self.reason}"
        )

    def create_step(self, environment: Path) -> Step:
        """Return the step that makes the environment in a folder that is there already and holds our mark."""
        if self.uses_uv:
            command = [str(self.creator), "--no-config", "venv", "--no-project", "--python", UV_PYTHON]
            command += ["--offline"] if self.wheels is not None else []
            command += ["--allow-existing", str(environment)]
        else:
            command = [str(self.creator), "-I", "-m", "venv", str(environment)]
        return Step("Creating the environment", 0.05, command)

    def package_steps(self, environment: Path, requirements: list[str] | None) -> list[Step]:
        """Return the steps that fill the environment.

        Parameters
        ----------
        requirements : list of str, optional
            Instead of Soliloquy's own, whose files are held against :data:`LOCKED`.
        """
        packages = read_requirements() if requirements is None else requirements
        if self.wheels is not None:
            source = ["--no-index", "--find-links", str(self.wheels)]
            return [Step("Installing from the wheels", 0.85, self._install(environment, [*source, *packages]))]
        rest = [item for item in packages if not _is_torch(item)]
        steps: list[Step] = []
        if rest:
            # Before torch, whose own needs among them are then met by files whose hashes are known.
            named = ["--require-hashes", "-r", str(LOCKED)] if requirements is None else rest
            steps.append(Step("Downloading the libraries", 0.3, self._install(environment, named)))
        if len(rest) < len(packages):
            steps.append(self.torch_step(environment, packages, self.backends[0]))
        return steps

    def torch_step(self, environment: Path, packages: list[str], backend: Backend) -> Step:
        """Return the step that fetches torch from the index of a build.

        Its version is pinned. Hashes are not: every build has its own files. The index tells the hash with each file,
        and what arrives is held against that.
        """
        torch = [item for item in packages if _is_torch(item)]
        index = ["--index-url", backend.index] if backend.index else []
        return Step(f"{TORCH_STAGE} ({backend.title})", 0.85, self._install(environment, [*index, *torch]))

    def _install(self, environment: Path, what: list[str]) -> list[str]:
        python = str(environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        if self.uses_uv:
            tool = [str(self.creator), "--no-config", "pip", "install", "--python", python]
        else:
            quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
            tool = [python, "-I", "-m", "pip", "install", *quiet]
        # Only wheels: building from source would need compilers, and runs code of the package.
        return [*tool, "--only-binary", ":all:", *what]


def _is_torch(requirement: str) -> bool:
    return re.match(r"torch\b", requirement) is not None
