"""What is being done to the runtime: a check, an installation or a removal, moved on by the session's timer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import session
from .preferences import preferences

if TYPE_CHECKING:
    from ..inference.runtime.check import Check
    from ..inference.runtime.install import Installer
    from ..inference.runtime.remove import Removal

LOG_LINES = 6


@dataclass
class RuntimeWork:
    """What is being done to the runtime, as the panel shows it. At most one thing at a time."""

    check: Check | None = None
    installer: Installer | None = None
    removal: Removal | None = None
    log: tuple[str, ...] = ()
    log_read: float = 0.0

    @property
    def title(self) -> str:
        """What is being done, in words; empty when nothing is."""
        if self.installer is not None:
            return self.installer.stage or "Installing"
        if self.removal is not None:
            return "Removing the runtime"
        return "Checking the Python" if self.check is not None else ""

    @property
    def fraction(self) -> float:
        """How far it is, 0..1."""
        step = self.installer or self.removal
        return step.fraction if step is not None else 0.0

    @property
    def can_be_cancelled(self) -> bool:
        """Whether it can be broken off; a removal cannot."""
        return self.removal is None


work = RuntimeWork()


def start_check() -> None:
    """Start the self-test of the Python that is set up; its result shows in the panel."""
    from ..inference.runtime.check import Check

    status = session.runtime_status(refresh=True)
    # What comes with Soliloquy is unpacked by the worker, and tried by its start.
    if status.python is not None and status.kind != "bundled" and not work.title:
        work.check = Check(status.python, session.runtime_folder())
        _begun()
    session.redraw()


def start_installation(installer: Installer) -> None:
    """Follow an installation that was started."""
    work.installer, work.log = installer, ()
    _begun()


def start_removal(removal: Removal) -> None:
    """Follow a removal."""
    work.removal = removal
    _begun()


def cancel() -> None:
    """Break off an installation or a check."""
    if work.installer is not None:
        work.installer.cancel()
    if work.check is not None:
        work.check.cancel()


def watch() -> float | None:
    """Move the check, the installation or the removal on; the session's timer calls this."""
    if work.check is not None and work.check.poll() is not None:
        work.check = None
        _settled()
    if work.installer is not None:
        work.installer.tick()
        _read_log(work.installer)
        if work.installer.state != "running":
            installer, work.installer = work.installer, None
            session.set_error(installer.error if installer.state == "failed" else None)
            if installer.state == "done":
                # What was just installed shall be used, whatever was chosen before.
                preferences().worker_python = ""
            _settled()
    if work.removal is not None:
        work.removal.tick()
        if work.removal.state != "running":
            removal, work.removal = work.removal, None
            session.set_error(removal.error)
            _settled()
    session.set_runtime_work(work.title)
    return 0.1 if work.title else None


def wait() -> None:
    """Wait until nothing is being done; for scripts. Everything here ends by a limit of its own."""
    while work.title:
        watch()
        time.sleep(0.05)


def stop() -> None:
    """End what runs."""
    cancel()
    while work.installer is not None and work.installer.state == "running":
        work.installer.tick()
        time.sleep(0.02)
    work.check = work.installer = work.removal = None
    work.log = ()
    session.set_runtime_work("")


def _begun() -> None:
    session.set_runtime_work(work.title)
    session.add_ticker(watch)


def _settled() -> None:
    # A worker that still serves a job ends after it: nothing that was ordered is lost to a look at the runtime.
    session.retire_client()
    session.runtime_status(refresh=True)
    session.redraw()


def _read_log(installer: Installer) -> None:
    now = time.monotonic()
    if now - work.log_read > 0.5:
        work.log_read = now
        work.log = tuple(installer.log_tail(LOG_LINES))
        session.redraw()
