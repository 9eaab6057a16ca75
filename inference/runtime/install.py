"""Installs the private environment the worker runs in, step by step from a timer, without threads.

Every install goes into a new folder ``venv-<time>`` that carries our mark; only when its self-test has passed does
``runtime.json``, written in one piece, point to it. So half an install never replaces a working one, no environment is
ever moved (a venv's scripts know their path), and no folder of anybody else's is removed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from ..errors import Cancelled, MissingRuntime, NotSaved, SoliloquyError
from ..saving import private_folder, write_json
from ..version import VERSION
from ..worker.log import log_tail, open_private
from ..worker.protocol import PROTOCOL
from .backends import Backend, choose_backend
from .base_python import find_base_python, find_uv
from .check import Check
from .install_plan import TORCH_STAGE, InstallPlan, read_requirements
from .locate import POINTER_NAME, default_runtime_folder, python_in, read_pointer
from .ownership import make_environment_folder, named_environment, own_environments
from .step import Step, install_lock, release_lock, removal_command

LOG_NAME = "install.log"


class Installer:
    """One installation: :meth:`plan`, :meth:`start`, then :meth:`tick` until ``state`` is no longer ``"running"``.

    Parameters
    ----------
    folder : path
        Folder of the private environment.
    backend : str
        As :func:`~.backends.choose_backend` takes it.
    wheels : path, optional
        Install from this folder of wheels, without the network.
    online_allowed : bool
        Whether the network may be used (``bpy.app.online_access``).
    uv, base_python : path, optional
        What creates the environment; looked for when None. ``uses_uv=False`` keeps uv out of it.
    requirements : sequence of str, optional
        What to install instead of Soliloquy's own list; the self-test stays the same.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        backend: str = "auto",
        wheels: str | os.PathLike[str] | None = None,
        online_allowed: bool = False,
        uv: str | os.PathLike[str] | None = None,
        base_python: str | os.PathLike[str] | None = None,
        uses_uv: bool = True,
        requirements: Sequence[str] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.state = "idle"
        """``"idle"``, ``"running"``, ``"done"``, ``"failed"`` or ``"cancelled"``."""
        self.stage = ""
        self.fraction = 0.0
        self.error: SoliloquyError | None = None
        self.python: Path | None = None
        self._backend_choice = backend
        self._wheels = Path(wheels) if wheels else None
        self._online_allowed = online_allowed
        self._uv = Path(uv) if uv else None
        self._uses_uv = uses_uv
        self._base_python = Path(base_python) if base_python else None
        self._requirements = list(requirements) if requirements is not None else None
        self._replaced: Path | None = None
        self._plan: InstallPlan | None = None
        self._backend: Backend | None = None
        self._step: Step | None = None
        self._check: Check | None = None
        self._pending: list[Step] = []
        self._ending: tuple[str, SoliloquyError | None] | None = None
        self._environment = self.folder
        self._downloaded_mb = 0.0

    @property
    def log_path(self) -> Path:
        """What the tools printed."""
        return self.folder / LOG_NAME

    def log_tail(self, lines: int = 20) -> list[str]:
        """Return the last lines that the tools printed."""
        return log_tail(self.log_path, lines)

    def plan(self) -> InstallPlan:
        """Return what would happen. Asks drivers and Pythons for their versions, which may take a second.

        Raises
        ------
        SoliloquyError
            When there is no network permission and no folder of wheels, nothing that can create an environment, or too
            little space.
        """
        if self._wheels is None and not self._online_allowed:
            raise MissingRuntime(
                "Blender is not allowed to use the internet.",
                "Allow online access in Preferences > System, or choose a folder of wheels.",
            )
        if self._wheels is not None and not any(self._wheels.glob("*.whl")):
            raise SoliloquyError(
                f"There are no wheels in '{self._wheels}'.", "Choose the folder that holds *.whl files."
            )
        choice = choose_backend(self._backend_choice)
        uv = self._uv or (find_uv(self.folder) if self._uses_uv and self._base_python is None else None)
        creator = uv or self._base_python or find_base_python()
        if creator is None:
            raise MissingRuntime(
                "No Python was found that can create an environment.",
                "Install Python 3.12 from python.org (Debian and Ubuntu: also python3-venv), then try again.",
            )
        existing = next(path for path in (self.folder, *self.folder.absolute().parents) if path.exists())
        free_mb = shutil.disk_usage(existing).free // 1_000_000
        wheels_mb = sum(path.stat().st_size for path in self._wheels.glob("*.whl")) / 1e6 if self._wheels else 0.0
        disk_mb = int(wheels_mb * 2.5) if self._wheels else choice.candidates[0].disk_mb
        if free_mb < disk_mb:
            raise SoliloquyError(
                f"The installation needs about {disk_mb} MB in '{self.folder}', but only {free_mb} MB are free.",
                "Free some space, or choose another runtime folder in the preferences.",
            )
        self._plan = InstallPlan(
            folder=self.folder,
            backends=choice.candidates,
            reason=choice.reason,
            creator=creator,
            uses_uv=creator == uv,
            wheels=self._wheels,
            download_mb=0 if self._wheels else choice.candidates[0].download_mb,
            disk_mb=disk_mb,
            free_mb=int(free_mb),
        )
        return self._plan

    def start(self) -> None:
        """Start the installation.

        Raises
        ------
        SoliloquyError
            As :meth:`plan`, or when another installation runs in the same folder or the folder cannot be written.
        """
        plan = self._plan or self.plan()
        try:
            private_folder(self.folder, ours=self.folder == default_runtime_folder())
            install_lock(self.folder)
            self._begin(plan)
        except OSError as error:
            raise NotSaved(
                f"The folder '{self.folder}' cannot be written: {error.strerror}.",
                "Choose another runtime folder in the preferences.",
            ) from error
        self.state, self.error, self.fraction = "running", None, 0.0
        self._backend = plan.backends[0]
        self._pending = [
            plan.create_step(self._environment),
            *plan.package_steps(self._environment, self._requirements),
        ]
        self._next()

    def _begin(self, plan: InstallPlan) -> None:
        try:
            with open_private(self.log_path, os.O_TRUNC) as log:
                log.write(f"Soliloquy {VERSION}: {plan.text}\n".encode())
            self._replaced = named_environment(self.folder)
            self._environment = self.folder / time.strftime("venv-%Y%m%d-%H%M%S")
            while self._environment.exists():
                self._environment = self._environment.with_name(self._environment.name + "a")
            make_environment_folder(self._environment)
        except OSError:
            release_lock(self.folder)
            raise

    def cancel(self) -> None:
        """Stop the installation; what was installed before stays in use."""
        if self.state == "running" and self._ending is None:
            if self._step is not None:
                self._step.kill()
            if self._check is not None:
                self._check.cancel()
            self._end("cancelled", Cancelled())

    def tick(self) -> None:
        """Move on by what has happened; never waits."""
        if self.state != "running":
            return
        if self._check is not None:
            self._tick_check()
        elif self._step is not None:
            for line in self._step.new_lines():
                self._follow(line)
            code = self._step.poll()
            if code is None:
                return
            step, self._step = self._step, None
            if self._ending is not None or code == 0:
                self._next()
            else:
                self._step_failed(step, code)

    def run(self, timeout: float = 3600.0) -> None:
        """Start and wait, for the command line and tests; raises the error an installation ended with."""
        self.start()
        deadline = time.monotonic() + timeout
        while self.state == "running":
            if time.monotonic() > deadline:
                self.cancel()
            self.tick()
            time.sleep(0.02)
        if self.error is not None:
            raise self.error

    # Steps

    def _next(self) -> None:
        if self._pending:
            self._step = self._pending.pop(0)
            self.stage = self._step.stage
            self._step.log = self.log_path
            try:
                self._step.start()
            except OSError as error:
                step, self._step = self._step, None
                message = f"'{step.command[0] if step else ''}' cannot be started: {error.strerror}."
                self._end("failed", self._failure(message))
            return
        if self._ending is not None:
            state, self.error = self._ending
            self.stage = str(self.error) if self.error else "Installed"
            self.fraction = 1.0 if self.error is None else self.fraction
            release_lock(self.folder)
            self.state = state
            return
        self.fraction = 0.85
        self.stage = "Testing the environment"
        python = python_in(self._environment)
        if python is None:
            self._end("failed", self._failure("The environment was created without a Python."))
            return
        self._check = Check(python, self.folder)

    def _step_failed(self, step: Step, code: int) -> None:
        assert self._plan is not None
        later = self._plan.backends[self._plan.backends.index(self._backend) + 1 :] if self._backend else ()
        if later and step.stage.startswith(TORCH_STAGE):
            self._note(f"{self._backend.title if self._backend else ''} is not available; trying {later[0].title}.")
            self._backend = later[0]
            packages = self._requirements if self._requirements is not None else read_requirements()
            self._pending = [self._plan.torch_step(self._environment, packages, later[0])]
            self._next()
            return
        self._end("failed", self._failure(f"{step.stage} failed: {step.complaint() or f'exit code {code}'}."))

    def _tick_check(self) -> None:
        assert self._check is not None
        report = self._check.poll()
        if report is None:
            return
        self._check = None
        for line in report.lines:
            self._note(line)
        if not report.ok:
            self._end("failed", self._failure(report.message))
            return
        pointer = {
            "environment": self._environment.name,
            "installed_at": time.strftime("%Y-%m-%dT%H:%M:%S"),
            "backend": self._backend.name if self._backend else "",
            "soliloquy": VERSION,
            "protocol": PROTOCOL,
            "python": report.python_version,
            "versions": report.versions,
            "devices": report.devices,
        }
        try:
            write_json(self.folder / POINTER_NAME, pointer)
        except NotSaved as error:
            self._end("failed", error)
            return
        self.python = Path(report.python)
        self._end("done", None)

    def _failure(self, message: str) -> SoliloquyError:
        kept = " The environment installed before stays in use." if read_pointer(self.folder) else ""
        return MissingRuntime(message, f"Details are in '{self.log_path}'.{kept}")

    def _end(self, state: str, error: SoliloquyError | None) -> None:
        """Remove every environment of ours that nobody points to, then take the final state."""
        self._ending = (state, error)
        self._step = None
        current = named_environment(self.folder)
        ours = {self._environment, *own_environments(self.folder)}
        if self._replaced is not None:
            ours.add(self._replaced)
        unused = sorted(path for path in ours if path != current and path.is_dir() and not path.is_symlink())
        self._pending = [Step("Cleaning up", 0.95, removal_command(path), self.log_path) for path in unused]
        self._next()

    # Progress

    def _note(self, line: str) -> None:
        with contextlib.suppress(OSError), open(self.log_path, "a", encoding="utf-8") as log:
            log.write(line + "\n")

    def _follow(self, line: str) -> None:
        """Advance by the sizes that pip announces as it begins each download."""
        assert self._step is not None
        if self._ending is not None:
            return
        found = re.match(r"\s*Downloading \S*?([\w.+-]+?)(?:\.whl\S*)? \(([\d.]+) (kB|MB|GB)\)", line)
        if found and self._plan is not None and self._backend is not None:
            scale = {"kB": 1e-3, "MB": 1.0, "GB": 1e3}[found.group(3)]
            share = min(1.0, self._downloaded_mb / self._backend.download_mb)
            self.fraction = max(self.fraction, 0.05 + 0.75 * share)
            self.stage = f"{self._step.stage}: {found.group(1).split('-')[0]}, {found.group(2)} {found.group(3)}"
            self._downloaded_mb += float(found.group(2)) * scale
        elif line.startswith("Installing collected"):
            self.stage = f"{self._step.stage}: unpacking"
            self.fraction = max(self.fraction, self._step.fraction - 0.05)
