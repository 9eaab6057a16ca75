"""The Python the worker runs in: check it, install one, remove it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy

from ..inference.errors import SoliloquyError
from . import jobs, session
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


work = RuntimeWork()


def start_check() -> None:
    """Start the self-test of the Python that is set up; its result shows in the panel."""
    from ..inference.runtime import check

    status = session.runtime_status(refresh=True)
    if status.python is not None and not work.title:
        work.check = check.start_check(status.python, session.runtime_folder())
        session.add_ticker(watch)
    session.redraw()


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
            failed = installer.state == "failed"
            session.set_error(installer.error if failed else None)
            if installer.state == "done":
                # What was just installed shall be used, whatever was chosen before.
                preferences().worker_python = ""
            _settled()
    if work.removal is not None:
        work.removal.tick()
        if work.removal.state == "done":
            work.removal = None
            _settled()
    return 0.1 if work.title else None


def _read_log(installer: Installer) -> None:
    now = time.monotonic()
    if now - work.log_read > 0.5:
        work.log_read = now
        work.log = tuple(installer.log_tail(LOG_LINES))
        session.redraw()


def _settled() -> None:
    session.stop_client()
    session.runtime_status(refresh=True)
    session.redraw()


def _wait(still: Callable[[], Any]) -> None:
    while still() is not None:
        watch()
        time.sleep(0.05)


def stop() -> None:
    """End what runs."""
    if work.check is not None:
        work.check.cancel()
    if work.installer is not None:
        work.installer.cancel()
        while work.installer.state == "running":
            work.installer.tick()
            time.sleep(0.02)
    work.check = work.installer = work.removal = None
    work.log = ()


def busy_reason() -> str:
    """Return why the runtime cannot be changed now, empty when it can."""
    if work.title:
        return f"{work.title}: wait or cancel."
    return "A performance is being made: wait or cancel." if jobs.running() else ""


class _RuntimeOperator:
    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return busy_reason()

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Enabled while nothing else is done to the runtime."""
        reason = cls.disabled_reason(context)
        cls.poll_message_set(reason)
        return not reason


class SOLILOQUY_OT_runtime_check(_RuntimeOperator, bpy.types.Operator):
    """Test the Python that is set up: versions, and what it can compute on"""

    bl_idname = "soliloquy.runtime_check"
    bl_label = "Check"

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not; a check that runs already is simply waited for."""
        return "" if work.check is not None else busy_reason()

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start the test; the panel shows the result."""
        start_check()
        return {"FINISHED"}

    def execute(self, context: Any) -> set[str]:
        """Test and wait."""
        start_check()
        _wait(lambda: work.check)
        status = session.runtime_status()
        if not status.ok:
            self.report({"ERROR"}, f"{status.message} {status.mend}".strip())
            return {"CANCELLED"}
        self.report({"INFO"}, status.message)
        return {"FINISHED"}


class SOLILOQUY_OT_runtime_install(_RuntimeOperator, bpy.types.Operator):
    """Install a private Python with torch for the worker. Shows size and place first"""

    bl_idname = "soliloquy.runtime_install"
    bl_label = "Install"

    _installer: Any = None
    _asked = False

    def _plan(self) -> Any:
        from ..inference.runtime.install import Installer

        chosen = preferences()
        wheels = Path(bpy.path.abspath(chosen.wheels_folder)) if chosen.wheels_folder else None
        self._installer = Installer(
            session.runtime_folder(),
            backend=chosen.backend.lower(),
            wheels=wheels,
            online_allowed=bpy.app.online_access,
        )
        return self._installer.plan()

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Show what will be downloaded, and where to."""
        try:
            self._text = self._plan().text
        except SoliloquyError as error:
            session.set_error(error)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self._asked = True
        return context.window_manager.invoke_props_dialog(
            self, width=440, title="Install the Runtime", confirm_text="Install"
        )

    def draw(self, context: Any) -> None:
        """Draw the plan."""
        import textwrap

        column = self.layout.column(align=True)
        for line in textwrap.wrap(self._text, 64):
            column.label(text=line)

    def execute(self, context: Any) -> set[str]:
        """Install; from a script, wait for the end."""
        try:
            if self._installer is None:
                self._plan()
            installer = self._installer
            assert installer is not None
            installer.start()
        except SoliloquyError as error:
            session.set_error(error)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        session.set_error(None)
        work.installer = installer
        session.add_ticker(watch)
        if self._asked:
            return {"FINISHED"}
        _wait(lambda: work.installer)
        if installer.error is not None:
            self.report({"ERROR"}, str(installer.error))
            return {"CANCELLED"}
        return {"FINISHED"}


class SOLILOQUY_OT_runtime_cancel(bpy.types.Operator):
    """Stop the installation or the check; what was installed before stays in use"""

    bl_idname = "soliloquy.runtime_cancel"
    bl_label = "Cancel"

    def execute(self, context: Any) -> set[str]:
        """Cancel."""
        if work.installer is not None:
            work.installer.cancel()
        if work.check is not None:
            work.check.cancel()
        return {"FINISHED"}


class SOLILOQUY_OT_runtime_remove(_RuntimeOperator, bpy.types.Operator):
    """Remove the private runtime and give its disk space back. A Python of your own is never touched"""

    bl_idname = "soliloquy.runtime_remove"
    bl_label = "Remove"

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        private = session.runtime_status().kind == "private"
        return busy_reason() or ("" if private else "Soliloquy has no runtime of its own in use.")

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(
            self, event, title="Remove the Runtime", message=f"In {session.runtime_folder()}", confirm_text="Remove"
        )

    def execute(self, context: Any) -> set[str]:
        """Remove, in the background."""
        from ..inference.runtime.remove import Removal

        session.stop_client()
        try:
            work.removal = Removal(session.runtime_folder())
        except SoliloquyError as error:
            session.set_error(error)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        session.add_ticker(watch)
        return {"FINISHED"}


CLASSES = (
    SOLILOQUY_OT_runtime_check,
    SOLILOQUY_OT_runtime_install,
    SOLILOQUY_OT_runtime_cancel,
    SOLILOQUY_OT_runtime_remove,
)
