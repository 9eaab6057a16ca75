"""The Python the worker runs in: check it, install one, remove it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..inference.errors import SoliloquyError
from . import jobs, session
from .preferences import preferences
from .reason import Reasoned
from .runtime_work import cancel, start_check, start_installation, start_removal, wait, work


def busy_reason() -> str:
    """Return why the runtime cannot be changed now, empty when it can."""
    if work.title:
        return f"{work.title}: wait or cancel."
    return "A performance is being made: wait or cancel." if jobs.running() else ""


class _OnRuntime(Reasoned):
    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        return busy_reason()


class SOLILOQUY_OT_runtime_check(_OnRuntime, bpy.types.Operator):
    """Test the Python that the engines run in: its versions, and whether it can use the graphics card"""

    bl_idname = "soliloquy.runtime_check"
    bl_label = "Check AI Runtime"

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
        wait()
        status = session.runtime_status()
        if not status.ok:
            self.report({"ERROR"}, f"{status.message} {status.mend}".strip())
            return {"CANCELLED"}
        self.report({"INFO"}, status.message)
        return {"FINISHED"}


class SOLILOQUY_OT_runtime_install(_OnRuntime, bpy.types.Operator):
    """Install what the engines compute with: a private Python with torch. Shows size and place first"""

    bl_idname = "soliloquy.runtime_install"
    bl_label = "Install AI Runtime"

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
        start_installation(installer)
        if self._asked:
            return {"FINISHED"}
        wait()
        if installer.error is not None:
            self.report({"ERROR"}, str(installer.error))
            return {"CANCELLED"}
        return {"FINISHED"}


class SOLILOQUY_OT_runtime_cancel(Reasoned, bpy.types.Operator):
    """Stop the installation or the check; what was installed before stays in use"""

    bl_idname = "soliloquy.runtime_cancel"
    bl_label = "Cancel Installation"

    @classmethod
    def disabled_reason(cls, context: Any) -> str:
        """Return why the button is disabled, empty when it is not."""
        if not work.title:
            return "Nothing is being done to the runtime."
        return "" if work.can_be_cancelled else "A removal cannot be broken off."

    def execute(self, context: Any) -> set[str]:
        """Cancel."""
        cancel()
        return {"FINISHED"}


class SOLILOQUY_OT_runtime_remove(_OnRuntime, bpy.types.Operator):
    """Remove the private runtime and give its disk space back. A Python of your own is never touched"""

    bl_idname = "soliloquy.runtime_remove"
    bl_label = "Remove AI Runtime"

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

        session.retire_client()
        try:
            start_removal(Removal(session.runtime_folder()))
        except SoliloquyError as error:
            session.set_error(error)
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (
    SOLILOQUY_OT_runtime_check,
    SOLILOQUY_OT_runtime_install,
    SOLILOQUY_OT_runtime_cancel,
    SOLILOQUY_OT_runtime_remove,
)
