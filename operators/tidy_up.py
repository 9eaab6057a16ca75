"""Delete performances of removed takes, on request, with their sizes shown first."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy

from ..inference.errors import NotSaved
from . import jobs, performance_uses, waiting

_LOOK_SECONDS = 5.0
_looked: tuple[float, int, int] | None = None


def _unused() -> list[Path]:
    orders = [job.order for job in (*jobs.running(), *waiting.waiting())]
    busy = {Path(path).name for order in orders for path in (order.output, getattr(order, "keep", ""))}
    return performance_uses.unused(busy)


def _said(count: int, size: int) -> str:
    return f"{count} performance{'s' if count != 1 else ''} of removed takes, {_size(size)}"


def _size(size: int) -> str:
    return f"{max(size / 1e6, 0.1):,.1f} MB"


def summary() -> str:
    """Return what there is to tidy up, empty when nothing is; for drawing, looked up every few seconds."""
    global _looked
    now = time.monotonic()
    if _looked is None or now - _looked[0] > _LOOK_SECONDS:
        found = _unused()
        _looked = (now, len(found), sum(path.stat().st_size for path in found))
    if not _looked[1]:
        return ""
    # As much as fits a button.
    return f"{_looked[1]} file{'s' if _looked[1] != 1 else ''}, {_size(_looked[2])}"


def forget() -> None:
    """Look again at the next question."""
    global _looked
    _looked = None


class SOLILOQUY_OT_tidy_up(bpy.types.Operator):
    """Delete the performance files of removed takes that nothing uses. Undo does not bring them back"""

    bl_idname = "soliloquy.tidy_up"
    bl_label = "Tidy Up Performances"

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first."""
        found = _unused()
        if not found:
            return self.execute(context)
        return context.window_manager.invoke_confirm(
            self,
            event,
            title="Tidy Up",
            message=f"Delete {_said(len(found), sum(path.stat().st_size for path in found))}? No take here and no file "
            "saved with Soliloquy uses them; copies and backups of a .blend may. Takes keep their keys without them.",
            confirm_text="Delete",
        )

    def execute(self, context: Any) -> set[str]:
        """Delete them."""
        done, size = 0, 0
        for path in _unused():
            length = path.stat().st_size
            try:
                path.unlink()
            except OSError as error:
                self.report({"ERROR"}, str(NotSaved(f"'{path}' cannot be deleted: {error.strerror}.", "Try later.")))
                continue
            performance_uses.forget(path)
            done, size = done + 1, size + length
        forget()
        self.report({"INFO"}, f"Deleted {_said(done, size)}." if done else "There is nothing to tidy up.")
        return {"FINISHED"}


CLASSES = (SOLILOQUY_OT_tidy_up,)
