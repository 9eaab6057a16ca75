"""Setup: the state of the Python the worker runs in, and what to do next."""

from __future__ import annotations

from typing import Any

from ..operators import session
from .editors import for_both_editors, paragraph


def draw_setup(layout: Any, context: Any) -> None:
    """Draw the state of the runtime and the two ways to get one."""
    status = session.runtime_status()
    paragraph(layout, context, status.message, icon="CHECKMARK" if status.ok else "ERROR")
    if status.mend and not status.ok:
        paragraph(layout, context, status.mend, icon="FORWARD")


class _SetupNeeded:
    """What is missing, at the top, while Animate cannot work."""

    panel_name = "setup_needed"
    bl_label = "Setup"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown until the runtime works."""
        return not session.runtime_status().ok

    def draw(self, context: Any) -> None:
        """Draw what is missing."""
        draw_setup(self.layout, context)


class _Setup:
    """The same, out of the way, once everything works."""

    panel_name = "setup"
    bl_label = "Setup"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 100

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Shown when the runtime works."""
        return session.runtime_status().ok

    def draw(self, context: Any) -> None:
        """Draw the state."""
        draw_setup(self.layout, context)


CLASSES = (*for_both_editors(_SetupNeeded), *for_both_editors(_Setup))
