"""Removes the private environment, from a timer, without holding up the interface."""

from __future__ import annotations

import os
import time
from pathlib import Path

from ..errors import SoliloquyError
from .install import LOG_NAME
from .locate import POINTER_NAME
from .step import Step, install_lock, release_lock, removal_command


class Removal:
    """Removes what :class:`Installer` put into ``folder``; call :meth:`tick` until ``state`` is ``"done"``.

    Stop the worker first: Windows keeps files that are in use.

    Raises
    ------
    SoliloquyError
        When an installation runs in the folder, or it cannot be written.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.state = "running"
        self._step: Step | None = None
        if not self.folder.is_dir():
            self.state = "done"
            return
        try:
            install_lock(self.folder)
            # From here on nobody takes the environment for a working one.
            (self.folder / POINTER_NAME).unlink(missing_ok=True)
        except OSError as error:
            raise SoliloquyError(
                f"'{self.folder}' cannot be changed: {error.strerror}.", "Remove the folder by hand."
            ) from error
        self._pending = [path for path in self.folder.glob("venv-*") if path.is_dir()]

    def tick(self) -> None:
        """Move on; never waits."""
        if self.state != "running" or (self._step is not None and self._step.poll() is None):
            return
        if self._pending:
            path = self._pending.pop()
            self._step = Step("Removing", 1.0, removal_command(path), self.folder / LOG_NAME)
            self._step.start()
            return
        release_lock(self.folder)
        self.state = "done"

    def run(self) -> None:
        """Wait until everything is removed."""
        while self.state == "running":
            self.tick()
            time.sleep(0.02)
