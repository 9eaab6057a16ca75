"""Soliloquy: an artist selects a speech strip, and the character speaks it.

Nothing is imported here at module level, so that ``soliloquy.inference`` works where there is no Blender.
"""

from __future__ import annotations


def register() -> None:
    """Register operators, panels, properties and preferences with Blender."""
    from . import operators, panels

    operators.register()
    panels.register()


def unregister() -> None:
    """Take everything back and stop the worker."""
    from . import operators, panels

    panels.unregister()
    operators.unregister()
