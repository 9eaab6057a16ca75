"""Removes the private environment, from a timer, without holding up the interface."""

from __future__ import annotations

import os
import time
from pathlib import Path

from ..errors import NotSaved, SoliloquyError
from ..saving import not_saved
from .install import LOG_NAME
from .locate import POINTER_NAME
from .ownership import own_environments
from .step import Step, install_lock, release_lock, removal_command


class Removal:
    """Removes what ``Installer`` put into ``folder``, nothing else; call :meth:`tick` while ``state`` is ``"running"``.

    Stop the worker first: Windows keeps files that are in use.

    Raises
    ------
    SoliloquyError
        When an installation runs in the folder, or it cannot be written.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)
        self.state = "running"
        """``"running"``, ``"done"`` or ``"failed"``."""
        self.error: SoliloquyError | None = None
        self._step: Step | None = None
        self._pending: list[Path] = []
        self._removed: list[Path] = []
        if not self.folder.is_dir():
            self.state = "done"
            return
        try:
            install_lock(self.folder)
            self._pending = own_environments(self.folder)
            # From here on nobody takes the environment for a working one.
            (self.folder / POINTER_NAME).unlink(missing_ok=True)
        except OSError as error:
            raise not_saved(self.folder / POINTER_NAME, error) from error
        self._count = len(self._pending)

    @property
    def fraction(self) -> float:
        """How much is gone, 0..1."""
        return 1.0 - (len(self._pending) + 0.5) / self._count if self.state == "running" and self._count else 1.0

    def tick(self) -> None:
        """Move on; never waits, never raises."""
        if self.state != "running" or (self._step is not None and self._step.poll() is None):
            return
        if self._pending:
            path = self._pending.pop()
            self._removed.append(path)
            self._step = Step("Removing", 1.0, removal_command(path), self.folder / LOG_NAME)
            try:
                self._step.start()
            except OSError as error:
                self._end(not_saved(path, error))
            return
        left = [path for path in self._removed if path.exists()]
        self._end(
            NotSaved(f"'{left[0]}' could not be removed whole.", "Close what uses it, then remove the folder by hand.")
            if left
            else None
        )

    def _end(self, error: SoliloquyError | None) -> None:
        release_lock(self.folder)
        self.error, self.state = error, "done" if error is None else "failed"

    def run(self) -> None:
        """Wait until everything is removed; raises the error that a removal ended with."""
        while self.state == "running":
            self.tick()
            time.sleep(0.02)
        if self.error is not None:
            raise self.error
