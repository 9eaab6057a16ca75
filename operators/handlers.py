"""Functions that Blender calls when something happens: undo, opening a file, a change of the scene."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import bpy

Handlers = Iterable[tuple[str, Callable[..., Any]]]
"""Name of a list in ``bpy.app.handlers``, and a function for it, persistent if it shall outlive the file."""


def add(handlers: Handlers) -> None:
    """Let Blender call functions."""
    for name, function in handlers:
        getattr(bpy.app.handlers, name).append(function)


def soon(function: Callable[[], float | None]) -> None:
    """Let Blender call a function once it neither draws nor runs an operator; asked for again meanwhile, still once."""
    if not bpy.app.timers.is_registered(function):
        bpy.app.timers.register(function, first_interval=0.0, persistent=True)


def not_any_more(function: Callable[[], float | None]) -> None:
    """Take back what :func:`soon` was asked for, where it has not come yet."""
    if bpy.app.timers.is_registered(function):
        bpy.app.timers.unregister(function)


def remove(handlers: Handlers) -> None:
    """Let Blender call them no more; those that it does not call are passed over."""
    for name, function in handlers:
        called = getattr(bpy.app.handlers, name)
        if function in called:
            called.remove(function)
